/**
 * The rules. No clock, no network, no disk, no randomness: the person and the time come in with the event. A refusal is
 * an error whose message is what the person reads; it says what happened, to what, and who does what next.
 */
import { allowBeing, allowPerson, Refusal, refuseIf } from './allow.ts'
import type { Event, EventOf } from './event.ts'
import { begin, evolve } from './evolve.ts'
import { openGiveBack } from './give-back.ts'
import { isGiveBack } from './give-back-event.ts'
import { allowGiveBack, refuseTaking } from './give-back-rules.ts'
import { addressesOf, isLeaver, isSame } from './leaver.ts'
import type { Clicker, Offboarding, Role, StepRun } from './offboarding.ts'
import { endedBadly } from './order.ts'
import { spoken } from './spoken.ts'
import { allowWatch, refuseBlindRetry } from './watch.ts'
import { isWatchEvent } from './watch-event.ts'

export { Refusal } from './allow.ts'

/** What has to happen because of an event. `plan` reads every system; `run` moves on; `show` redraws Slack. */
export type Effect = { type: 'plan' } | { type: 'run' } | { type: 'show' }

export interface RequestContext {
  id: string
  /** All open offboardings. */
  open: readonly Offboarding[]
}

export function decide(
  before: Offboarding | undefined,
  event: Event,
  context?: RequestContext,
): { next: Offboarding; effects: readonly Effect[] } {
  if (!before) {
    if (event.type !== 'requested' || !context) throw new Refusal('This offboarding does not exist.')
    allowRequest(event, context.open)
    return { next: begin(context.id, event), effects: [{ type: 'plan' }, { type: 'show' }] }
  }
  allow(before, event)
  const next = evolve(before, event)
  return { next, effects: effectsOf(next, event) }
}

/** The state that a record adds up to; undefined where it does not begin with a request. */
export function fold(id: string, events: readonly Event[]): Offboarding | undefined {
  const [first, ...rest] = events
  if (first?.type !== 'requested') return undefined
  let state = begin(id, first)
  for (const event of rest) state = evolve(state, event)
  return state
}

function effectsOf(next: Offboarding, event: Event): Effect[] {
  if (event.type === 'posting' || event.type === 'posted' || event.type === 'post-failed') return []
  if (event.type === 'account-chosen') return [{ type: 'plan' }, { type: 'show' }]
  return ['scheduled', 'running', 'needs-attention', 'done'].includes(next.state)
    ? [{ type: 'run' }, { type: 'show' }]
    : [{ type: 'show' }]
}

function allowRequest(event: EventOf<'requested'>, open: readonly Offboarding[]): void {
  const { leaver, by } = event
  refuseIf(isLeaver(by, { leaver }), 'You cannot ask for your own offboarding. Please ask your manager or HR.')
  refuseIf(
    event.effectiveAt !== undefined && event.effectiveAt < event.at,
    'That time is in the past. Choose "Now" or a time that is still to come.',
  )
  const receiver = event.choices.handOverTo
  refuseIf(
    receiver !== undefined && samePerson(receiver, leaver),
    'The leaver cannot take over their own work. Choose another person, or nobody.',
  )
  const other = open.find(
    (one) =>
      (!over.includes(one.state) || openGiveBack(one)) &&
      samePerson({ ...one.leaver, emails: addressesOf(one) }, leaver),
  )
  if (other) {
    throw new Refusal(
      `There is already an open offboarding of ${other.leaver.name} (${other.id}, asked for by ${other.requester.name}). See it with /offboard status ${other.id}.`,
    )
  }
}

const over: readonly Offboarding['state'][] = ['done', 'closed', 'declined', 'withdrawn', 'expired', 'refused']

type Somebody = { id: string; slackId?: string; emails: readonly string[] }

function samePerson(a: Somebody, b: Somebody): boolean {
  return (
    a.id === b.id ||
    (a.slackId !== undefined && a.slackId === b.slackId) ||
    a.emails.some((one) => b.emails.includes(one))
  )
}

