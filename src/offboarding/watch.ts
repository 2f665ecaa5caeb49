/**
 * The watch: what was taken is asked for again, for a while after an offboarding is done. A sync, a script or a person may
 * have given it back. Nothing is taken again by itself: it may be meant (somebody was hired again), and two people signed
 * for that day, not for this one.
 */
import { allowPerson, Refusal, refuseIf } from './allow.ts'
import { takesNothing } from './give-back.ts'
import type { Account, Clicker, Finding, Offboarding, StepKey, StepRun } from './offboarding.ts'
import { endedBadly } from './order.ts'
import { spoken } from './spoken.ts'
import type { Appeared, Unseen, WatchEvent, WatchEventOf } from './watch-event.ts'

export interface Watch {
  /** When the systems were asked last. */
  at: string
  looks: number
  /** What could not be asked at the last look: nothing is known of it. */
  unseen: readonly Unseen[]
  /** Whatever came back, oldest first; accounts that appeared are steps of their own. */
  cameBack: readonly { key: StepKey; at: string; labels: readonly string[] }[]
  /** Somebody ended it before its time. */
  ended?: { by: Clicker; at: string; reason: string }
}

const dayMs = 24 * 3600_000

/** Epoch ms; undefined where it is not watched (any more). */
export function watchUntil(one: Offboarding): number | undefined {
  const { watchFor } = one.policy
  if (!watchFor || !one.doneAt || one.watch?.ended || takesNothing(one)) return undefined
  return Date.parse(one.doneAt) + watchFor
}

/** The last look is at the end of the watch, or as soon after it as there is anybody to look. */
export function watchDue(one: Offboarding, time: number): boolean {
  const until = watchUntil(one)
  if (until === undefined || one.state !== 'done') return false
  const last = Date.parse(one.watch?.at ?? one.doneAt ?? '')
  return last < until && time >= Math.min(last + (one.policy.watchEvery ?? dayMs), until)
}

/** There is a look still to come, so it stays at hand. */
export function isWatching(one: Offboarding): boolean {
  const until = watchUntil(one)
  return until !== undefined && Date.parse(one.watch?.at ?? one.doneAt ?? '') < until
}

/** When it was over: somebody ended it, or the last look was made. */
export function watchOverAt({ policy, doneAt, watch }: Offboarding): string | undefined {
  if (!watch || watch.ended) return watch?.ended?.at
  const until = Date.parse(doneAt ?? '') + (policy.watchFor ?? 0)
  return Date.parse(watch.at) >= until ? watch.at : undefined
}

/** Nothing happens in it but looks, and there is nothing to be done; lists leave it out. */
export function isQuiet(one: Offboarding): boolean {
  return (
    one.state === 'done' && one.watch !== undefined && Object.values(one.steps).every((run) => run.state === 'ended')
  )
}

/**
 * Whether a step is asked again. Not tasks, nor what a person left out or vouched for, but what they say they took back
 * once more is looked at; not hand-overs, which are no access of the leaver's; not what offers no way to look.
 */
export function isLookedAt(one: Offboarding, { key, plan, state, ending }: StepRun): boolean {
  if (state !== 'ended' || plan.task || plan.proof === 'none' || plan.phase === 'preserve') return false
  return ending === 'verified' || ending === 'nothing-found' || (ending === 'attested' && cameBackTimes(one, key) > 0)
}

export function cameBackTimes(one: Offboarding, key: StepKey): number {
  return one.watch?.cameBack.filter((back) => back.key === key).length ?? 0
}

/** Accounts in a system that nothing of this offboarding was about. Where IT chose between several, the choice stands. */
export function strangersAmong(one: Offboarding, connector: string, accounts: readonly Account[]): Account[] {
  const known = new Set(Object.values(one.steps).map(({ plan }) => `${plan.connector} ${plan.account.id}`))
  return accounts.filter(
    ({ id, realm }) => !known.has(`${connector} ${id}`) && !one.chosenAccounts[`${connector}@${realm}`],
  )
}

