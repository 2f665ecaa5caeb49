/**
 * Direct messages. Their `text` names nobody: it shows on locked screens. A requester is told how far it is, never the
 * list of findings.
 */
import { type Offboarding, type Role, roles, type StepRun } from '../../offboarding/offboarding.ts'
import { actions, bold, button, clip, type Line, lines, type Shown, tidy } from './blocks.ts'
import { ref, value } from './refs.ts'
import { closingLines } from './summary.ts'
import { duration, leaverPiece, moment, nameOf, personPiece, roleTitles } from './words.ts'

/** To somebody who could sign. `link` leads to the card; drawn again once it is decided. */
export function signRequest(one: Offboarding, role: Role, link: string | undefined): Shown {
  const open = one.state === 'awaiting-sign-off' && !one.signOffs[role]
  const where: Line = link ? [{ type: 'link', url: link, text: 'Open the card' }] : ['The card is in the channel.']
  const head: Line = [bold(`Offboarding of ${nameOf(one.leaver)}`), ', asked for by ', personPiece(one.requester)]
  if (open) {
    const why = `You are asked because you are an ${roleTitles[role]} approver. Any one of you is enough.`
    return {
      text: `An offboarding needs a decision by ${roleTitles[role]} (${one.id}).`,
      blocks: [lines([head, [why], where])],
    }
  }
  const signed = one.signOffs[role]
  const now: Line = signed
    ? [`${roleTitles[role]} ✔ signed by `, personPiece(signed.by)]
    : ['Nothing is waited for any more.']
  return {
    text: `Offboarding ${one.id} needs nothing from ${roleTitles[role]} now.`,
    blocks: [lines([head, now, where])],
  }
}

/** To the owner of a task, where that is one person. */
export function taskRequest(one: Offboarding, run: StepRun): Shown {
  const head: Line = [bold(clip(tidy(run.plan.title), 200)), ', for the offboarding of ', leaverPiece(one.leaver)]
  if (run.state === 'ended') {
    const done: Line = [run.by ? 'Ended by ' : 'Ended', ...(run.by ? [personPiece(run.by)] : [])]
    return { text: `A task of offboarding ${one.id} has ended.`, blocks: [lines([head, done])] }
  }
  const due: Line[] = run.dueAt ? [['Due ', moment(run.dueAt)]] : []
  const buttons = [button({ action: 'task-done', text: 'Done', value: value(one.id, ref(run.key)), style: 'primary' })]
  return {
    text: `You have a task for offboarding ${one.id}.`,
    blocks: [
      lines([head, [clip(tidy(run.plan.task?.ask ?? ''), 2000)], ...due]),
      actions(`task-${ref(`${one.id} ${run.key}`)}`, buttons),
    ],
  }
}

export type RequesterNews =
  | 'asked'
  | 'signed-hr'
  | 'signed-it'
  | 'declined'
  | 'withdrawn'
  | 'expired'
  | 'refused'
  | 'started'
  | 'attention'
  | 'handed-over'
  | 'done'

export function requesterNews(one: Offboarding, news: RequesterNews): Shown {
  const who = nameOf(one.leaver)
  const body = newsLines(one, news)
  return {
    text: `${newsSentence(news)} (${one.id})`,
    blocks: [lines([[bold(`Offboarding of ${who}`)], ...body, [one.id]])],
  }
}

function newsSentence(news: RequesterNews): string {
  const words: Record<RequesterNews, string> = {
    asked: 'Your offboarding request is in.',
    'signed-hr': 'HR signed the offboarding you asked for.',
    'signed-it': 'IT signed the offboarding you asked for.',
    declined: 'The offboarding you asked for was declined.',
    withdrawn: 'The offboarding you asked for was withdrawn.',
    expired: 'The offboarding you asked for was not signed in time.',
    refused: 'The offboarding you asked for is refused.',
    started: 'The offboarding you asked for has started.',
    attention: 'The offboarding you asked for needs attention by IT.',
    'handed-over': 'The work in the offboarding you asked for is handed over.',
    done: 'The offboarding you asked for is done.',
  }
  return words[news]
}

function newsLines(one: Offboarding, news: RequesterNews): Line[] {
  switch (news) {
    case 'asked':
      return [
        [
          'Asked. One of HR and one of IT sign it; then it runs ',
          ...(one.effectiveAt ? ['at ', moment(one.effectiveAt)] : ['at once']),
          '.',
        ],
        [
          `Not signed within ${duration(one.policy.signOffWithin)}, it expires. Take it back with /offboard cancel ${one.id}.`,
        ],
      ]
    case 'signed-hr':
    case 'signed-it':
      return signedLines(one, news === 'signed-hr' ? 'hr' : 'it')
    case 'declined':
      return one.declined
        ? [
            ['Declined by ', personPiece(one.declined.by), `: ${clip(tidy(one.declined.reason), 1500)}`],
            ['Nothing was done.'],
          ]
        : [['Declined. Nothing was done.']]
    case 'withdrawn':
      return [['Withdrawn. Nothing was done.']]
    case 'expired':
      return [['Not signed by both in time. Nothing was done; ask again with /offboard if it is still meant.']]
    case 'refused':
      return [
        ['It concerns a protected account, so Latchkey does not touch it. Nothing was done; IT can tell you why.'],
      ]
    case 'started':
      return [['Started ', ...(one.startedAt ? [moment(one.startedAt)] : []), '. You hear when it is done.']]
    case 'attention':
      return [['Some of it did not go well. HR and IT see what, and act on it.']]
    case 'handed-over':
      return handedOver(one)
    case 'done':
      return closingLines(one)
    default:
      return news satisfies never
  }
}

function signedLines(one: Offboarding, role: Role): Line[] {
  const signed = one.signOffs[role]
  if (!signed) return [[`${roleTitles[role]} has signed.`]]
  const open = roles.find((other) => !one.signOffs[other])
  return [
    [`${roleTitles[role]} ✔ signed by `, personPiece(signed.by), ' ', moment(signed.at)],
    [open ? `${roleTitles[open]} is still to sign.` : 'Both have signed.'],
  ]
}

function handedOver(one: Offboarding): Line[] {
  const receiver = one.choices.handOverTo
  const to: Line = receiver ? [personPiece({ id: receiver.slackId ?? receiver.id, name: receiver.name })] : ['nobody']
  return [['Handed over to ', ...to, '.']]
}
