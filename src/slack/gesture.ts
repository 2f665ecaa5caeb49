/** The shape of a file in commands/: what is heard, as data, and what is done about it. */
import type { ModalView } from '@slack/types'
import type { Clock } from '../clock.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Leaver, Offboarding, Policy } from '../offboarding/offboarding.ts'
import type { SlackOptions } from './options.ts'
import type { People } from './people.ts'
import type { Shown } from './views/blocks.ts'
import type { System } from './views/request-form.ts'

export type Trigger =
  /** `word`: the first word after the command; `''` is everything that no other gesture takes. */
  | { command: '/offboard'; word: string }
  | { shortcut: string; title: string }
  | { button: string }
  | { form: string }
  | { event: 'app_home_opened' | 'member_joined_channel' | 'channel_shared' }

export interface Gesture {
  on: readonly Trigger[]
  /** For `/offboard help`; absent where nothing is typed. */
  help?: { usage: string; summary: string }
  /** Errors by block id. Pure and quick: Slack waits three seconds for it, and shows them in the form. */
  check?(said: SaidForm, now: Date): Record<string, string> | undefined
  run(said: Said, tools: Tools): Promise<Reply | undefined>
}

/** Who did it, as Slack's payload says; what they may do is read afresh. */
export interface By {
  id: string
  /** Their team; another one than ours is an outsider. */
  team?: string | undefined
}

export interface SaidCommand {
  type: 'command'
  by: By
  /** The first word, in lower case. */
  word: string
  /** Everything after it, as typed. */
  rest: string
  /** All of it, as typed. */
  text: string
  trigger: string
}

export interface SaidShortcut {
  type: 'shortcut'
  by: By
  trigger: string
}

export interface SaidClick {
  type: 'click'
  by: By
  action: string
  /** What the button or the chosen option carries; opaque, never trusted. */
  value: string
  trigger: string
  /** Set for a click in a modal or in App Home. */
  view?: SeenView | undefined
}

export interface SaidForm {
  type: 'form'
  by: By
  form: string
  view: SeenView
}

export interface SaidEvent {
  type: 'event'
  by: By
  event: 'app_home_opened' | 'member_joined_channel' | 'channel_shared'
  channel?: string | undefined
}

export type Said = SaidCommand | SaidShortcut | SaidClick | SaidForm | SaidEvent

export interface SeenView {
  id: string
  /** The first view of the stack: one filling-in of a form, however often it is delivered. */
  root: string
  hash: string
  home: boolean
  memo: string
  /** What is filled in, by block id; a list where several can be chosen. */
  fields: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Shown where the person is looking: for their eyes alone, or in the modal at hand. */
export type Reply = { say: string | Shown } | { view: ModalView }

/** A modal that is open; `show` replaces what it says. */
export interface OpenModal {
  id: string
  show(view: ModalView): Promise<void>
}

export interface Tools {
  ledger: Ledger
  people: People
  clock: Clock
  policy: Policy
  systems: readonly System[]
  channel: string
  protected: readonly string[]
  requesters: readonly string[]
  /** All gestures, for the help text. */
  gestures: readonly Gesture[]
  halts: SlackOptions['halts']
  keys: SlackOptions['keys']
  managerOf(leaver: Leaver): Promise<readonly string[] | undefined>
  /** Slack's trigger lives three seconds: open first, look things up afterwards. */
  openModal(trigger: string, view: ModalView): Promise<OpenModal>
  /** Redraws an open view, unless somebody changed it since. */
  redraw(view: SeenView, next: ModalView): Promise<void>
  /** Uploads the report to this person's direct messages. */
  sendReport(offboarding: Offboarding, to: string): Promise<void>
  publishHome(user: string): Promise<void>
  /** Somebody joined or shared a channel: who reads along is looked up again. */
  audienceChanged(channel: string): void
}
