/** How each event changes an offboarding. No checks: what is on record happened. */
import type { Event, EventOf } from './event.ts'
import { isGiveBack } from './give-back-event.ts'
import { gaveBack } from './give-back-evolve.ts'
import type { AppliedFinding, Offboarding, Role, StepRun } from './offboarding.ts'
import { endedBadly, endedWell } from './order.ts'
import { carried, delayed, heldDigest, putOff, runSteps } from './plan.ts'
import { onWatch } from './watch.ts'
import { isWatchEvent } from './watch-event.ts'

export function begin(id: string, event: EventOf<'requested'>): Offboarding {
  return {
    id,
    state: 'awaiting-sign-off',
    leaver: event.leaver,
    requester: event.by,
    requestedAt: event.at,
    ...(event.effectiveAt ? { effectiveAt: event.effectiveAt } : {}),
    choices: event.choices,
    ...(event.note ? { note: event.note } : {}),
    policy: event.policy,
    channel: event.channel,
    requestKey: event.requestKey,
    chosenAccounts: {},
    signOffs: {},
    steps: {},
    posts: {},
    events: 1,
  }
}

export function evolve(before: Offboarding, event: Event): Offboarding {
  const next = { ...changed(before, event), events: before.events + 1 }
  return event.type.startsWith('post') ? next : settled(next, event.at)
}

function changed(one: Offboarding, event: Event): Offboarding {
  if (isGiveBack(event)) return gaveBack(one, event)
  if (isWatchEvent(event)) return onWatch(one, event)
  switch (event.type) {
    case 'requested':
    case 'refused':
      return one
    case 'planned':
      return event.purpose === 'run' ? started(one, event) : planned(one, event)
    case 'account-chosen':
      return {
        ...one,
        chosenAccounts: { ...one.chosenAccounts, [`${event.connector}@${event.realm}`]: event.account },
      }
    case 'signed':
      return signed(one, event)
    case 'declined':
      return { ...ended(one, 'declined', event.at), declined: { by: event.by, reason: event.reason, at: event.at } }
    case 'withdrawn':
      return ended(one, 'withdrawn', event.at)
    case 'expired':
      return ended(one, 'expired', event.at)
    case 'quarantined':
      return { ...one, quarantine: { at: event.at, why: event.why } }
    case 'released':
      return one.quarantine
        ? { ...one, quarantine: { ...one.quarantine, released: { by: event.by, at: event.at } } }
        : one
    case 'halted':
      return { ...one, halted: { by: event.by, why: event.why, at: event.at } }
    case 'resumed':
      return one.halted ? { ...one, halted: { ...one.halted, resumed: { by: event.by, at: event.at } } } : one
    case 'escrow-opened': {
      const { by, system, name, at } = event
      const who = { id: by.id, name: by.name, ...(by.email ? { email: by.email } : {}) }
      return { ...one, openings: [...(one.openings ?? []), { by: who, system, name, at }] }
    }
    case 'reminded':
      return { ...one, lastReminderAt: event.at }
    case 'closed':
      return { ...one, closedAt: event.at, state: one.state === 'done' ? 'closed' : one.state }
    case 'posting':
    case 'posted':
    case 'post-failed':
      return { ...one, posts: { ...one.posts, [event.key]: post(one, event) } }
    default:
      return withStep(one, event)
  }
}

function ended(one: Offboarding, state: Offboarding['state'], at: string): Offboarding {
  return { ...one, state, endedAt: at }
}

function refuse(one: Offboarding, event: EventOf<'planned'>): Offboarding {
  const why = event.plan.protected.map((account) => `${account.label} (${account.connector}): ${account.protected}`)
  return { ...ended(one, 'refused', event.at), plan: event.plan, refusedWhy: why.join('; ') }
}

function planned(one: Offboarding, event: EventOf<'planned'>): Offboarding {
  if (event.plan.protected.length > 0) return refuse(one, event)
  const same = one.plan?.digest === event.plan.digest
  return { ...one, plan: event.plan, signOffs: same ? one.signOffs : {} }
}

function started(one: Offboarding, event: EventOf<'planned'>): Offboarding {
  if (event.plan.protected.length > 0) return refuse(one, event)
  const steps = putOff(runSteps(one, event.plan))
  const digest = heldDigest(steps)
  return { ...one, state: 'running', startedAt: event.at, steps, ...(digest ? { held: { digest, signOffs: {} } } : {}) }
}

function signed(one: Offboarding, event: EventOf<'signed'>): Offboarding {
  const signature = { [event.role]: { by: event.by, at: event.at, digest: event.digest } }
  if (one.held) return signedHeld(one, { ...one.held.signOffs, ...signature })
  const signOffs = { ...one.signOffs, ...signature }
  if (!signOffs.hr || !signOffs.it) return { ...one, signOffs }
  const late = one.effectiveAt !== undefined && one.effectiveAt < event.at
  const effectiveAt = one.effectiveAt ?? event.at
  return { ...one, signOffs, state: 'scheduled', effectiveAt, ...(late ? { late: true as const } : {}) }
}

