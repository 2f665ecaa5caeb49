/**
 * A pretend Slack on loopback that keeps Slack's rules: limits, time-outs, error names, scopes, memberships. For tests,
 * for `--play` and for the sandbox page. It knows nothing of Latchkey; a bot is pointed at it by its API address alone.
 */
import { type Clock, systemClock } from '../../clock.ts'
import { type Admin, admin } from './admin.ts'
import type { Stage } from './answer.ts'
import { type Delivered, type Deliverer, deliverer, type Outcome } from './delivery.ts'
import { type Faults, faults } from './faults.ts'
import { httpDelivery } from './http-delivery.ts'
import type { Thing } from './limits.ts'
import { direct, ephemeralsOf, homeOf, thread, topLevel, viewsOf } from './looking.ts'
import type { Call, Knobs } from './method.ts'
import { eventCallback, type Post } from './payloads.ts'
import { type Persona, persona } from './people.ts'
import { type RateOptions, rates } from './rates.ts'
import type { WorkspaceSeed } from './seed.ts'
import { type ApiCall, type ApiServer, apiServer } from './server.ts'
import { type Sockets, sockets } from './socket.ts'
import { until } from './until.ts'
import { type Ephemeral, type StoredFile, type View, type Workspace, workspace } from './workspace.ts'

export { type Kind, problemsOf } from './limits.ts'
export type { Post } from './payloads.ts'
export type { Persona } from './people.ts'
export { renderChannel, renderThread, renderView, renderVisible } from './render.ts'
export type { Ephemeral, Message, View, Workspace } from './workspace.ts'

export interface SlackOptions extends Omit<WorkspaceSeed, 'clock'> {
  mode: 'socket' | 'http'
  /** HTTP mode: where to deliver; can be set later, too. */
  eventsUrl?: string
  signingSecret: string
  botToken: string
  appToken: string
  /** Of the bot, from manifest.yml. */
  scopes: readonly string[]
  commands: readonly string[]
  /** Callback ids; any when absent. */
  shortcuts?: readonly string[]
  /** The events that the app is subscribed to; all when absent. */
  events?: readonly string[]
  /** The manifest's `should_escape`; true when absent. */
  shouldEscape?: boolean
  ackMs?: number
  triggerMs?: number
  clock?: Clock
  rates?: RateOptions
  historyLagMs?: number
  shareMs?: number
  homeEnabled?: boolean
  messagesTab?: boolean
  /** The manifest's `messages_tab_read_only_enabled`: nobody can write to the app there; false when absent. */
  messagesReadOnly?: boolean
  /** Which socket gets the next envelope: between 0 and 1. */
  random?: () => number
}

export interface PretendSlack {
  /** What the bot's `slackApiUrl` is set to. */
  apiUrl: string
  state: Workspace
  faults: Faults
  knobs: Knobs
  sockets: Sockets
  admin: Admin
  /** Every API call that was answered or lost, oldest first. */
  calls: readonly ApiCall[]
  /** Every hand-over to the app, oldest first; failed ones are what people saw as "dispatch failed". */
  deliveries: readonly Delivered[]
  /** By id, e-mail address or handle. */
  as(who: string): Persona
  messages(channel: string): Post[]
  thread(channel: string, ts: string): Post[]
  views(user: string): View[]
  home(user: string): View | undefined
  ephemerals(user: string): Ephemeral[]
  dms(user: string): Post[]
  files(): StoredFile[]
  emit(event: Thing): Promise<Outcome | undefined>
  until<T>(look: () => T | undefined | null | false, timeoutMs?: number, what?: string): Promise<T>
  /** Resolves once so many sockets are connected; at once in HTTP mode. */
  connected(count?: number): Promise<void>
  setEventsUrl(url: string): void
  close(): Promise<void>
}

