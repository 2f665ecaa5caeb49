/**
 * The closing document: what was asked, who signed what, what each system said afterwards. Data only; no secret.
 * `docs/audit.md` describes it for those who check one.
 */
import type { Event } from './event.ts'
import { giveBackDeed, giveBackReport, type ReportGiveBack } from './give-back-report.ts'
import {
  areas,
  type Ending,
  endings,
  type Finding,
  type Offboarding,
  type Role,
  roles,
  type StepRun,
} from './offboarding.ts'
import { type ReportWatch, watchReport } from './watch-report.ts'

/** How steps ended, and what has not ended; findings over all steps. */
export type Tally = Record<Ending, number> & { waiting: number; later: number; steps: number; findings: number }

export function tally(one: Offboarding): Tally {
  const runs = Object.values(one.steps)
  const none = Object.fromEntries(endings.map((ending) => [ending, 0])) as Record<Ending, number>
  const sum: Tally = { ...none, waiting: 0, later: 0, steps: runs.length, findings: 0 }
  for (const run of runs) {
    sum.findings += run.findings.length
    if (run.state === 'ended' && run.ending) sum[run.ending] += 1
    else if (run.state === 'delayed') sum.later += 1
    else sum.waiting += 1
  }
  return sum
}

/** Milliseconds from the effective time; undefined while it is not so. */
export function timings(one: Offboarding): { containedMs?: number; totalMs?: number; withinLimit?: boolean } {
  const from = Date.parse(one.effectiveAt ?? one.startedAt ?? '')
  const containedMs = one.containedAt ? Date.parse(one.containedAt) - from : undefined
  const totalMs = one.doneAt ? Date.parse(one.doneAt) - from : undefined
  return {
    ...(containedMs === undefined ? {} : { containedMs, withinLimit: containedMs <= one.policy.containWithin }),
    ...(totalMs === undefined ? {} : { totalMs }),
  }
}

export interface ReportStep {
  key: string
  system: string
  title: string
  phase: string
  account: { id: string; label: string; realm: string }
  state: StepRun['state']
  ending?: Ending
  fact?: string
  startedAt?: string
  endedAt?: string
  dueAt?: string
  attempts: number
  by?: { id: string; name: string }
  findings: (Pick<Finding, 'id' | 'label' | 'state' | 'fact'> & { foundAfterSignOff?: true })[]
}

export interface Report {
  format: 'latchkey-report'
  version: 1
  offboarding: string
  state: Offboarding['state']
  leaver: { id: string; name: string; emails: readonly string[] }
  requester: { id: string; name: string }
  choices: Offboarding['choices']
  times: {
    requestedAt: string
    effectiveAt?: string
    startedAt?: string
    containedAt?: string
    doneAt?: string
    late: boolean
  }
  containedMs?: number
  totalMs?: number
  withinLimit?: boolean
  containWithinMs: number
  signOffs: { role: Role; by: { id: string; name: string }; at: string; plan: string }[]
  counts: Tally
  areas: { area: string; steps: ReportStep[] }[]
  /** What was given back; absent where nobody asked. */
  givenBack?: ReportGiveBack[]
  /** Whether access came back; absent before the first look. */
  watch?: ReportWatch
  /** Signatures, refusals, attestations, skips, stops and retries: what people did, in order. */
  people: { at: string; who: string; what: string }[]
  events: number
}

/** A report as it is handed out: with what it is told from, and signed as a whole but for `signature`. */
export interface SignedReport extends Report {
  record: {
    /** Every event of this offboarding, oldest first, as it stands in the journal. */
    events: readonly unknown[]
    /** The end of the hash chain over them, which needs nothing but them. */
    head: string
    /** The number of the last of them in the journal. */
    seq: number
  }
  /** The newest entry of the whole journal, everybody's, when this was written. */
  anchor: { seq: number; hash: string }
  key: { algorithm: 'Ed25519'; publicKey: string; fingerprint: string }
  /** Base64. */
  signature: string
}

export function report(one: Offboarding, history: readonly Event[]): Report {
  const { requestedAt, effectiveAt, startedAt, containedAt, doneAt } = one
  const { id, name, emails } = one.leaver
  return {
    format: 'latchkey-report',
    version: 1,
    offboarding: one.id,
    state: one.state,
    leaver: { id, name, emails },
    requester: { id: one.requester.id, name: one.requester.name },
    choices: one.choices,
    times: {
      ...defined({ requestedAt, effectiveAt, startedAt, containedAt, doneAt }),
      requestedAt,
      late: one.late ?? false,
    },
    ...timings(one),
    containWithinMs: one.policy.containWithin,
    signOffs: history.flatMap((event) =>
      event.type === 'signed' ? [{ role: event.role, by: who(event.by), at: event.at, plan: event.digest }] : [],
    ),
    counts: tally(one),
    areas: areas.map((area) => ({ area, steps: stepsOf(one, area) })).filter(({ steps }) => steps.length > 0),
    ...(one.giveBacks ? { givenBack: giveBackReport(one) } : {}),
    ...defined({ watch: watchReport(one) }),
    people: history.flatMap(deed),
    events: history.length,
  }
}

function who(person: { id: string; name: string }): { id: string; name: string } {
  return { id: person.id, name: person.name }
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function stepsOf(one: Offboarding, area: string): ReportStep[] {
  const runs = Object.values(one.steps).filter((run) => run.plan.area === area)
  return runs.map((run) => ({
    key: run.key,
    system: run.plan.connectorTitle,
    title: run.plan.title,
    phase: run.plan.phase,
    account: { id: run.plan.account.id, label: run.plan.account.label, realm: run.plan.realm },
    state: run.state,
    ...defined({
      ending: run.ending,
      fact: run.fact,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      dueAt: run.dueAt,
    }),
    attempts: run.attempt,
    ...(run.by ? { by: who(run.by) } : {}),
    findings: run.findings.map(({ id, label, state, fact }) => ({
      id,
      label,
      state,
      fact,
      ...(run.foundAfterSignOff.includes(id) ? { foundAfterSignOff: true as const } : {}),
    })),
  }))
}

function deed(event: Event): { at: string; who: string; what: string }[] {
  const said = (what: string) =>
    'by' in event ? [{ at: event.at, who: `${event.by.name} (${event.by.id})`, what }] : []
  switch (event.type) {
    case 'requested':
      return said('asked for this offboarding')
    case 'signed':
      return said(`signed for ${roles.includes(event.role) ? event.role.toUpperCase() : event.role}`)
    case 'declined':
      return said(`declined: ${event.reason}`)
    case 'withdrawn':
      return said('withdrew it')
    case 'quarantined':
      return [{ at: event.at, who: 'Latchkey', what: `held the request back: ${event.why}` }]
    case 'released':
      return said('released the request that was held back')
    case 'halted':
      return said(`stopped everything: ${event.why}`)
    case 'resumed':
      return said('let everything go on')
    case 'account-chosen':
      return said(`chose account ${event.account} in ${event.connector}`)
    case 'retried':
      return said(`had ${event.step} tried again`)
    case 'attested':
      return said(`says that ${event.step} was done by hand: ${event.note}`)
    case 'skipped':
      return said(`skipped ${event.step}: ${event.reason}`)
    case 'watch-ended':
      return said(`ended the watch: ${event.reason}`)
    case 'refused':
      return said(`was refused (${event.what}): ${event.why}`)
    default: {
      const what = giveBackDeed(event)
      return what ? said(what) : []
    }
  }
}