export function allowWatch(one: Offboarding, event: WatchEvent): void {
  if (event.type === 'watched')
    return refuseIf(!watchDue(one, Date.parse(event.at)), `This offboarding is not looked at: it is ${spoken(one)}.`)
  allowPerson(one, event.by, 'end the watch', 'it')
  refuseIf(watchUntil(one) === undefined || one.closedAt !== undefined, 'This offboarding is not watched (any more).')
}

/** What came back was never signed for as it stands now, and a second removal of that kind cannot be undone either. */
export function refuseBlindRetry(one: Offboarding, run: StepRun): void {
  if (!run.plan.irreversible || cameBackTimes(one, run.key) === 0) return
  throw new Refusal(
    `"${run.plan.title}" cannot be undone, and the two signatures were for what was there then. Do it by hand, or end the watch and ask for a new offboarding.`,
  )
}

export function onWatch(one: Offboarding, event: WatchEvent): Offboarding {
  return event.type === 'watched' ? looked(one, event) : ended(one, event)
}

function looked(one: Offboarding, { at, cameBack, appeared, unseen }: WatchEventOf<'watched'>): Offboarding {
  const steps = { ...one.steps }
  const back = cameBack.flatMap(({ step, findings }) => {
    const run = steps[step]
    if (!run) return []
    steps[step] = openAgain(run, findings, at)
    return [{ key: step, at, labels: findings.map((finding) => finding.label) }]
  })
  for (const stranger of appeared) {
    const run = newcomer(stranger)
    steps[run.key] ??= run
    back.push({ key: run.key, at, labels: [stranger.account.label] })
  }
  const before = one.watch ?? { looks: 0, cameBack: [] }
  const watch = { ...before, at, looks: before.looks + 1, unseen, cameBack: [...before.cameBack, ...back] }
  return { ...one, steps, watch }
}

/** The earlier order was carried out, so it says nothing about what is there now. */
function openAgain(run: StepRun, findings: readonly Finding[], at: string): StepRun {
  const ids = new Set(findings.map((finding) => finding.id))
  const { by: _by, note: _note, ...rest } = run
  const names = findings.map((finding) => finding.label)
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return {
    ...rest,
    endedAt: at,
    ending: 'failed',
    fact: `came back: ${names.slice(0, 3).join(', ')}${more}`,
    findings: [...findings, ...run.findings.filter(({ id }) => !ids.has(id))],
    applied: Object.fromEntries(Object.entries(run.applied).filter(([id]) => !ids.has(id))),
  }
}

/** No step was planned for such an account, and nobody signed for it: somebody looks. */
function newcomer({ connector, connectorTitle, account }: Appeared): StepRun {
  const key = `${connector}/new-account@${account.realm}/${account.id}`
  const ask = `${connectorTitle} has an account with an address of the leaver's that this offboarding was not about: ${account.label}. See whose it is first: where somebody else got the address, Skip; where the leaver was hired again, End the watch. Else take it back there by hand, or press Done and ask for a new offboarding.`
  const plan: StepRun['plan'] = {
    key,
    connector,
    connectorTitle,
    step: 'new-account',
    realm: account.realm,
    account,
    title: `Another account: ${account.label}`,
    area: 'applications',
    phase: 'remove',
    task: { ask, owner: 'it', dueInMs: dayMs },
    findings: [],
  }
  return { key, plan, state: 'planned', attempt: 0, findings: [], applied: {}, foundAfterSignOff: [] }
}

/** What came back and is still to be settled may stay, by the word of who ended the watch. */
function ended(one: Offboarding, { by, at, reason }: WatchEventOf<'watch-ended'>): Offboarding {
  const steps = { ...one.steps }
  for (const run of Object.values(steps)) {
    const unsettled = endedBadly(run) || (run.plan.task && run.state !== 'ended')
    if (!unsettled || cameBackTimes(one, run.key) === 0) continue
    steps[run.key] = { ...run, state: 'ended', endedAt: at, ending: 'skipped', fact: reason, by, note: reason }
  }
  const before = one.watch ?? { at, looks: 0, unseen: [], cameBack: [] }
  return { ...one, steps, watch: { ...before, ended: { by, at, reason } } }
}