function signedHeld(one: Offboarding, signOffs: NonNullable<Offboarding['held']>['signOffs']): Offboarding {
  if (!one.held) return one
  if (!signOffs.hr || !signOffs.it) return { ...one, held: { ...one.held, signOffs } }
  const { held: _, ...rest } = one
  const steps = { ...one.steps }
  for (const run of Object.values(one.steps)) if (run.state === 'held') steps[run.key] = delayed(run, one)
  return { ...rest, steps: putOff(steps) }
}

function post(one: Offboarding, event: EventOf<'posting'> | EventOf<'posted'> | EventOf<'post-failed'>) {
  const before = one.posts[event.key]
  const postingAt = event.type === 'posting' ? event.at : (before?.postingAt ?? event.at)
  if (event.type === 'posted') return { channel: event.channel, postingAt, ts: event.ts }
  const ts = before?.ts ? { ts: before.ts } : {}
  if (event.type === 'post-failed') return { channel: event.channel, postingAt, ...ts, failed: event.fact }
  return { channel: event.channel, postingAt, ...ts }
}

type StepEvent = Extract<Event, { step: string }>

function withStep(one: Offboarding, event: StepEvent): Offboarding {
  const run = one.steps[event.step]
  return run ? { ...one, steps: { ...one.steps, [run.key]: stepChanged(run, event) } } : one
}

function stepChanged(run: StepRun, event: StepEvent): StepRun {
  switch (event.type) {
    case 'step-started':
      return { ...run, state: 'running', attempt: run.attempt + 1, startedAt: run.startedAt ?? event.at }
    case 'intended':
      return { ...run, applied: { ...run.applied, ...intents(run, event) } }
    case 'answered':
      return applied(run, event.finding, { answeredAt: event.at, ...(event.receipt ? { receipt: event.receipt } : {}) })
    case 'not-applied':
      return applied(run, event.finding, { refusal: { kind: event.kind, fact: event.fact, at: event.at } })
    case 'step-waiting': {
      const dueAt = run.plan.task ? { dueAt: later(event.at, run.plan.task.dueInMs) } : {}
      const findings = carried(run.findings, event.findings)
      const waitingSince = run.waitingSince ?? event.at
      return { ...run, ...dueAt, state: 'waiting', waitingSince, findings, fact: event.fact }
    }
    case 'step-ended':
      return {
        ...run,
        state: 'ended',
        endedAt: event.at,
        ending: event.ending,
        fact: event.fact,
        findings: event.findings,
        ms: event.ms,
      }
    case 'retried':
      return reopened(run)
    case 'attested':
      return {
        ...run,
        state: 'ended',
        endedAt: event.at,
        ending: 'attested',
        fact: event.note,
        by: event.by,
        note: event.note,
      }
    case 'skipped':
      return {
        ...run,
        state: 'ended',
        endedAt: event.at,
        ending: 'skipped',
        fact: event.reason,
        by: event.by,
        note: event.reason,
      }
    default:
      return event satisfies never
  }
}

function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString()
}

function intents(run: StepRun, event: EventOf<'intended'>): Record<string, AppliedFinding> {
  const receipts = (id: string) => (run.applied[id]?.receipt ? { receipt: run.applied[id].receipt } : {})
  return Object.fromEntries(event.findings.map((id) => [id, { intentAt: event.at, ...receipts(id) }]))
}

function applied(run: StepRun, finding: string, more: Partial<AppliedFinding>): StepRun {
  const before = run.applied[finding] ?? { intentAt: more.answeredAt ?? more.refusal?.at ?? '' }
  return { ...run, applied: { ...run.applied, [finding]: { ...before, ...more } } }
}

/**
 * A clear no is not held against the next attempt. What may have landed stays known, so that a look finds it; where only
 * a person can look, they have.
 */
function reopened(run: StepRun): StepRun {
  const { ending: _ending, endedAt: _endedAt, fact: _fact, waitingSince: _since, ...rest } = run
  const mayHaveLanded = (one: AppliedFinding) => !one.refusal || one.refusal.kind === 'in-doubt'
  const stays = (one: AppliedFinding) => one.answeredAt || (mayHaveLanded(one) && run.plan.repeat !== 'ask')
  const applied = Object.fromEntries(Object.entries(run.applied).filter(([, one]) => stays(one)))
  return { ...rest, applied, state: 'planned' }
}

/** What follows from how the steps stand: contained, done, needs attention. */
function settled(one: Offboarding, at: string): Offboarding {
  if (!['running', 'needs-attention', 'done'].includes(one.state)) return one
  const runs = Object.values(one.steps)
  const contain = runs.filter((run) => run.plan.phase === 'contain' && run.state !== 'delayed')
  const containedAt = one.containedAt ?? (contain.every(endedWell) ? at : undefined)
  const next = { ...one, ...(containedAt ? { containedAt } : {}) }
  const rest = runs.filter((run) => run.state !== 'delayed')
  if (rest.every(endedWell)) return { ...next, state: 'done', doneAt: one.doneAt ?? at }
  const busy = rest.some((run) => run.state === 'running')
  const stuck = rest.some((run) => endedBadly(run) || run.state === 'held')
  return { ...next, state: stuck && !busy ? 'needs-attention' : 'running' }
}

export const signatureRoles: readonly Role[] = ['hr', 'it']
