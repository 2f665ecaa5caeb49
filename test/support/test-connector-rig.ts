/** One connector on one bed, behind the real gate: finds, orders, journals and looks again as the runner does. */
import { type At, type AutomaticStep, type Connector, type Escrow, type Gate, isManual } from '../../src/connector.ts'
import { type Account, type Choices, type Finding, type Leaver, phases } from '../../src/offboarding/offboarding.ts'
import { carried, endingOf } from '../../src/offboarding/plan.ts'
import { SharedReads } from '../../src/run/at.ts'
import { type CallRecord, createGate, explain, type Failure, inCall } from '../../src/run/gate.ts'
import type { Pretend } from '../../src/sandbox/server.ts'
import type { Transport } from '../../src/sandbox/transport.ts'
import { type Journaled, ordersIn } from './journal.ts'
import { skippingClock } from './world-clock.ts'

export interface Bed {
  /** As in latchkey.yaml, with Secret objects where the connector declares secrets. */
  settings: unknown
  /** For HTTP connectors: `loopback([…])` over the pretend servers. */
  transport?: Transport
  /** For injected faults and for counting calls; empty where it is not HTTP. */
  servers: readonly Pretend[]
  leaver: Leaver
  stranger: Leaver
  handOverTo?: Leaver
  choices?: Partial<Choices>
  /** The vendor's true state as plain data. */
  state(): unknown
  /** The part of it that belongs to others. */
  untouchable(): unknown
  /** Must appear in no finding, fact, receipt, record or error. */
  secrets: readonly string[]
  /** How a second page is forced; for readers only. */
  pageSize?: string
  expect?: {
    /** By step id, where it is not `done` (or `acknowledged` for `proof: 'none'`); say why. */
    ending?: Readonly<Record<string, StepEnding>>
    /** Step ids that are not tried with a lost answer; say why. */
    skipLost?: readonly string[]
  }
  /** Moves the vendor's own slow jobs forward. */
  settle?(): Promise<void>
  close(): Promise<void>
}

export type StepEnding = 'done' | 'acknowledged' | 'pending' | 'blocked'

/** An account of the leaver in one realm, with the receiver's there. */
export interface Place {
  account: Account
  handOverTo?: Account
}

export interface Explained {
  kind: Failure['kind']
  fact: string
  error: unknown
}

export type Looked = { findings: readonly Finding[] } | { failed: Explained }

export interface Rig {
  connector: Connector
  bed: Bed
  client: unknown
  /** Everything a person or a file could get to see. */
  heard: string[]
  records: CallRecord[]
  journal: Map<string, Journaled>
  /** Keys and PINs that steps put into escrow, by realm and name. */
  kept: Map<string, string[]>
  close(): Promise<void>
}

export async function openRig(connector: Connector, bed: Bed): Promise<Rig> {
  const records: CallRecord[] = []
  const gate = createGate({
    ...connector,
    use: connector.id,
    overrides: Object.fromEntries(connector.limits.map((limit) => [limit.id, { perSecond: 400 }])),
    attemptTimeoutMs: 5_000,
    backOff: { firstMs: 1, mostMs: 4 },
    ...(bed.transport ? { send: bed.transport } : {}),
    clock: skippingClock(),
    random: () => 0.5,
    onCall: (record) => records.push(record),
  })
  const rig: Rig = {
    connector,
    bed,
    client: undefined,
    heard: [],
    records,
    journal: new Map(),
    kept: new Map(),
    close: gate.close,
  }
  const connected = await attempt(rig, () => connect(connector, bed, gate))
  if ('failed' in connected) {
    await gate.close()
    throw connected.failed.error
  }
  rig.client = connected.value
  return rig
}

async function connect(connector: Connector, bed: Bed, gate: Gate): Promise<unknown> {
  return connector.connect(await connector.settings.parseAsync(bed.settings), gate)
}