function allow(one: Offboarding, event: Event): void {
  if (isGiveBack(event)) return allowGiveBack(one, event)
  refuseTaking(one, event)
  if (isWatchEvent(event)) return allowWatch(one, event)
  switch (event.type) {
    case 'requested':
      throw new Refusal('This offboarding has been asked for already.')
    case 'planned':
      return event.purpose === 'run' ? allowStart(one, event) : allowPlan(one)
    case 'account-chosen':
      return allowChoice(one, event)
    case 'signed':
      return allowSignature(one, event)
    case 'declined':
      allowPerson(one, event.by, 'decline this offboarding')
      return refuseIf(!beforeStart(one), `It is too late to decline: this offboarding is ${spoken(one)}.`)
    case 'released':
      return allowRelease(one, event)
    case 'quarantined':
      return refuseIf(one.quarantine !== undefined, 'This offboarding is held back already.')
    case 'withdrawn':
      return allowWithdrawal(one, event)
    case 'expired':
    case 'reminded':
      return refuseIf(one.state !== 'awaiting-sign-off', `This offboarding is ${spoken(one)}, so nobody is waited for.`)
    case 'retried':
    case 'attested':
    case 'skipped':
      return allowHand(one, event)
    case 'closed':
      return refuseIf(!over.includes(one.state) || one.closedAt !== undefined, `This offboarding is ${spoken(one)}.`)
    case 'escrow-opened':
      return allowOpening(one, event)
    case 'refused':
    case 'halted':
    case 'resumed':
    case 'posting':
    case 'posted':
    case 'post-failed':
      return
    default:
      return allowStep(one, event)
  }
}

function beforeStart(one: Offboarding): boolean {
  return one.state === 'awaiting-sign-off' || one.state === 'scheduled'
}

function allowPlan(one: Offboarding): void {
  refuseIf(one.state !== 'awaiting-sign-off', `This offboarding is ${spoken(one)}; its plan does not change any more.`)
}

/** Nothing is applied before both sign-offs, nor before its time. */
function allowStart(one: Offboarding, event: EventOf<'planned'>): void {
  refuseIf(one.state !== 'scheduled', `This offboarding cannot start: it is ${spoken(one)}.`)
  refuseIf(!one.signOffs.hr || !one.signOffs.it, 'This offboarding cannot start: it is not signed by HR and IT.')
  refuseIf((one.effectiveAt ?? '') > event.at, 'This offboarding cannot start before its time.')
}

function allowChoice(one: Offboarding, event: EventOf<'account-chosen'>): void {
  allowPerson(one, event.by, 'choose the account', 'it')
  refuseIf(one.state !== 'awaiting-sign-off', `It is too late to choose: this offboarding is ${spoken(one)}.`)
  const asked = one.plan?.ambiguous.find((two) => two.connector === event.connector && two.realm === event.realm)
  const known = event.account === 'none' || asked?.candidates.some((account) => account.id === event.account)
  refuseIf(!asked || !known, 'That choice is not open (any more). Look at the card again.')
}

function allowSignature(one: Offboarding, event: EventOf<'signed'>): void {
  const { by, role } = event
  allowPerson(one, by, 'sign this off', role)
  refuseIf(
    isSame(by, one.requester),
    `You asked for this offboarding, so somebody else of ${role.toUpperCase()} must sign it.`,
  )
  refuseIf(
    inQuarantine(one),
    'This is one of very many requests, so it is held back. Somebody of HR or IT who did not ask for it looks at it and presses Release; then it can be signed.',
  )
  const held = one.held
  refuseIf(
    !held && one.state !== 'awaiting-sign-off',
    `This offboarding no longer waits for sign-off: it is ${spoken(one)}.`,
  )
  const signOffs = held ? held.signOffs : one.signOffs
  const digest = held ? held.digest : one.plan?.digest
  refuseIf(!digest, 'The plan is still being read from the systems. Please sign when the card shows it.')
  refuseIf(
    !held && (one.plan?.ambiguous.length ?? 0) > 0,
    'In one system two accounts could be this person. IT chooses one on the card first.',
  )
  const mine = signOffs[role]
  refuseIf(mine !== undefined, `${role.toUpperCase()} has signed already (${mine?.by.name}).`)
  const other = signOffs[role === 'hr' ? 'it' : 'hr']
  refuseIf(
    other !== undefined && isSame(by, other.by),
    'You signed for the other side already: HR and IT must be two different people.',
  )
  refuseIf(
    event.digest !== digest,
    'The plan has changed since this card was drawn. Look at the new one, then sign that.',
  )
}

export function inQuarantine(one: Offboarding): boolean {
  return one.quarantine !== undefined && one.quarantine.released === undefined
}

