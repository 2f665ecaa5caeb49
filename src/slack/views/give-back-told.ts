/** What the thread and direct messages say while something is given back. `text` of a direct message names nobody. */
import { type GiveBack, giveBackExpiresAt } from '../../offboarding/give-back.ts'
import type { Offboarding, Role } from '../../offboarding/offboarding.ts'
import { bold, clip, type Line, lines, type Shown, tidy } from './blocks.ts'
import { giveBackCounts, giveBackSize } from './give-back-words.ts'
import { stepTitle } from './step-title.ts'
import { duration, moment, nameOf, personPiece, roleTitles } from './words.ts'

export function askedNotice(back: GiveBack): Shown {
  return {
    text: `Giving back was asked for: ${giveBackSize(back)}. HR and IT sign on the card.`,
    blocks: [
      lines([
        [
          '↩️ ',
          personPiece(back.by),
          ` asks to have ${giveBackSize(back)} given back: ${clip(tidy(back.reason), 1000)}`,
        ],
        ['HR and IT sign on the card, two different people. Until that is decided nothing more is taken.'],
      ]),
    ],
  }
}

export function signedNotice(one: Offboarding, back: GiveBack): Shown {
  const off = back.calledOff.flatMap((key) => (one.steps[key] ? [stepTitle(one, one.steps[key])] : []))
  const never: Line[] = off.length > 0 ? [[clip(`Called off for good: ${off.join(', ')}`, 1500)]] : []
  const by = (role: Role): Line => {
    const signed = back.signOffs[role]
    return signed ? [personPiece(signed.by)] : ['somebody']
  }
  return {
    text: 'Giving back is signed by HR and IT and begins.',
    blocks: [
      lines([['↩️ Signed by ', ...by('hr'), ' for HR and ', ...by('it'), ' for IT: giving back begins.'], ...never]),
    ],
  }
}

export function undecidedNotice(one: Offboarding, back: GiveBack): Shown {
  const by = back.declined
  if (by)
    return {
      text: 'Giving back was declined; nothing was given back.',
      blocks: [lines([['✖️ Giving back was declined by ', personPiece(by.by), `: ${clip(tidy(by.reason), 1000)}`]])],
    }
  const text = `Giving back was not signed by both within ${duration(one.policy.signOffWithin)}; nothing was given back.`
  return {
    text,
    blocks: [lines([[`⌛ ${text}`], ['What is still to come runs at its time, unless it is asked for again.']])],
  }
}

export function givenBackNotice(back: GiveBack): Shown {
  return {
    text: `Given back: ${giveBackCounts(back)}.`,
    blocks: [lines([[bold('↩️ Given back')], [giveBackCounts(back)]])],
  }
}

/** To somebody who could sign. `link` leads to the card; drawn again once it is decided. */
export function giveBackSignRequest(one: Offboarding, back: GiveBack, role: Role, link: string | undefined): Shown {
  const open = back.state === 'awaiting-sign-off' && !back.signOffs[role]
  const where: Line = link ? [{ type: 'link', url: link, text: 'Open the card' }] : [`/offboard status ${one.id}`]
  const head: Line = [bold(`Give back to ${nameOf(one.leaver)}`), ', asked for by ', personPiece(back.by)]
  if (open) {
    const until = new Date(giveBackExpiresAt(one, back)).toISOString()
    return {
      text: `Giving back what an offboarding took needs a decision by ${roleTitles[role]} (${one.id}).`,
      blocks: [
        lines([
          head,
          [`${giveBackSize(back)}: ${clip(tidy(back.reason), 500)}`],
          [
            `You are asked because you are an ${roleTitles[role]} approver. Any one of you is enough, until `,
            moment(until),
          ],
          where,
        ]),
      ],
    }
  }
  const signed = back.signOffs[role]
  const now: Line = signed
    ? [`${roleTitles[role]} ✔ signed by `, personPiece(signed.by)]
    : ['Nothing is waited for any more.']
  return {
    text: `Giving back in offboarding ${one.id} needs nothing from ${roleTitles[role]} now.`,
    blocks: [lines([head, now, where])],
  }
}

export type GiveBackNews = 'asked' | 'signed' | 'declined' | 'expired' | 'attention' | 'done'

/** To who asked for the offboarding, and to who asked for this. */
export function giveBackNews(one: Offboarding, back: GiveBack, news: GiveBackNews): Shown {
  return {
    text: `${sentences[news]} (${one.id})`,
    blocks: [lines([[bold(`Offboarding of ${nameOf(one.leaver)}`)], ...newsLines(back, news), [one.id]])],
  }
}

const sentences: Record<GiveBackNews, string> = {
  asked: 'Somebody asks to give back what an offboarding took.',
  signed: 'What an offboarding took is being given back.',
  declined: 'Giving back was declined.',
  expired: 'Giving back was not signed in time.',
  attention: 'Something could not be given back.',
  done: 'What was asked for is given back.',
}

function newsLines(back: GiveBack, news: GiveBackNews): Line[] {
  switch (news) {
    case 'asked':
      return [['Asked by ', personPiece(back.by), `: ${clip(tidy(back.reason), 1000)}`], ['HR and IT decide about it.']]
    case 'signed':
      return [['Signed by HR and IT. What was still to come is called off.']]
    case 'declined':
      return back.declined
        ? [['Declined by ', personPiece(back.declined.by), `: ${clip(tidy(back.declined.reason), 1000)}`]]
        : [['Declined.']]
    case 'expired':
      return [['Not signed by both in time. Nothing was given back.']]
    case 'attention':
      return [['HR and IT see on the card what it is, and act on it.']]
    case 'done':
      return [[giveBackCounts(back)]]
    default:
      return news satisfies never
  }
}
