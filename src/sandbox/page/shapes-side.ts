/** The vendors' side and the knobs, as they go over the wire; part of `shapes.ts`. Types only. */

/** One thing at a vendor, as the pretend vendor itself knows it; the connector is not asked. */
export interface Shown {
  area: 'directory' | 'infrastructure' | 'applications' | 'devices' | 'records'
  /** What it is: `Access key AKIA…7Q`, `Group all-sales`. */
  what: string
  /** How it stands: `active`, `member`, `disabled`. */
  state: string
  /** Whether the leaver can still use it or still costs money for it. */
  held: boolean
}

export interface VendorRow {
  area: Shown['area']
  what: string
  /** When the sandbox was opened; absent for what came later. */
  before?: { state: string; held: boolean }
  /** Absent for what is not there any more. */
  now?: { state: string; held: boolean }
}

export type Temper = 'normal' | 'slow' | 'throttled' | 'failing' | 'refusing'

export interface VendorState {
  /** The connector's id. */
  use: string
  title: string
  temper: Temper
  rows: VendorRow[]
  /** Of the rows: still held now, and held before. */
  held: number
  heldBefore: number
  /** It can be put back as it was. */
  givesBack: boolean
  /** Requests that it has received from the bot. */
  calls: number
}

export interface VendorsSide {
  world: number
  /** As in `Changed.vendors`. */
  version: number
  leaver: string
  vendors: VendorState[]
}

export interface KnobsNow {
  world: number
  /** The sandbox's time, ISO, and how far it is ahead of the real one, ms. */
  now: string
  movedMs: number
  vendors: { use: string; title: string; temper: Temper }[]
  /** All of Slack is away: nobody can click, the bot is not heard. */
  slackAway: boolean
  /** Socket connections that the bot holds; 0 in HTTP mode. */
  sockets: number
  mode: 'socket' | 'http'
}

export type Knob =
  /** `every` as vendor: all of them. */
  | { turn: 'vendor'; vendor: string; to: Temper }
  /** Somebody puts all of it back as it was at the beginning, behind Latchkey's back: what the watch is for. */
  | { turn: 'give-back'; vendor: string }
  /** The next message that the bot posts is posted, but Slack's answer is lost on the way. */
  | { turn: 'lose-reply' }
  /** The next thing that somebody does reaches the bot twice. */
  | { turn: 'deliver-twice' }
  | { turn: 'refresh-socket'; which: 'one' | 'all' }
  | { turn: 'slack-away'; away: boolean }
  /** Forward, ms; at most 400 days. */
  | { turn: 'clock'; ms: number }
  /** The bot is stopped and started again on the same data. */
  | { turn: 'restart' }
  /** Another sandbox in place of this one; the clock is right again. */
  | { turn: 'anew' }

export interface Turned {
  ok: boolean
  /** What now happens, in a sentence for people. */
  said: string
}
