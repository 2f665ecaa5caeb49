/** One page with the systems that a test needs, and people at it: all over HTTP, as the browser does it. */
import { vi } from 'vitest'
import { cast, employee } from '../../../src/sandbox/company.ts'
import { openPage, type Page, type PageOptions } from '../../../src/sandbox/page/server.ts'
import type {
  Conversation,
  Deed,
  Done,
  Knob,
  KnobsNow,
  Message,
  Modal,
  Place,
  Seen,
  Start,
  Turned,
  Value,
  VendorsSide,
} from '../../../src/sandbox/page/shapes.ts'
import { guest } from '../../../src/sandbox/sandbox.ts'

const id = (email: string) => employee(email).slackId
export const who = {
  manager: id(cast.manager),
  hr: id(cast.hr),
  it: id(cast.it),
  other: id(cast.other),
  leaver: id(cast.leaver),
  guest: guest.id,
}
export const offboardingRoom = 'C0OFFBOARD'
export const general = 'C0GENERAL'

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
export type Act = Without<Deed, 'persona'>

export interface Desk extends Page {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  start(): Promise<Start>
  seen(persona: string, since?: number): Promise<Seen>
  act(persona: string, deed: Act): Promise<Done>
  turn(knob: Knob): Promise<Turned>
  knobs(): Promise<KnobsNow>
  vendors(leaver?: string): Promise<VendorsSide>
}

export async function openDesk(options: PageOptions = {}): Promise<Desk> {
  const page = await openPage({
    everySystem: true,
    systems: ['zoom'],
    tasks: [],
    lagMs: 20,
    latencyMs: 1,
    slackSpeed: 50,
    settling: { firstPause: 20, patience: 500, inFlight: 300 },
    patience: { attempts: 2, maxWaitMs: 500, backOff: { firstMs: 10, mostMs: 50 } },
    ...options,
  })
  const get = async <T>(path: string) => answer<T>(await fetch(new URL(path, page.url)))
  const post = async <T>(path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    return answer<T>(await fetch(new URL(path, page.url), { method: 'POST', headers, body: JSON.stringify(body) }))
  }
  return {
    ...page,
    get,
    post,
    start: () => get('/api/start'),
    seen: (persona, since = 0) => get(`/api/seen?persona=${persona}&since=${since}`),
    act: (persona, deed) => post('/api/deeds', { persona, ...deed }),
    turn: (knob) => post('/api/knobs', knob),
    knobs: () => get('/api/knobs'),
    vendors: (leaver = cast.leaver) => get(`/api/vendors?leaver=${leaver}`),
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

export function room(seen: Seen, conversation: string): Conversation {
  const found = seen.conversations.find((one) => one.id === conversation)
  if (!found) throw new Error(`${seen.persona} does not see ${conversation}`)
  return found
}

/** Asks until `look` gives something, as a person who waits for a page to change. */
export function sees<T>(
  desk: Desk,
  persona: string,
  look: (seen: Seen) => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look(await desk.seen(persona))
      if (!found) throw new Error(`${persona} does not see it yet`)
      return found
    },
    { timeout: 20_000, interval: 50 },
  )
}

export function modal(desk: Desk, persona: string, isIt: (one: Modal) => boolean): Promise<Modal> {
  return sees(desk, persona, (seen) => seen.modals.findLast(isIt))
}

/** The form of a request, once it is filled with what was found. */
export function form(desk: Desk, persona: string): Promise<Modal> {
  return modal(desk, persona, (one) => one.blocks.some((block) => block.block_id === 'when'))
}

export async function ask(desk: Desk, values: Record<string, Value> = {}): Promise<Done> {
  const done = await desk.act(who.manager, { do: 'command', conversation: general, line: '/offboard @jo.miller' })
  if (!done.ok) return done
  const view = (await form(desk, who.manager)).id
  const usual = { when: 'now', kind: 'resignation', 'hand-over': who.manager, devices: 'lock', note: 'Last day today.' }
  return desk.act(who.manager, { do: 'submit', view, values: { ...usual, ...values } })
}

export interface Button {
  on: Place
  action: string
  block: string
}

/** A button that somebody sees in a message of this conversation. */
export function button(seen: Seen, conversation: string, action: string): Button | undefined {
  for (const message of seen.conversations.find((one) => one.id === conversation)?.messages ?? []) {
    const block = (message.blocks ?? []).find((one) => JSON.stringify(one).includes(`"action_id":"${action}"`))
    if (block) return { on: { in: 'message', conversation, ts: message.ts }, action, block: String(block.block_id) }
  }
  return undefined
}

export async function press(
  desk: Desk,
  persona: string,
  action: string,
  conversation = offboardingRoom,
): Promise<Done> {
  const found = await sees(desk, persona, (seen) => button(seen, conversation, action))
  return desk.act(persona, { do: 'click', ...found })
}

export async function sign(desk: Desk): Promise<void> {
  await press(desk, who.hr, 'sign-hr')
  await press(desk, who.it, 'sign-it')
}

export function card(seen: Seen): Message | undefined {
  return seen.conversations.find((one) => one.id === offboardingRoom)?.messages.find((one) => !one.thread)
}