export async function pretendSlack(options: SlackOptions): Promise<PretendSlack> {
  const clock = options.clock ?? systemClock
  const closing = new AbortController()
  const state = workspace({ ...options, clock })
  const knobs = knobsOf(options)
  let link: Sockets | undefined
  const broken = faults((out) => out && link?.cut())
  const context = { state, clock, scopes: options.scopes, knobs, later: later(state, clock, closing.signal) }
  const { botToken, appToken } = options
  const ports = { rates: rates(options.rates ?? {}, clock), botToken, appToken, methods: {}, context }
  const api = await apiServer(ports, broken)
  link = socketsOf(options, state, api)
  Object.assign(ports.methods, { 'apps.connections.open': link.method })
  let eventsUrl = options.eventsUrl
  const overHttp = { ...options, clock, ackMs: options.ackMs ?? 3000, url: () => eventsUrl }
  const carrier = options.mode === 'socket' ? link : httpDelivery(overHttp)
  const { nextId, changed } = state
  const delivery = deliverer({ carrier, faults: broken, clock, nextId, signal: closing.signal, changed })
  const stage = stageOf(options, { ...context, args: {}, origin: api.origin }, delivery, broken)
  const open = link
  return {
    ...lookingAt(state, stage),
    apiUrl: `${api.origin}/api/`,
    state,
    faults: broken,
    knobs,
    sockets: open,
    admin: admin(state, stage.emit),
    calls: api.calls,
    deliveries: delivery.log,
    connected: async (count = 1) => {
      if (options.mode === 'socket') await until(state, () => open.open >= count, 10_000, `${count} connections`)
    },
    setEventsUrl: (url) => {
      eventsUrl = url
    },
    close: async () => {
      closing.abort()
      await open.close()
      await api.close()
    },
  }
}

function lookingAt(state: Workspace, stage: Stage) {
  return {
    as: (who: string) => persona(stage, idOf(state, who)),
    messages: (channel: string) => topLevel(state, channel),
    thread: (channel: string, ts: string) => thread(state, channel, ts),
    views: (user: string) => viewsOf(state, user),
    home: (user: string) => homeOf(state, user),
    ephemerals: (user: string) => ephemeralsOf(state, user),
    dms: (user: string) => direct(state, user),
    files: () => [...state.files.values()].filter((file) => file.completed),
    emit: stage.emit,
    until: <T>(look: () => T | undefined | null | false, timeoutMs?: number, what?: string) =>
      until(state, look, timeoutMs, what),
  }
}

function idOf(state: Workspace, who: string): string {
  const found = [...state.members.values()].find((one) => one.id === who || one.email === who || one.name === who)
  if (!found) throw new Error(`there is nobody called ${who} in the pretend Slack`)
  return found.id
}

function knobsOf(options: SlackOptions): Knobs {
  return {
    historyLagMs: options.historyLagMs ?? 0,
    shareMs: options.shareMs ?? 50,
    lostShares: 0,
    triggerMs: options.triggerMs ?? 3000,
    homeEnabled: options.homeEnabled ?? true,
    messagesTab: options.messagesTab ?? true,
  }
}

function socketsOf(options: SlackOptions, state: Workspace, api: ApiServer): Sockets {
  return sockets({
    server: api.server,
    clock: state.clock,
    ackMs: options.ackMs ?? 3000,
    appId: state.app.id,
    random: options.random ?? Math.random,
    nextId: state.nextId,
    enabled: options.mode === 'socket',
    changed: state.changed,
  })
}

/** Work that Slack does after it has answered. */
function later(state: Workspace, clock: Clock, signal: AbortSignal): Call['later'] {
  return (ms, work) => {
    void clock.sleep(ms, signal).then(
      () => {
        work()
        state.changed()
      },
      () => undefined, // closed meanwhile
    )
  }
}

function stageOf(options: SlackOptions, call: Call, delivery: Deliverer, broken: Faults): Stage {
  const { state, origin } = call
  return {
    state,
    origin,
    call,
    commands: options.commands,
    ...(options.shortcuts ? { shortcuts: options.shortcuts } : {}),
    shouldEscape: options.shouldEscape ?? true,
    messagesReadOnly: options.messagesReadOnly ?? false,
    interact: (type, payload) => delivery.deliver({ type, payload, accepts: true }),
    emit: async (event) => {
      if (options.events && !options.events.includes(String(event.type))) return undefined
      return delivery.deliver({ type: 'events_api', payload: eventCallback(state, event), accepts: false })
    },
    mayAct(user) {
      if (broken.out) throw new Error('Slack is away: nobody can do anything in it')
      if (state.members.get(user)?.deleted) throw new Error(`${user} is deactivated and cannot sign in to Slack`)
    },
  }
}