/** Runs it as the runner would; what failed is explained, and heard. */
export async function attempt<T>(rig: Rig, work: () => Promise<T>): Promise<{ value: T } | { failed: Explained }> {
  const context = { failures: [] as Failure[], phase: 'contain' as const }
  try {
    const value = await inCall(context, work)
    rig.heard.push(JSON.stringify(value) ?? '')
    return { value }
  } catch (error) {
    const told = explain(error, context)
    rig.heard.push(told.fact, ...messagesOf(error), JSON.stringify(context.failures))
    return { failed: { ...told, error } }
  }
}

function messagesOf(error: unknown): string[] {
  const said: string[] = []
  for (let one = error; one instanceof Error && said.length < 9; one = one.cause)
    said.push(`${one.name}: ${one.message}`)
  return said
}

export async function places(rig: Rig): Promise<Place[]> {
  const { connector, bed, client } = rig
  const accounts = await must(rig, 'locate', () => connector.locate(client, bed.leaver))
  const { handOverTo } = bed
  const receivers = handOverTo ? await must(rig, 'locate the receiver', () => connector.locate(client, handOverTo)) : []
  return accounts.map((account) => {
    const there = receivers.filter((one) => one.realm === account.realm)
    return { account, ...(there.length === 1 ? { handOverTo: there[0] as Account } : {}) }
  })
}

export async function must<T>(rig: Rig, what: string, work: () => Promise<T>): Promise<T> {
  const result = await attempt(rig, work)
  if ('value' in result) return result.value
  const { kind, fact, error } = result.failed
  throw new Error(`${what} failed (${kind}): ${fact}`, { cause: error })
}

export function automatic(connector: Connector): AutomaticStep[] {
  return connector.steps.filter((step) => !isManual(step)) as AutomaticStep[]
}

/** Steps in waves: by phase, irreversible ones last, and what `needs` or `after` another of these comes after it. */
export function waves(connector: Connector, steps: readonly AutomaticStep[]): AutomaticStep[][] {
  const rank = (step: AutomaticStep) => phases.indexOf(step.phase) + (step.irreversible ? phases.length : 0)
  const found: AutomaticStep[][] = []
  const left = new Set(steps)
  while (left.size > 0) {
    const waiting = new Set([...left].map((step) => `${connector.id}/${step.id}`))
    const free = [...left].filter(
      (step) => ![...(step.needs ?? []), ...(step.after ?? [])].some((id) => waiting.has(id)),
    )
    if (free.length === 0) throw new Error(`These steps wait for each other: ${[...waiting].join(', ')}.`)
    const first = Math.min(...free.map(rank))
    const wave = free.filter((step) => rank(step) === first)
    for (const step of wave) left.delete(step)
    found.push(wave)
  }
  return found
}

export async function look(rig: Rig, step: AutomaticStep, place: Place, reads = new SharedReads()): Promise<Looked> {
  const result = await attempt(rig, async () => step.find(at(rig, step, place, reads)))
  return 'value' in result ? { findings: result.value } : result
}

export async function mustLook(rig: Rig, step: AutomaticStep, place: Place): Promise<readonly Finding[]> {
  return must(rig, `step ${step.id}: find`, async () => step.find(at(rig, step, place, new SharedReads())))
}

/** Orders these side by side, each intent journaled before and each answer after; answers with what failed. */
export async function order(
  rig: Rig,
  step: AutomaticStep,
  place: Place,
  findings: readonly Finding[],
): Promise<(Explained & { finding: Finding })[]> {
  const reads = new SharedReads()
  for (const finding of findings) {
    const { id, label } = finding
    const receipt = rig.journal.get(key(step, place, id))?.receipt
    rig.journal.set(key(step, place, id), { label, intentAt: new Date(), ...(receipt ? { receipt } : {}) })
  }
  const results = await Promise.all(
    findings.map(async (finding) => {
      const result = await attempt(rig, async () => step.apply(at(rig, step, place, reads), finding))
      if ('failed' in result) return [{ ...result.failed, finding }]
      const entry = rig.journal.get(key(step, place, finding.id)) as Journaled
      entry.answeredAt = new Date()
      if (result.value) entry.receipt = result.value
      return []
    }),
  )
  return results.flat()
}

