/** Who may have what given back, when, and in which order. Each refusal says what to do instead. */
import { allowPerson, Refusal, refuseIf } from './allow.ts'
import type { Event, EventOf } from './event.ts'
import {
  backBadly,
  type GiveBack,
  type GiveBackRun,
  giveBackExpiresAt,
  openGiveBack,
  takesNothing,
  wasSignedBack,
} from './give-back.ts'
import type { GiveBackEvent, GiveBackEventOf } from './give-back-event.ts'
import { chosenOf, giveBackReady, takenAway } from './give-back-list.ts'
import { isSame } from './leaver.ts'
import type { Clicker, Offboarding } from './offboarding.ts'
import { ready } from './order.ts'
import { spoken } from './spoken.ts'

/** Throws Refusal where this event may not happen to this offboarding. */
export function allowGiveBack(one: Offboarding, event: GiveBackEvent): void {
  if (event.type === 'give-back-asked') return allowAsking(one, event)
  const back = openGiveBack(one)
  if (!back) throw new Refusal('Nothing is being given back in this offboarding (any more). Look at the card again.')
  switch (event.type) {
    case 'give-back-signed':
      return allowSigning(one, back, event)
    case 'give-back-declined':
      allowPerson(one, event.by, 'decline this')
      return refuseIf(back.state !== 'awaiting-sign-off', 'It is too late to decline: both have signed.')
    case 'give-back-expired':
      return refuseIf(back.state !== 'awaiting-sign-off', 'It is signed by both, so nobody is waited for.')
    case 'give-back-retried':
    case 'give-back-attested':
    case 'give-back-skipped':
      return allowHand(one, runIn(back, event.stepKey), event)
    case 'give-back-started':
      return refuseIf(
        !giveBackReady(one, back).includes(event.stepKey),
        `It is not the turn of ${event.stepKey} to be given back.`,
      )
    default:
      return allowReport(runIn(back, event.stepKey), event)
  }
}

/** Throws Refusal where nobody can have anything given back at this moment, whoever asks. */
export function allowGivingBackNow(one: Offboarding, at: string): void {
  const open = openGiveBack(one)
  if (open?.state === 'awaiting-sign-off')
    throw new Refusal(
      `${open.by.name} has asked for that already: it waits for sign-off on the card. Decline it there to ask for something else.`,
    )
  if (open) throw new Refusal('Something is being given back at this moment. Ask again for the rest when it has ended.')
  refuseIf(
    one.closedAt !== undefined || one.state === 'closed',
    `This offboarding is closed, so Latchkey gives nothing of it back any more. Its report lists what was removed: /offboard report ${one.id}.`,
  )
  refuseIf(
    one.state === 'awaiting-sign-off' || one.state === 'scheduled',
    `Nothing was taken away yet: this offboarding is ${spoken(one)}. Withdraw it with /offboard cancel ${one.id}.`,
  )
  refuseIf(one.startedAt === undefined, `Nothing was taken away: this offboarding is ${spoken(one)}.`)
  refuseIf(
    !atRest(one, at),
    'This offboarding is still running. Ask again when it is done or needs attention; /offboard stop holds everything until then.',
  )
  refuseIf(
    takenAway(one).can.length === 0,
    `There is nothing that Latchkey could give back. The report lists what was removed: /offboard report ${one.id}.`,
  )
}

/** Nothing is under way and nothing would begin by itself; tasks of people and waiting for a device hold nothing up. */
function atRest(one: Offboarding, at: string): boolean {
  if (!['running', 'needs-attention', 'done'].includes(one.state)) return false
  if (Object.values(one.steps).some((run) => run.state === 'running')) return false
  return ready(one, new Date(at)).every((key) => one.steps[key]?.state === 'delayed')
}

function allowAsking(one: Offboarding, event: GiveBackEventOf<'give-back-asked'>): void {
  allowPerson(one, event.by, 'have something given back')
  allowGivingBackNow(one, event.at)
  refuseIf(
    chosenOf(one, event.items) === undefined,
    'Some of that cannot be given back (any more). Start again with /offboard undo.',
  )
}

