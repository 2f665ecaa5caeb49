/** What a step is handed at each look, and what must be so at the very moment before it acts. */
import { type At, Rejected } from '../connector.ts'
import type { Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { makeAt, type Rounds, realmOf } from './at.ts'
import type { Planner } from './planner.ts'
import { locate, type System } from './system.ts'

export interface Looking {
  offboarding: Offboarding
  run: StepRun
  system: System
  rounds: Rounds
  /** The step's own run, as it stands when asked. */
  current(): StepRun | undefined
  now(): Date
}

/** A fresh `At`; throws Denied while the system's credential is refused. */
export async function lookOf(looking: Looking, signal: AbortSignal): Promise<At> {
  const { offboarding, run, system, rounds, current } = looking
  if (system.denied) throw system.denied
  const receiver = offboarding.choices.handOverTo
  const reads = await rounds.join(`${offboarding.id} ${realmOf(run.plan)}`)
  const receivers = receiver ? await reads.once('latchkey:receiver', () => locate(system, receiver)) : []
  const here = receivers.filter((one) => one.realm === run.plan.realm && one.id !== run.plan.account.id)
  const handOverTo = here.length === 1 ? here[0] : undefined
  const client = await system.client()
  const { account, realm } = run.plan
  const escrow = system.escrow?.(offboarding.id, realm)
  return makeAt({ offboarding, account, client, handOverTo, now: looking.now(), signal, run: current, reads, escrow })
}

/** A plan is days old when a delayed step runs: whether the account may be touched is asked again, of settings and system. */
export async function guard({ offboarding, run, system }: Looking, planner: Planner): Promise<void> {
  const { plan } = run
  const now = plan.irreversible ? await locate(system, offboarding.leaver) : []
  const same = now.find((one) => one.realm === plan.realm && one.id === plan.account.id) ?? plan.account
  const why = planner.whyProtected(same, offboarding.leaver)
  if (why) throw new Rejected(`${same.label} is protected (${why}), so nothing was done to it.`)
}
