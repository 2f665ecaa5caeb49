/** What the page knows, and who is told when it changes. */
import { useEffect, useState } from 'preact/hooks'
import type {
  Changed,
  Conversation,
  Deed,
  Done,
  Knob,
  KnobsNow,
  Message,
  Person,
  Seen,
  Start,
  VendorsSide,
} from '../shapes.ts'
import * as api from './api.ts'

export interface Open {
  /** A conversation's id; `home` is the app's own page. */
  place: string
  /** The top of the thread that is open. */
  thread?: string
}

export interface State {
  start: Start
  persona: string
  /** Undefined until it was asked for. */
  seen?: Seen
  /** By conversation, by ts: the server sends only what changed. */
  messages: Map<string, Map<string, Message>>
  open: Open
  /** On a narrow screen, one of them has the screen. */
  front: 'list' | 'place' | 'thread' | 'systems'
  systemsShown: boolean
  vendors?: VendorsSide
  knobs?: KnobsNow
  /** The sandbox does not answer. */
  away: boolean
  /** What happened last and is worth a word; it goes away. */
  notice?: { text: string; bad: boolean; id: number }
  /** A menu or a button that waits for the app. */
  busy: number
}

let state: State
const listeners = new Set<() => void>()
const people = new Map<string, Person>()

export function now(): State {
  return state
}

export function set(change: Partial<State>): void {
  state = { ...state, ...change }
  for (const heard of [...listeners]) heard()
}

/** Draws its component again with each change. */
export function useStore(): State {
  const [, again] = useState(0)
  useEffect(() => {
    const heard = () => again((count) => count + 1)
    listeners.add(heard)
    return () => void listeners.delete(heard)
  }, [])
  return state
}

export function personOf(id: string): Person | undefined {
  return people.get(id)
}

/** The zone of whoever is looked through. */
export function zone(): string {
  return people.get(state.persona)?.zone ?? 'UTC'
}

/** The sandbox's time, epoch ms. */
export function time(): number {
  return state.seen ? Date.parse(state.seen.now) : Date.now()
}

export async function begin(): Promise<void> {
  const start = await api.start()
  know(start)
  const [first] = start.personas
  const wanted = new URLSearchParams(location.hash.slice(1)).get('as')
  const persona = start.personas.find((one) => one.id === wanted || one.part === wanted) ?? first
  state = {
    start,
    persona: persona?.id ?? '',
    messages: new Map(),
    open: { place: '' },
    front: 'place',
    systemsShown: innerWidth >= 1200,
    away: false,
    busy: 0,
  }
  await look()
  set({ open: { place: firstPlace() } })
  api.follow(
    (changed) => void heard(changed),
    (away) => state.away !== away && set({ away }),
  )
}

function know(start: Start): void {
  people.clear()
  for (const one of start.people) people.set(one.id, one)
}

/** The channel of the cards for whoever is in it, else the notes to oneself, where a command can be typed. */
function firstPlace(): string {
  const all = state.seen?.conversations ?? []
  const card = all.find((one) => one.id === state.start.channel)
  return (card ?? all.find((one) => one.kind === 'self') ?? all[0])?.id ?? 'home'
}

async function heard(changed: Changed): Promise<void> {
  if (changed.world !== state.start.world) return await anew()
  if (changed.version !== state.seen?.version) await look()
  if (changed.vendors !== state.vendors?.version && state.systemsShown) await lookAtSystems()
}

async function anew(): Promise<void> {
  const start = await api.start()
  know(start)
  const { vendors: _old, ...rest } = state
  state = { ...rest, start, messages: new Map(), open: { place: '' } }
  delete state.seen
  await look()
  set({ open: { place: firstPlace() } })
  if (state.systemsShown) await lookAtSystems()
}

let looking: Promise<void> | undefined
let again = false

/** One look at a time; what changes meanwhile is looked at after it. */
export function look(): Promise<void> {
  if (looking) {
    again = true
    return looking
  }
  looking = lookOnce().finally(() => {
    looking = undefined
    if (again) {
      again = false
      void look()
    }
  })
  return looking
}

async function lookOnce(): Promise<void> {
  const { persona } = state
  const since = state.seen?.persona === persona ? state.seen.version : 0
  const seen = await api.seen(persona, since)
  // Somebody else was chosen meanwhile.
  if (state.persona !== persona) return
  const messages = since === 0 ? new Map<string, Map<string, Message>>() : state.messages
  for (const one of seen.conversations) messages.set(one.id, merged(messages.get(one.id), one))
  set({ seen, messages })
}

function merged(known: Map<string, Message> | undefined, { order, messages }: Conversation): Map<string, Message> {
  const fresh = new Map(messages.map((one) => [one.ts, one]))
  return new Map(
    order.flatMap((ts) => {
      const one = fresh.get(ts) ?? known?.get(ts)
      return one ? [[ts, one] as const] : []
    }),
  )
}

export async function become(persona: string): Promise<void> {
  const { place } = state.open
  const { seen: _old, ...rest } = state
  state = { ...rest, persona, messages: new Map() }
  delete state.seen
  await look()
  const there = now().seen?.conversations ?? []
  const still = place === 'home' || there.some((one) => one.id === place)
  set({ open: { place: still ? place : firstPlace() } })
  if (place === 'home') await deed({ do: 'home' })
}

export function goTo(place: string): void {
  set({ open: { place }, front: 'place' })
  if (place === 'home') void deed({ do: 'home' })
}

export function openThread(place: string, thread: string | undefined): void {
  set({ open: thread ? { place, thread } : { place }, front: thread ? 'thread' : 'place' })
}

let noticed = 0

export function tell(text: string, bad = false): void {
  noticed += 1
  set({ notice: { text, bad, id: noticed } })
}

type Doing = Deed extends infer One ? (One extends { persona: string } ? Omit<One, 'persona'> : never) : never

/** Does something as whoever is looked through, and shows what Slack would say of it. */
export async function deed(doing: Doing): Promise<Done> {
  set({ busy: state.busy + 1 })
  try {
    const done = await api.act({ ...doing, persona: state.persona } as Deed)
    if (done.shown && !done.ok) tell(`${done.shown}${done.error ? ` (${done.error})` : ''}`, true)
    await look()
    return done
  } catch (error) {
    tell((error as Error).message, true)
    return { ok: false, ms: 0 }
  } finally {
    set({ busy: state.busy - 1 })
  }
}

export async function lookAtSystems(): Promise<void> {
  const [vendors, knobs] = await Promise.all([api.vendors(state.vendors?.leaver ?? state.start.leaver), api.knobs()])
  set({ vendors, knobs })
}

export async function turn(knob: Knob): Promise<void> {
  try {
    const { ok, said } = await api.turn(knob)
    tell(said, !ok)
    await Promise.all([look(), lookAtSystems()])
  } catch (error) {
    tell((error as Error).message, true)
  }
}
