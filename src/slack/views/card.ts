/** The card: who, when, the plan or how far it is, what is wrong, and what may be pressed now. */
import type { KnownBlock } from '@slack/types'
import { type Offboarding, type Role, roles } from '../../offboarding/offboarding.ts'
import { bold, clip, context, escaped, header, type Line, lines, packed, quote, type Shown, tidy } from './blocks.ts'
import { attentionGroups } from './card-attention.ts'
import { cardButtons } from './card-buttons.ts'
import { choiceBlocks, planBlocks, warningLines } from './card-plan.ts'
import { progressBlocks } from './card-progress.ts'
import { giveBackGroups } from './give-back-card.ts'
import { watchDetail } from './watch.ts'
import {
  deviceTitles,
  inZone,
  kindTitles,
  leaverPiece,
  moment,
  nameOf,
  personPiece,
  roleTitles,
  stateTitles,
} from './words.ts'

/** `why`: said on top where the card comes by direct message, since the channel must not see it. */
export function card(one: Offboarding, why?: string): Shown {
  const head: KnownBlock[] = [header(`Offboarding ${nameOf(one.leaver)}`), lines(factLines(one))]
  if (why) head.unshift(context(`✉️ You get this as a direct message: ${clip(tidy(why), 300)}`))
  if (one.note) head.push(quote(one.note, 400))
  head.push(lines([...stateLines(one)]))
  const warnings = isOver(one) ? [] : warningLines(one)
  const groups = [
    warnings.length > 0 ? [lines(warnings)] : [],
    ...giveBackGroups(one),
    ...choiceBlocks(one),
    ...attentionGroups(one),
  ]
  const footer = context(`${one.id}${one.plan ? ` · plan ${one.plan.digest.slice(0, 8)}` : ''}`)
  const blocks = packed(head, [...groups, ...body(one).map((block) => [block])], [...cardButtons(one), footer])
  return { text: cardSentence(one), blocks }
}

function body(one: Offboarding): KnownBlock[] {
  if (Object.keys(one.steps).length > 0) return progressBlocks(one)
  if (isOver(one)) return []
  if (one.plan) return planBlocks(one)
  return [
    lines([['⏳ Reading what ', leaverPiece(one.leaver), ' holds in every system. Sign-off opens when it is here.']]),
  ]
}

/** It never started: what would have been done is behind Show everything. */
function isOver({ state }: Offboarding): boolean {
  return ['declined', 'withdrawn', 'expired', 'refused'].includes(state)
}

function factLines(one: Offboarding): Line[] {
  const handOver: Line = one.choices.handOverTo
    ? [bold('Hand over to:'), ' ', personPiece(slackPerson(one.choices.handOverTo))]
    : [bold('Hand over to:'), ' ', 'nobody']
  return [
    [bold('Who:'), ' ', leaverPiece(one.leaver), ` (${tidy(one.leaver.emails[0] ?? 'no address')})`],
    [bold('When:'), ' ', ...whenPieces(one)],
    [bold('Why:'), ' ', kindTitles[one.choices.kind], ' · ', bold('Devices:'), ' ', deviceTitles[one.choices.devices]],
    handOver,
    [bold('Asked by:'), ' ', personPiece(one.requester), ' ', moment(one.requestedAt)],
  ]
}

function slackPerson(leaver: { id: string; slackId?: string | undefined; name: string }) {
  return { id: leaver.slackId ?? leaver.id, name: leaver.name }
}

export function whenPieces(one: Offboarding): Line {
  if (!one.effectiveAt) return ['now: with the second signature']
  const zone = one.leaver.zone
  const there = zone ? [` · for ${nameOf(one.leaver, 40)}: ${inZone(one.effectiveAt, zone)}`] : []
  const late = one.late ? [' · late: this time had passed when the second signature came'] : []
  return [moment(one.effectiveAt), ...there, ...late]
}

function* stateLines(one: Offboarding): Generator<Line> {
  yield [bold(stateTitles[one.state]), ...stateDetail(one)]
  for (const role of roles) {
    const signed = one.signOffs[role]
    if (signed) yield [`${roleTitles[role]} ✔ signed by `, personPiece(signed.by), ' ', moment(signed.at)]
    else if (one.state === 'awaiting-sign-off') yield [`${roleTitles[role]}: still to sign`]
  }
}

function stateDetail(one: Offboarding): Line {
  switch (one.state) {
    case 'awaiting-sign-off':
      return [' · two different people sign, one of HR and one of IT, until ', moment(expiry(one))]
    case 'scheduled':
      return one.effectiveAt ? [' · starts ', moment(one.effectiveAt)] : [' · starts now']
    case 'running':
      return one.startedAt ? [' · since ', moment(one.startedAt)] : []
    case 'needs-attention':
      return [' · somebody must act on what is listed below']
    case 'done':
    case 'closed':
      return watchDetail(one)
    case 'declined':
      return one.declined ? [' by ', personPiece(one.declined.by), `: ${clip(tidy(one.declined.reason), 400)}`] : []
    case 'withdrawn':
      return [' · nothing was done']
    case 'expired':
      return [' · nothing was done. Ask again with /offboard if it is still meant']
    case 'refused':
      return [`: ${clip(tidy(one.refusedWhy ?? 'it concerns a protected account'), 400)}`]
    default:
      return one.state satisfies never
  }
}

function expiry(one: Offboarding): string {
  return new Date(Date.parse(one.requestedAt) + one.policy.signOffWithin).toISOString()
}

/** One full sentence, for screen readers and notifications. */
export function cardSentence(one: Offboarding): string {
  const who = `The offboarding of ${escaped(nameOf(one.leaver))} (${one.id})`
  const open = roles.filter((role) => !one.signOffs[role]).map((role: Role) => roleTitles[role])
  switch (one.state) {
    case 'awaiting-sign-off':
      return one.plan
        ? `${who} waits for sign-off by ${open.join(' and ')}.`
        : `${who} was asked for; its plan is being read.`
    case 'scheduled':
      return `${who} is signed by HR and IT and starts ${one.effectiveAt ? `at ${inZone(one.effectiveAt, undefined)}` : 'now'}.`
    case 'running':
      return `${who} is running.`
    case 'needs-attention':
      return `${who} is running and needs attention: something failed or waits for a person.`
    case 'declined':
      return `${who} was declined; nothing was done.`
    case 'done':
    case 'closed':
      return `${who} is ${one.state}: every step ended, none of them failed.`
    default:
      return `${who} was ${one.state === 'expired' ? 'not signed in time' : one.state}; nothing was done.`
  }
}
