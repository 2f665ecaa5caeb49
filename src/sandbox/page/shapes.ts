/**
 * Everything that goes between the sandbox's page and its server. Types only: the browser imports this file, too.
 *
 * | request | answer |
 * |---|---|
 * | `GET /api/start` | `Start` |
 * | `GET /api/seen?persona=U…&since=12` | `Seen`; without `since` (or 0) everything, else only the messages that changed after it |
 * | `GET /api/changes` | server-sent events: `event: changed`, data a `Changed`; one comes at once, then one after each change |
 * | `POST /api/deeds` with a `Deed` | `Done` |
 * | `GET /api/vendors?leaver=jo.miller@example.com` | `VendorsSide` |
 * | `GET /api/knobs` | `KnobsNow` |
 * | `POST /api/knobs` with a `Knob` | `Turned` |
 * | `GET /api/files/F…?persona=U…` | the file's bytes, as a download |
 *
 * What is malformed is answered with 400, what comes from elsewhere with 403, each with a `Refusal`. Writes are sent as
 * `content-type: application/json`.
 */
import type { KnownBlock } from '@slack/types'

export type * from './shapes-side.ts'

/** Anything that Slack writes as a JSON object. */
export type Thing = Record<string, unknown>

export interface Refusal {
  error: string
}

export type Part = 'requester' | 'hr' | 'it' | 'hr-substitute' | 'it-substitute' | 'employee' | 'leaver' | 'guest'

/** Somebody whose eyes the page can look through. */
export interface Persona {
  id: string
  name: string
  part: Part
  /** What they are in this story, in a few words: `Jo's manager: asks`. */
  about: string
}

export interface Person {
  id: string
  name: string
  /** As typed after @. */
  handle: string
  title: string
  /** IANA. */
  zone: string
  email: string
  kind: 'member' | 'guest' | 'bot'
  /** Deactivated: Slack draws them grey and lets nobody sign in. */
  gone?: true
}

/** What does not change while the page is open; asked for again when `Changed.world` is another one. */
export interface Start {
  /** Another one after `begin anew`: everything that the page keeps is to be thrown away. */
  world: number
  team: string
  app: { name: string; userId: string }
  mode: 'socket' | 'http'
  personas: Persona[]
  people: Person[]
  commands: { command: string; about: string; hint: string }[]
  shortcuts: { id: string; name: string; about: string; type: 'global' | 'message' }[]
  /** The channel where the cards are. */
  channel: string
  /** Whom the vendors' side is opened with, an e-mail address. */
  leaver: string
}

export interface Changed {
  world: number
  /** Of what people see in Slack. */
  version: number
  /** Of the vendors' side. */
  vendors: number
}

export interface Seen {
  world: number
  version: number
  persona: string
  /** The sandbox's own time, ISO; the knob moves it. */
  now: string
  /** Signed out: the account is deactivated. Nothing else is shown then. */
  signedOut?: true
  conversations: Conversation[]
  /** Only this person sees them, until they dismiss them or reload. Oldest first. */
  whispers: Whisper[]
  /** Modals, the one in front last; at most three. */
  modals: Modal[]
  home?: Home
  /** Ids of those whom this person can mention, find and message; a guest finds few. */
  knows: string[]
}

export interface Conversation {
  id: string
  /** Without #; of a direct conversation the other's name. */
  name: string
  /** `self`: the notes to oneself, where a command can be typed, too. `app`: the messages of the app's own page. */
  kind: 'public' | 'private' | 'app' | 'self'
  members: string[]
  /** Nobody can write here, or type a command: the app's messages tab. */
  readOnly?: true
  /** What others wrote since this person last looked; of replies those in threads that they take part in or are named in. */
  unread: number
  /** Of them those that mention this person; in a direct conversation all. */
  mentions: number
  /** Every message there is, replies too, oldest first. One that is missing here was deleted. */
  order: string[]
  /** In full: all of them, or those that changed after `since`. */
  messages: Message[]
}