/** Somebody else than who asked, by name: a stolen account that asks for everybody gets no further by itself. */
function allowRelease(one: Offboarding, { by }: EventOf<'released'>): void {
  allowPerson(one, by, 'release this request')
  refuseIf(isSame(by, one.requester), 'You asked for this offboarding, so somebody else of HR or IT must release it.')
  refuseIf(!inQuarantine(one), 'This request is not held back (any more).')
  refuseIf(one.state !== 'awaiting-sign-off', `There is nothing to release: this offboarding is ${spoken(one)}.`)
}

/** Throws Refusal where this person may not see recovery keys of this offboarding. */
export function allowedToOpen(one: Offboarding, by: Clicker): void {
  allowPerson(one, by, 'open recovery keys', 'it')
}

/** Who sits at the host's command line needs no role: they could read the files anyway, and are on the record now. */
function allowOpening(one: Offboarding, { by }: EventOf<'escrow-opened'>): void {
  if ('holds' in by) return allowedToOpen(one, by)
  refuseIf(!by.id.startsWith('host:'), 'Recovery keys are opened by IT.')
}

function allowWithdrawal(one: Offboarding, event: EventOf<'withdrawn'>): void {
  const what = 'withdraw this offboarding'
  if (event.by.id === one.requester.id) allowBeing(one, event.by, what)
  else allowPerson(one, event.by, what)
  refuseIf(!beforeStart(one), `It is too late to withdraw: this offboarding is ${spoken(one)}.`)
}

type HandEvent = EventOf<'retried'> | EventOf<'attested'> | EventOf<'skipped'>

function allowHand(one: Offboarding, event: HandEvent): void {
  const run = one.steps[event.step]
  if (!run) throw new Refusal('That step is not part of this offboarding (any more). Look at the card again.')
  const verb = { retried: 'try this step again', attested: 'say that this was done by hand', skipped: 'skip this step' }
  if (event.type === 'attested' && run.plan.task?.owner === event.by.id) allowOwner(one, event.by)
  else allowPerson(one, event.by, verb[event.type], ownerRole(run, event))
  refuseIf(
    run.state === 'ended' && !endedBadly(run),
    `"${run.plan.title}" has ended already (${run.ending}${run.by ? `, ${run.by.name}` : ''}).`,
  )
  refuseIf(run.state === 'running', `"${run.plan.title}" is being worked on at this moment. Wait for its result.`)
  refuseIf(
    event.type === 'retried' && run.plan.task !== undefined,
    `"${run.plan.title}" is a task for a person; there is nothing to try again.`,
  )
  refuseIf(
    event.type === 'retried' && !endedBadly(run),
    `"${run.plan.title}" has not failed, so there is nothing to try again.`,
  )
  refuseIf(run.state === 'planned', `"${run.plan.title}" has not had its turn yet.`)
  if (event.type === 'retried') refuseBlindRetry(one, run)
}

/** Whom the settings name for a task needs no role, but must still be there, and not be the leaver. */
function allowOwner(one: Offboarding, by: Clicker): void {
  refuseIf(by.bot || by.deactivated, 'Your Slack account is deactivated, so you cannot say that this was done.')
  refuseIf(isLeaver(by, one), 'You cannot say that this was done: it concerns yourself.')
}

function ownerRole(run: StepRun, event: HandEvent): Role | undefined {
  if (event.type === 'skipped') return 'it'
  const owner = run.plan.task?.owner
  return owner === 'hr' || owner === 'it' ? owner : undefined
}

const working: readonly Offboarding['state'][] = ['running', 'needs-attention', 'done']

/** What the runner reports. A late report about a step that a person has ended meanwhile changes nothing. */
function allowStep(one: Offboarding, event: Extract<Event, { step: string }>): void {
  refuseIf(!working.includes(one.state), `Nothing is run in an offboarding that is ${spoken(one)}.`)
  const run = one.steps[event.step]
  if (!run) throw new Refusal(`There is no step ${event.step} in offboarding ${one.id}.`)
  const fresh = run.state === 'planned' || run.state === 'delayed'
  if (event.type === 'step-started') return refuseIf(!fresh, `The step ${event.step} has started already.`)
  if (event.type === 'step-waiting')
    return refuseIf(run.state === 'ended' || run.state === 'held', `The step ${event.step} has ended already.`)
  refuseIf(run.state !== 'running' && run.state !== 'waiting', `The step ${event.step} is not being run.`)
}
