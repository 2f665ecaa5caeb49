/** Channels: a deactivated person reads none of them, but comes back into every one when activated again. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { all, anything, type Slack, type SlackAt, unlessError } from './client.ts'
import { barred, teamsOf, userOf, userToActOn } from './person.ts'

const Channel = z.object({
  id: z.string().min(1),
  name: z.string().optional(),
  is_general: z.boolean().optional(),
  is_private: z.boolean().optional(),
})
type Channel = z.infer<typeof Channel>
const Channels = z.object({ channels: z.array(Channel) })

const kinds = { private: 'private_channel', all: 'public_channel,private_channel' } as const

export const channels: AutomaticStep<Slack> = {
  id: 'channels',
  title: 'Leave channels',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    const user = await userOf(at.client, at.account.id)
    const why = await barred(at.client, user)
    return (await channelsOf(at)).map((channel): Finding => {
      const head = { id: channel.id, label: `#${channel.name ?? channel.id}`, before: { channel: channel.id } }
      if (why) return { ...head, state: 'blocked', fact: why }
      return { ...head, state: 'open', fact: channel.is_private ? 'in a private channel' : 'in a channel' }
    })
  },
  async apply(at, finding) {
    await userToActOn(at.client, at.account.id)
    const order = { channel: finding.id, user: at.account.id }
    try {
      await at.client.call(`take them out of ${finding.label}`, 'conversations.kick', anything, order)
    } catch (error) {
      if (!(error instanceof Rejected && error.code === 'not_in_channel')) throw error
      // Slack says the same of the one who is taken out and of the one who asks.
      if ((await channelsOf(at)).some((channel) => channel.id === finding.id))
        throw new Rejected(
          `${finding.label}: ${await hostOf(at)} is not in this channel. IT adds them, then tries again.`,
        )
    }
  },
  async undo(at, finding) {
    const order = { channel: finding.id, users: at.account.id }
    const invited = at.client.call(`invite them into ${finding.label}`, 'conversations.invite', anything, order)
    await unlessError(['already_in_channel'], invited)
  },
}

async function hostOf({ client }: SlackAt): Promise<string> {
  return (await client.own()).user ?? 'the owner whose token Latchkey uses'
}

/** Nobody can be taken out of #general. */
async function channelsOf(at: SlackAt): Promise<Channel[]> {
  const { client, account } = at
  const which = client.settings.channels
  if (which === 'none') return []
  const teams = await teamsOf(client, await userOf(client, account.id))
  const args = { user: account.id, types: kinds[which], exclude_archived: true, limit: 200 }
  const lists = await Promise.all(
    teams.map((team) =>
      all(
        client,
        'list channels',
        'users.conversations',
        Channels,
        { ...args, ...(team && { team_id: team }) },
        (page) => page.channels,
      ),
    ),
  )
  // A channel of several workspaces is in each of their lists.
  const found = new Map(lists.flat().map((channel) => [channel.id, channel]))
  return [...found.values()].filter((channel) => !channel.is_general)
}