function allowSigning(one: Offboarding, back: GiveBack, event: GiveBackEventOf<'give-back-signed'>): void {
  const { by, role } = event
  allowPerson(one, by, 'sign this', role)
  refuseIf(isSame(by, back.by), `You asked for this, so somebody else of ${role.toUpperCase()} must sign it.`)
  refuseIf(back.state !== 'awaiting-sign-off', 'Both have signed already.')
  const mine = back.signOffs[role]
  refuseIf(mine !== undefined, `${role.toUpperCase()} has signed already (${mine?.by.name}).`)
  const other = back.signOffs[role === 'hr' ? 'it' : 'hr']
  refuseIf(
    other !== undefined && isSame(by, other.by),
    'You signed for the other side already: HR and IT must be two different people.',
  )
  refuseIf(
    Date.parse(event.at) >= giveBackExpiresAt(one, back),
    'It was not signed in time. Ask again with /offboard undo.',
  )
  refuseIf(
    event.digest !== back.digest,
    'What would be given back has changed since this card was drawn. Look at the new one, then sign that.',
  )
}

function runIn(back: GiveBack, stepKey: string): GiveBackRun {
  const run = back.steps[stepKey]
  if (!run) throw new Refusal('That is not among what is given back (any more). Look at the card again.')
  return run
}

type HandEvent = GiveBackEventOf<'give-back-retried' | 'give-back-attested' | 'give-back-skipped'>

const verbs = {
  'give-back-retried': 'have this tried again',
  'give-back-attested': 'say that this was given back by hand',
  'give-back-skipped': 'leave this out',
}

function allowHand(one: Offboarding, run: GiveBackRun, event: HandEvent): void {
  allowPerson(one, event.by, verbs[event.type], event.type === 'give-back-skipped' ? 'it' : undefined)
  if (backBadly(run)) return
  throw new Refusal(
    run.state === 'ended'
      ? `That has ended already (${run.ending}${run.by ? `, ${run.by.name}` : ''}).`
      : 'That has not failed, so there is nothing to do about it. Wait for its result.',
  )
}

type ReportEvent = GiveBackEventOf<
  'give-back-intended' | 'give-back-answered' | 'give-back-not-done' | 'give-back-ended'
>

/** What the runner reports; only about what is being given back at this moment, and was signed. */
function allowReport(run: GiveBackRun, event: ReportEvent): void {
  refuseIf(run.state !== 'running', `${event.stepKey} is not being given back.`)
  const named =
    'finding' in event ? [event.finding] : event.findings.map((one) => (typeof one === 'string' ? one : one.id))
  const signed = new Set(run.findings.map((finding) => finding.id))
  refuseIf(
    named.some((id) => !signed.has(id)),
    `Something that nobody signed would be given back in ${event.stepKey}.`,
  )
}

type TakingEvent = Exclude<Event, GiveBackEvent>

/** Nothing is taken again while two people decide about giving it back, nor ever after they have signed. */
export function refuseTaking(one: Offboarding, event: TakingEvent): void {
  refuseIf(
    event.type === 'closed' && openGiveBack(one) !== undefined,
    'It is not closed while something is given back.',
  )
  const takes = event.type === 'retried' || event.type === 'signed' || event.type === 'step-started'
  if (!takes || !takesNothing(one)) return
  throw new Refusal(whyNotTaken(one, event))
}

function whyNotTaken(
  one: Offboarding,
  event: EventOf<'retried'> | EventOf<'signed'> | EventOf<'step-started'>,
): string {
  if (event.type === 'step-started') return `Nothing more is taken away in offboarding ${one.id}: it is given back.`
  return wasSignedBack(one)
    ? 'What this offboarding took away is given back, so nothing more of it is done. Ask for a new one with /offboard.'
    : 'Somebody has asked for giving back what was taken, so nothing more is done until that is decided. Decline it on the card first.'
}

/** Whether this person could sign it, as far as their roles and the record tell. */
export function couldSign(back: GiveBack, reader: Pick<Clicker, 'id' | 'email'>, role: 'hr' | 'it'): boolean {
  if (back.state !== 'awaiting-sign-off' || back.signOffs[role] || isSame(reader, back.by)) return false
  return Object.values(back.signOffs).every((signed) => !isSame(reader, signed.by))
}
