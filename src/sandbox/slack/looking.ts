/** What can be seen: by tests, of everything; by a person, only of what they are a member of. */
import type { Post } from './payloads.ts'
import {
  type Conversation,
  directWith,
  type Ephemeral,
  type Message,
  notesOf,
  type OpenView,
  type View,
  type Workspace,
} from './workspace.ts'

/** Everything one person can see in their client. */
export interface Visible {
  channels: { id: string; name: string; messages: Post[] }[]
  direct: Post[]
  /** What they wrote to themselves. */
  notes: Post[]
  ephemerals: Ephemeral[]
  /** Open modals, the one on top last. */
  views: View[]
  home?: View
}

export function posts(state: Workspace, channel: string): Post[] {
  const found = state.conversations.get(channel)
  if (!found) throw new Error(`there is no conversation ${channel} in the pretend Slack`)
  return found.messages.map((message) => post(channel, message))
}

function post(channel: string, message: Message): Post {
  return { ...structuredClone(message), channel }
}

/** What stands in the channel itself, oldest first. */
export function topLevel(state: Workspace, channel: string): Post[] {
  return posts(state, channel).filter((one) => !one.thread_ts || one.subtype === 'thread_broadcast')
}

export function thread(state: Workspace, channel: string, ts: string): Post[] {
  return posts(state, channel).filter((one) => one.ts === ts || one.thread_ts === ts)
}

export function direct(state: Workspace, user: string): Post[] {
  return posts(state, directWith(state, user).id)
}

export function ephemeralsOf(state: Workspace, user: string): Ephemeral[] {
  return state.ephemerals.filter((one) => one.user === user).map((one) => structuredClone(one))
}

export function openViews(state: Workspace, user: string): OpenView[] {
  return (state.stacks.get(user) ?? []).flatMap((id) => state.views.get(id) ?? [])
}

export function viewsOf(state: Workspace, user: string): View[] {
  return openViews(state, user).map((one) => structuredClone(one.view))
}

export function homeOf(state: Workspace, user: string): View | undefined {
  return structuredClone(state.views.get(state.homes.get(user) ?? '')?.view)
}

/** The channels that a person is in; whoever is deactivated is signed out, and in none. */
export function channelsOf(state: Workspace, user: string): Conversation[] {
  if (state.members.get(user)?.deleted) return []
  return [...state.conversations.values()].filter((one) => one.kind !== 'im' && one.members.has(user))
}

export function visibleTo(state: Workspace, user: string): Visible {
  const channels = channelsOf(state, user)
  if (state.members.get(user)?.deleted) return { channels: [], direct: [], notes: [], ephemerals: [], views: [] }
  const home = homeOf(state, user)
  return {
    channels: channels.map((one) => ({ id: one.id, name: one.name, messages: posts(state, one.id) })),
    direct: direct(state, user),
    notes: posts(state, notesOf(state, user).id),
    ephemerals: ephemeralsOf(state, user),
    views: viewsOf(state, user),
    ...(home ? { home } : {}),
  }
}