export async function mustOrder(rig: Rig, step: AutomaticStep, place: Place, findings: readonly Finding[]) {
  const [failed] = await order(rig, step, place, findings)
  if (failed)
    throw new Error(`step ${step.id}: apply of ${failed.finding.id} failed (${failed.kind}): ${failed.fact}`, {
      cause: failed.error,
    })
}

const settleWithinMs = 5_000

/** Looks until the step stands as expected, or five seconds are over; throws with what is wrong. */
export async function settle(rig: Rig, step: AutomaticStep, place: Place, first: readonly Finding[]): Promise<void> {
  const expected = rig.bed.expect?.ending?.[step.id] ?? (step.proof === 'none' ? 'acknowledged' : 'done')
  const until = Date.now() + settleWithinMs
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    const now = await mustLook(rig, step, place)
    refuseNewcomers(step, first, now)
    const stands = standing(step, carried(first, now))
    if (stands === expected) return
    if (Date.now() > until || (stands !== 'open' && stands !== 'pending'))
      throw new Error(`step ${step.id}: ${stands} after apply, expected ${expected}: ${told(now)}`)
    if (stands === 'pending') await rig.bed.settle?.()
    await new Promise((done) => setTimeout(done, pauseMs))
  }
}

/** What only appears once others are gone was there all the time, on a page that nobody read. */
function refuseNewcomers(step: AutomaticStep, first: readonly Finding[], now: readonly Finding[]): void {
  const known = new Set(first.map((finding) => finding.id))
  const late = now.filter((finding) => finding.state === 'open' && !known.has(finding.id))
  if (late.length > 0)
    throw new Error(`step ${step.id}: open, but not found at the first look (a page that was not read?): ${told(late)}`)
}

function standing(step: AutomaticStep, findings: readonly Finding[]): StepEnding | 'open' | 'unknown' {
  const ending = endingOf(findings, step.proof)
  if (ending === 'verified' || ending === 'nothing-found') return 'done'
  if (ending === 'waiting') return 'pending'
  if (ending === 'failed') return 'blocked'
  return ending === 'acknowledged' || ending === 'open' ? ending : 'unknown'
}

export function told(findings: readonly Finding[]): string {
  return findings.map((one) => `${one.id} is ${one.state} (${one.fact})`).join('; ') || 'nothing found'
}

function key(step: AutomaticStep, place: Place, finding: string): string {
  return `${step.id}@${place.account.realm}/${place.account.id}#${finding}`
}

export function at(rig: Rig, step: AutomaticStep, place: Place, reads: SharedReads): At {
  const { bed, client } = rig
  return {
    client,
    leaver: bed.leaver,
    ...place,
    choices: {
      kind: 'resignation',
      devices: 'lock',
      ...(bed.handOverTo ? { handOverTo: bed.handOverTo } : {}),
      ...bed.choices,
    },
    effectiveAt: new Date(),
    signal: new AbortController().signal,
    applied: (finding) => rig.journal.get(key(step, place, finding)),
    orders: () => ordersIn(rig.journal, key(step, place, '')),
    escrow: escrowIn(rig, place.account.realm),
    once: (name, read) => reads.once(name, read),
  }
}

function escrowIn(rig: Rig, realm: string): Escrow {
  const under = (name: string) => `${realm}#${name}`
  return {
    async keep(name, secret) {
      if (name === '' || secret === '') throw new Error(`Nothing to keep, or no name for it: "${name}".`)
      rig.kept.set(under(name), [...(rig.kept.get(under(name)) ?? []), secret])
    },
    holds: async (name) => rig.kept.has(under(name)),
  }
}
