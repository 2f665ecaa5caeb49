/** What happens in a workspace without the app: people come, go and are deactivated, groups change, channels are shared. */
import type { Outcome } from './delivery.ts'
import type { Thing } from './limits.ts'
import type { Conversation, Member, Workspace } from './workspace.ts'

export interface Admin {
  join(channel: string, user: string): Promise<void>
  leave(channel: string, user: string): Promise<void>
  /** Deactivates, makes a guest, renames. */
  changePerson(user: string, change: Partial<Omit<Member, 'id'>>): Promise<void>
  changeGroup(group: string, users: readonly string[]): Promise<void>
  /** With another company. */
  shareChannel(channel: string): Promise<void>
  archive(channel: string): void
  /** Starts the app's function from Workflow Builder; resolves with the execution's id. */
  runFunction(callbackId: string, inputs: Thing): Promise<string>
}

export function admin(state: Workspace, emit: (event: Thing) => Promise<Outcome | undefined>): Admin {
  function channelOf(id: string): Conversation {
    const found = state.conversations.get(id)
    if (!found) throw new Error(`there is no conversation ${id} in the pretend Slack`)
    return found
  }

  function moved(type: string, where: Conversation, user: string): Thing {
    const kind = where.kind === 'private' ? 'G' : 'C'
    return { type, user, channel: where.id, channel_type: kind, team: state.team.id }
  }

  return {
    async join(channel, user) {
      const to = channelOf(channel)
      to.members.add(user)
      state.changed()
      // Only an app that is in the channel hears of it.
      if (to.members.has(state.app.userId)) await emit(moved('member_joined_channel', to, user))
    },
    async leave(channel, user) {
      const from = channelOf(channel)
      from.members.delete(user)
      state.changed()
      if (from.members.has(state.app.userId)) await emit(moved('member_left_channel', from, user))
    },
    async changePerson(user, change) {
      const member = state.members.get(user)
      if (!member) throw new Error(`there is nobody with the id ${user} in the pretend Slack`)
      Object.assign(member, change)
      state.changed()
      const about = { id: user, team_id: member.teamId, name: member.name, deleted: member.deleted }
      await emit({ type: 'user_change', user: about, cache_ts: Math.floor(state.clock.now().getTime() / 1000) })
    },
    changeGroup: async (group, users) => void (await emit(groupChanged(state, group, users))),
    async shareChannel(channel) {
      channelOf(channel).shared = true
      state.changed()
      await emit({ type: 'channel_shared', channel, connected_team_id: 'T0OTHER' })
    },
    archive(channel) {
      channelOf(channel).archived = true
      state.changed()
    },
    async runFunction(callbackId, inputs) {
      const id = state.nextId('Fx')
      state.executions.set(id, { callbackId, inputs })
      await emit({
        type: 'function_executed',
        function: { id: 'Fn0', callback_id: callbackId, title: callbackId, type: 'app', app_id: state.app.id },
        inputs,
        function_execution_id: id,
        workflow_execution_id: state.nextId('Wx'),
        bot_access_token: 'xwfp-pretend',
      })
      return id
    },
  }
}

function groupChanged(state: Workspace, group: string, users: readonly string[]): Thing {
  const found = state.groups.get(group)
  if (!found) throw new Error(`there is no user group ${group} in the pretend Slack`)
  const added = users.filter((id) => !found.users.includes(id))
  const removed = found.users.filter((id) => !users.includes(id))
  found.users = [...users]
  state.changed()
  return {
    type: 'subteam_members_changed',
    subteam_id: group,
    team_id: state.team.id,
    date_previous_update: 0,
    date_update: Math.floor(state.clock.now().getTime() / 1000),
    added_users: added,
    added_users_count: added.length,
    removed_users: removed,
    removed_users_count: removed.length,
  }
}
