/** One look of the watch: every system is asked again about what an offboarding took, and about accounts it never saw. */
import type { Clock } from '../clock.ts'
import { isManual } from '../connector.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { isLookedAt, strangersAmong, watchDue } from '../offboarding/watch.ts'
import type { Seen } from '../offboarding/watch-event.ts'
import type { Rounds } from './at.ts'
import { type CallContext, explain, inCall } from './gate.ts'
import { lookOf } from './look.ts'
import { findingsOf } from './read.ts'
import { locate, type System, stepOf } from './system.ts'

export interface WatchParts {
  ledger: Ledger
  systems: ReadonlyMap<string, System>
  rounds: Rounds
  clock: Clock
  /** Ends looking; what was seen until then is forgotten, and looked at again. */
  signal: AbortSignal
}

interface Looking extends WatchParts {
  one: Offboarding
}

/** Looks, and keeps what was seen; the journal is not touched before everything has been asked. */
export async function lookAgain(parts: WatchParts, id: string): Promise<void> {
  const one = parts.ledger.get(id)
  if (!one || !watchDue(one, parts.clock.now().getTime())) return
  const looking = { ...parts, one }
  const runs = Map.groupBy(
    Object.values(one.steps).filter((run) => isLookedAt(one, run)),
    (run) => run.plan.connector,
  )
  const gone = [...runs].filter(([use]) => !parts.systems.has(use)).flatMap(([, some]) => some.slice(0, 1))
  const wanted = [...parts.systems.values()].filter(
    ({ use, connector }) => (one.choices.systems?.includes(use) ?? true) && !connector.steps.every(isManual),
  )
  const seen = await Promise.all(wanted.map((system) => lookIn(looking, system, runs.get(system.use) ?? [])))
  seen.push({ ...nothing(), unseen: gone.map(({ plan }) => notSeen(plan, 'is no longer in the settings.')) })
  await parts.ledger.record(id, {
    type: 'watched',
    at: parts.clock.now().toISOString(),
    cameBack: seen.flatMap((part) => part.cameBack),
    appeared: seen.flatMap((part) => part.appeared),
    unseen: seen.flatMap((part) => part.unseen),
  })
}

const nothing = (): Seen => ({ cameBack: [], appeared: [], unseen: [] })

function notSeen({ connectorTitle }: { connectorTitle: string }, fact: string): Seen['unseen'][number] {
  return { connectorTitle, fact }
}

/** Without a phase's urgency and without a date of its own: real work goes first. */
function contextOf({ one, signal }: Looking, step?: string): CallContext {
  return { offboarding: one.id, ...(step ? { step } : {}), phase: 'reclaim', signal, hold: signal, failures: [] }
}

async function lookIn(looking: Looking, system: System, runs: readonly StepRun[]): Promise<Seen> {
  const { one, signal } = looking
  const connectorTitle = system.connector.title
  if (system.denied) return { ...nothing(), unseen: [{ connectorTitle, fact: system.denied.message }] }
  const context = contextOf(looking)
  try {
    const accounts = await inCall(context, () => locate(system, one.leaver))
    const there = new Set(accounts.map(({ realm, id }) => `${realm} ${id}`))
    const appeared = strangersAmong(one, system.use, accounts)
      .filter((account) => !account.protected)
      .map((account) => ({ connector: system.use, connectorTitle, account }))
    const looks = await Promise.all(runs.map((run) => lookAt(looking, system, run)))
    const unseen = looks.flatMap(({ run, fact }) => {
      // Where the account itself is gone, most systems have nothing to say about what it held.
      return fact && there.has(`${run.plan.realm} ${run.plan.account.id}`) ? [notSeen(run.plan, fact)] : []
    })
    const cameBack = looks.flatMap(({ run, open }) => (open.length > 0 ? [{ step: run.key, findings: open }] : []))
    return { cameBack, appeared, unseen: unseen.slice(0, 1) }
  } catch (error) {
    signal.throwIfAborted()
    return { ...nothing(), unseen: [{ connectorTitle, fact: explain(error, context).fact }] }
  }
}

interface Looked {
  run: StepRun
  open: StepRun['findings'][number][]
  /** Why it could not be looked at. */
  fact?: string
}

async function lookAt(looking: Looking, system: System, run: StepRun): Promise<Looked> {
  const { one, rounds, clock, signal } = looking
  const step = stepOf(system, run.plan.step)
  if (!step || isManual(step)) return { run, open: [], fact: `${run.plan.title} is not known any more.` }
  const context = contextOf(looking, run.key)
  const how = { offboarding: one, run, system, rounds, current: () => run, now: () => clock.now() }
  try {
    const findings = await inCall(context, async () => findingsOf(step, await lookOf(how, signal)))
    const unknown = findings.find(({ state }) => state === 'unknown')
    const open = findings.filter(({ state }) => state === 'open')
    return { run, open, ...(unknown ? { fact: `${unknown.label}: ${unknown.fact}` } : {}) }
  } catch (error) {
    signal.throwIfAborted()
    return { run, open: [], fact: explain(error, context).fact }
  }
}
