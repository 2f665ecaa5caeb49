/** Whose turn it is to be given back, and everything that the work on it needs. */
import type { Clock } from '../clock.ts'
import { Denied, isManual } from '../connector.ts'
import { type GiveBackRun, latest } from '../offboarding/give-back.ts'
import { giveBackReady } from '../offboarding/give-back-list.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding, StepRun } from '../offboarding/offboarding.ts'
import type { Rounds } from './at.ts'
import { giveBackStep } from './give-back.ts'
import { guard, type Looking, lookOf } from './look.ts'
import type { Planner } from './planner.ts'
import type { Settling } from './settling.ts'
import { type System, stepOf } from './system.ts'

export interface GiveBackParts {
  ledger: Ledger
  planner: Planner
  systems: ReadonlyMap<string, System>
  rounds: Rounds
  clock: Clock
  settling: Settling
  signal: AbortSignal
  abandon: AbortSignal
}

/** Keys of what is under way, also from before a crash, and of what may begin. */
export function giveBackTurns(one: Offboarding): string[] {
  const back = latest(one)
  if (!back) return []
  const running = Object.values(back.steps).filter((run) => run.state === 'running')
  return [...running.map((run) => run.key), ...giveBackReady(one, back)]
}

/** Begins it, or goes on with it. */
export async function takeTurn(parts: GiveBackParts, id: string, key: string): Promise<void> {
  const { ledger, clock } = parts
  const before = ledger.get(id)
  if (!before || !giveBackTurns(before).includes(key)) return
  const at = clock.now().toISOString()
  const begun = latest(before)?.steps[key]?.state === 'running'
  const one = begun ? before : await ledger.record(id, { type: 'give-back-started', at, stepKey: key })
  const [taken, run] = [one.steps[key], latest(one)?.steps[key]]
  if (taken && run) await work(parts, one, taken, run)
}

async function work(parts: GiveBackParts, offboarding: Offboarding, taken: StepRun, run: GiveBackRun): Promise<void> {
  const { ledger, planner, clock, settling, signal, abandon } = parts
  const { id } = offboarding
  const system = parts.systems.get(taken.plan.connector)
  const step = system && stepOf(system, taken.plan.step)
  if (!system || !step || isManual(step)) return orphan(parts, id, taken, run)
  const current = () => lessGivenBack(ledger.get(id) ?? offboarding, taken)
  const now = () => clock.now()
  const looking: Looking = { offboarding, run: taken, system, rounds: parts.rounds, current, now }
  await giveBackStep({
    step,
    offboarding,
    taken,
    run: () => latest(ledger.get(id) ?? offboarding)?.steps[taken.key] ?? run,
    look: (ends) => lookOf(looking, ends),
    guard: () => guard({ ...looking, run: afresh(taken) }, planner),
    record: async (...events) => void (await ledger.record(id, ...events)),
    onDenied(fact) {
      system.denied = new Denied(fact)
    },
    ...{ clock, settling, signal, abandon },
  })
}

/**
 * The journal of the step that took it: giving back may need a receipt. An order that was taken back since is none any
 * more, or a system that is told by it ("done, as was ordered") would still say so.
 */
function lessGivenBack(one: Offboarding, taken: StepRun): StepRun {
  const run = one.steps[taken.key] ?? taken
  const back = latest(one)?.steps[taken.key]
  const applied = Object.entries(run.applied).filter(([finding]) => !back?.applied[finding]?.answeredAt)
  return { ...run, applied: Object.fromEntries(applied) }
}

/** Weeks may have passed: whether the account may be touched is asked of the system, as before what cannot be undone. */
function afresh(taken: StepRun): StepRun {
  return { ...taken, plan: { ...taken.plan, irreversible: true } }
}

/** A step whose connector is not in the settings any more: nobody can say how it stands. */
async function orphan({ ledger, clock }: GiveBackParts, id: string, taken: StepRun, run: GiveBackRun): Promise<void> {
  const fact = `${taken.plan.connectorTitle} is no longer in the settings. IT gives it back by hand, or adds it again and tries again.`
  const findings = run.findings.map((finding) => ({ ...finding, state: 'unknown' as const }))
  const at = clock.now().toISOString()
  await ledger.record(id, {
    type: 'give-back-ended',
    ...{ at, stepKey: run.key, ending: 'unknown', fact, findings, ms: 0 },
  })
}
