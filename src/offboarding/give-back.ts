/**
 * Giving back: what an offboarding took away is put back as it was, with two signatures of its own. Where it stands, and
 * what the offboarding itself must not do meanwhile or ever again.
 */
import type { AppliedFinding, Clicker, Ending, Finding, Offboarding, Role, SignOff, StepKey } from './offboarding.ts'

/** What is given back of one step. */
export interface GiveBackRun {
  key: StepKey
  state: 'planned' | 'running' | 'ended'
  attempt: number
  /** With `before`, as the system said before it was taken; `open`: it is there again. */
  findings: readonly Finding[]
  /** By finding id: what was ordered, and what came back. */
  applied: Readonly<Record<string, AppliedFinding>>
  startedAt?: string
  endedAt?: string
  /** Verified: read back, and there again. */
  ending?: Ending
  fact?: string
  by?: Clicker
  ms?: number
}

export type GiveBackState = 'awaiting-sign-off' | 'running' | 'needs-attention' | 'done' | 'declined' | 'expired'

export interface GiveBack {
  /** The first one of an offboarding is 1. */
  number: number
  state: GiveBackState
  by: Clicker
  at: string
  reason: string
  /** What the signatures bind to. */
  digest: string
  signOffs: Readonly<Partial<Record<Role, SignOff>>>
  declined?: { by: Clicker; reason: string; at: string }
  /** When the second one signed. */
  signedAt?: string
  /** Steps of the offboarding that will never run because of it. */
  calledOff: readonly StepKey[]
  endedAt?: string
  steps: Readonly<Record<StepKey, GiveBackRun>>
}

/** Where an offboarding is open for this. */
export function latest(one: Pick<Offboarding, 'giveBacks'>): GiveBack | undefined {
  return one.giveBacks?.at(-1)
}

const openStates: readonly GiveBackState[] = ['awaiting-sign-off', 'running', 'needs-attention']

/** The one that is asked for or under way. */
export function openGiveBack(one: Pick<Offboarding, 'giveBacks'>): GiveBack | undefined {
  const back = latest(one)
  return back && openStates.includes(back.state) ? back : undefined
}

/** From the second signature on, for good. */
export function wasSignedBack(one: Pick<Offboarding, 'giveBacks'>): boolean {
  return one.giveBacks?.some((back) => back.signedAt !== undefined) ?? false
}

/**
 * Nothing is taken (any more): while it is asked for, so that what cannot be undone does not happen in the hours in which
 * two people decide; once it is signed, for good.
 */
export function takesNothing(one: Pick<Offboarding, 'giveBacks'>): boolean {
  return openGiveBack(one) !== undefined || wasSignedBack(one)
}

/** The same time as for the offboarding itself. */
export function giveBackExpiresAt(one: Offboarding, back: GiveBack): number {
  return Date.parse(back.at) + one.policy.signOffWithin
}

const goodEndings: readonly (Ending | undefined)[] = ['verified', 'acknowledged', 'attested', 'skipped']

export function backWell(run: GiveBackRun): boolean {
  return run.state === 'ended' && goodEndings.includes(run.ending)
}

export function backBadly(run: GiveBackRun): boolean {
  return run.state === 'ended' && !backWell(run)
}

/** What the time asks for. */
export function giveBackDue(one: Offboarding, now: Date): 'expired' | 'run' | undefined {
  const back = openGiveBack(one)
  if (!back) return undefined
  if (back.state !== 'awaiting-sign-off') return 'run'
  return now.getTime() >= giveBackExpiresAt(one, back) ? 'expired' : undefined
}

/** Whether it is kept at hand because of this: while it is open, and as long afterwards as after its end, ms. */
export function keptForGiveBack(one: Offboarding, time: number, atHandMs: number): boolean {
  const back = latest(one)
  if (!back) return false
  return openGiveBack(one) !== undefined || time < Date.parse(back.endedAt ?? back.at) + atHandMs
}

export interface GiveBackTally {
  /** Findings. */
  all: number
  readBack: number
  acknowledged: number
  byHand: number
  skipped: number
  failed: number
  left: number
}

/** How many things were given back, and how that is known. */
export function giveBackTally(back: GiveBack): GiveBackTally {
  const sum: GiveBackTally = { all: 0, readBack: 0, acknowledged: 0, byHand: 0, skipped: 0, failed: 0, left: 0 }
  for (const run of Object.values(back.steps)) {
    const size = run.findings.length
    sum.all += size
    const there = run.findings.filter((finding) => finding.state === 'open').length
    if (run.state !== 'ended') sum.left += size
    else if (run.ending === 'acknowledged') sum.acknowledged += size
    else {
      sum.readBack += there
      sum[run.ending === 'attested' ? 'byHand' : run.ending === 'skipped' ? 'skipped' : 'failed'] += size - there
    }
  }
  return sum
}
