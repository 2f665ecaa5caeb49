/** The shapes that Slack sends to the app (docs.slack.dev/reference/interaction-payloads, and as Bolt reads them). */
import type { Thing } from './limits.ts'
import type { Conversation, Ephemeral, Message, ResponseUrl, View, Workspace } from './workspace.ts'

/** A message together with where it stands. */
export type Post = Message & { channel: string }

/** Deprecated by Slack and still sent; nobody should look at it. */
const token = 'verification-token'

export function newTrigger(state: Workspace, user: string, view?: string): string {
  const id = `${state.nextTs()}.${state.nextId('').toLowerCase()}`
  state.triggers.set(id, { user, at: state.clock.now().getTime(), used: false, ...(view ? { view } : {}) })
  return id
}

export function newResponseUrl(state: Workspace, origin: string, from: Omit<ResponseUrl, 'at' | 'uses'>): string {
  const id = state.nextId('R')
  state.responseUrls.set(id, { ...from, at: state.clock.now().getTime(), uses: 0 })
  return `${origin}/response/${id}`
}

function common(state: Workspace, user: string): Thing {
  const person = state.members.get(user)
  const name = person?.name ?? user
  return {
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    user: { id: user, username: name, name, team_id: person?.teamId ?? state.team.id },
    api_app_id: state.app.id,
    token,
    is_enterprise_install: false,
  }
}

const nameOfKind = { private: 'privategroup', im: 'directmessage' } as const

function channelName(one: Conversation): string {
  return one.kind === 'public' ? one.name : nameOfKind[one.kind]
}

export interface Slash {
  user: string
  command: string
  text: string
  channel: Conversation
  trigger: string
  responseUrl: string
}

export function slashCommand(state: Workspace, slash: Slash): Thing {
  return {
    token,
    team_id: state.team.id,
    team_domain: state.team.domain,
    channel_id: slash.channel.id,
    channel_name: channelName(slash.channel),
    user_id: slash.user,
    user_name: state.members.get(slash.user)?.name ?? slash.user,
    command: slash.command,
    text: slash.text,
    api_app_id: state.app.id,
    is_enterprise_install: 'false',
    response_url: slash.responseUrl,
    trigger_id: slash.trigger,
  }
}

export interface Click {
  user: string
  trigger: string
  action: Thing
}

export function messageAction(
  state: Workspace,
  click: Click,
  on: { post: Post | Ephemeral; channel: Conversation; responseUrl: string; values: Thing },
): Thing {
  const ephemeral = 'via' in on.post
  const thread = on.post.thread_ts ? { thread_ts: on.post.thread_ts } : {}
  const { channel: _, ...message } = on.post
  return {
    type: 'block_actions',
    ...common(state, click.user),
    container: {
      type: 'message',
      message_ts: on.post.ts,
      channel_id: on.channel.id,
      is_ephemeral: ephemeral,
      ...thread,
    },
    trigger_id: click.trigger,
    channel: { id: on.channel.id, name: channelName(on.channel) },
    ...(ephemeral ? {} : { message: structuredClone(message) }),
    state: { values: on.values },
    response_url: on.responseUrl,
    actions: [click.action],
  }
}

export function viewAction(state: Workspace, click: Click, view: View): Thing {
  return {
    type: 'block_actions',
    ...common(state, click.user),
    container: { type: 'view', view_id: view.id },
    trigger_id: click.trigger,
    view: structuredClone(view),
    actions: [click.action],
  }
}

export function viewSubmission(state: Workspace, user: string, trigger: string, view: View): Thing {
  return {
    type: 'view_submission',
    ...common(state, user),
    trigger_id: trigger,
    view: structuredClone(view),
    response_urls: [],
  }
}

export function viewClosed(state: Workspace, user: string, view: View, cleared: boolean): Thing {
  return { type: 'view_closed', ...common(state, user), view: structuredClone(view), is_cleared: cleared }
}

export function globalShortcut(state: Workspace, user: string, callbackId: string, trigger: string): Thing {
  const more = { callback_id: callbackId, trigger_id: trigger, action_ts: state.nextTs() }
  return { type: 'shortcut', ...common(state, user), ...more }
}

export function messageShortcut(
  state: Workspace,
  from: { user: string; callbackId: string; trigger: string; post: Post; channel: Conversation; responseUrl: string },
): Thing {
  const { channel: _, ...message } = from.post
  return {
    type: 'message_action',
    ...common(state, from.user),
    callback_id: from.callbackId,
    trigger_id: from.trigger,
    action_ts: state.nextTs(),
    response_url: from.responseUrl,
    message_ts: from.post.ts,
    channel: { id: from.channel.id, name: channelName(from.channel) },
    message: structuredClone(message),
  }
}

export function suggestion(
  state: Workspace,
  from: { user: string; where: View | Post; actionId: string; blockId: string; query: string },
): Thing {
  const { user, where, actionId, blockId, query } = from
  const menu = { action_id: actionId, block_id: blockId, value: query }
  const head = { type: 'block_suggestion', ...common(state, user) }
  if ('root_view_id' in where)
    return { ...head, container: { type: 'view', view_id: where.id }, ...menu, view: structuredClone(where) }
  const { channel, ...message } = where
  const container = { type: 'message', message_ts: where.ts, channel_id: channel, is_ephemeral: false }
  return { ...head, container, ...menu, channel: { id: channel }, message: structuredClone(message) }
}

/** The outer envelope of an event. */
export function eventCallback(state: Workspace, event: Thing): Thing {
  const authorization = {
    enterprise_id: null,
    team_id: state.team.id,
    user_id: state.app.userId,
    is_bot: true,
    is_enterprise_install: false,
  }
  return {
    token,
    team_id: state.team.id,
    context_team_id: state.team.id,
    api_app_id: state.app.id,
    event: { ...event, event_ts: state.nextTs() },
    type: 'event_callback',
    event_id: state.nextId('Ev'),
    event_time: Math.floor(state.clock.now().getTime() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: false,
    event_context: state.nextId('4-'),
  }
}