export interface Message {
  /** Its id in its conversation. */
  ts: string
  /** The version at which it last changed: nothing has to be drawn anew while it stays. */
  v: number
  /** The top of the thread that it answers in; absent for what stands in the channel itself. */
  thread?: string
  /** A reply that is also shown in the channel. */
  broadcast?: true
  user: string
  /** Slack's mrkdwn; the fallback where there are blocks. */
  text: string
  blocks?: KnownBlock[]
  edited?: true
  files?: SharedFile[]
  reactions?: { name: string; count: number }[]
}

export interface SharedFile {
  id: string
  name: string
  title: string
  /** Bytes. */
  size: number
  /** Of this server, for this persona. */
  url: string
}

export interface Whisper {
  ts: string
  v: number
  conversation: string
  thread?: string
  text: string
  blocks?: KnownBlock[]
}

/** What is typed or chosen, by `block_id` and `action_id`, as Slack writes it: `{ type, value }`, `{ type, selected_user }`… */
export type State = Record<string, Record<string, Thing>>

export interface Modal {
  id: string
  v: number
  /** Changes with each update by the app; what was typed stays where block_id and action_id are still there. */
  hash: string
  /** plain_text objects of Slack. */
  title: Thing | null
  close: Thing | null
  submit: Thing | null
  blocks: KnownBlock[]
  state: State
  /** Under input blocks, by block_id. */
  errors: Record<string, string>
}

export interface Home {
  id: string
  v: number
  blocks: KnownBlock[]
  state: State
}

/** Where a button or a menu stands. */
export type Place =
  | { in: 'message'; conversation: string; ts: string }
  | { in: 'whisper'; ts: string }
  | { in: 'view'; id: string }

/**
 * What was chosen: of a menu, radio buttons or an overflow menu the option's value (of an external menu the option itself,
 * as it came from `suggest`); a list of them for checkboxes and multi menus; a user or conversation id; `2026-11-23`;
 * `17:00`; seconds since 1970 for a datetimepicker; a text; a rich_text block; null for nothing.
 */
export type Value = string | number | boolean | null | Thing | (string | Thing)[]

/** What is filled in but not yet sent, by block_id. Only input blocks are listed; what is left out stays as it was. */
export type Values = Record<string, Value>

/** What a person does at their Slack client. */
export type Deed = { persona: string } & (
  | { do: 'command'; conversation: string /** As typed: `/offboard @jo.miller`. */; line: string; thread?: string }
  | { do: 'write'; conversation: string; text: string; thread?: string }
  | {
      do: 'click'
      on: Place
      action: string
      /** Of the block that the element stands in. */
      block: string
      /** Of a menu or picker what was chosen; of a button nothing. */
      value?: Value
      /** What else stands in the modal and is not sent yet. */
      values?: Values
    }
  /** Typed into an external menu. */
  | { do: 'suggest'; on: Place; action: string; block: string; query: string }
  | { do: 'submit'; view: string; values: Values }
  | { do: 'close'; view: string }
  | { do: 'home' }
  | { do: 'shortcut'; shortcut: string }
  | { do: 'message-shortcut'; shortcut: string; conversation: string; ts: string }
  /** One message that only this person sees. */
  | { do: 'dismiss'; ts: string }
  /** This person has now seen everything in it. */
  | { do: 'read'; conversation: string }
  /** The client is loaded again: messages that only this person sees are gone. */
  | { do: 'reload' }
)

/** What Slack shows after it. A declined confirmation is not a deed: the client sends nothing then. */
export interface Done {
  ok: boolean
  /** The sentence that Slack shows where it did not go well. */
  shown?: string
  /** Slack's own name for what went wrong: `operation_timeout`, `dispatch_failed`, `invalid_response`… */
  error?: string
  /** What Slack could not use in the app's answer; for developers of the app. */
  problems?: string[]
  /** Under inputs of the modal, by block_id. They are in `Seen` as well. */
  errors?: Record<string, string>
  /** Of `suggest`: Slack's options. */
  options?: Thing[]
  /** Milliseconds until the app acknowledged. */
  ms: number
}
