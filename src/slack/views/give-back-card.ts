/** The card's part about giving back: who asked, who signed, how far it is, what failed, and what may be pressed. */
import type { Button, KnownBlock } from '@slack/types'
import {
  backBadly,
  type GiveBack,
  type GiveBackRun,
  giveBackExpiresAt,
  openGiveBack,
} from '../../offboarding/give-back.ts'
import { takenAway } from '../../offboarding/give-back-list.ts'
import { type Offboarding, roles } from '../../offboarding/offboarding.ts'
import { actions, bold, button, clip, cut, type Line, lines, list, tidy } from './blocks.ts'
import { giveBackCounts, giveBackLine, giveBackSize } from './give-back-words.ts'
import { digestRef, ref, value } from './refs.ts'
import { stepTitle } from './step-title.ts'
import { count, endingWords, moment, personPiece, roleTitles } from './words.ts'

const mostListed = 8
const mostFailed = 5

/** Each group is one thing to read or to act on; the newest asking first. */
export function giveBackGroups(one: Offboarding): KnownBlock[][] {
  const [newest, ...older] = [...(one.giveBacks ?? [])].reverse()
  if (!newest) return []
  const earlier = older.length > 0 ? [[lines(older.map((back): Line => [shortly(back)]))]] : []
  return [newestGroup(one, newest), ...failedGroups(one, newest), ...earlier]
}

function newestGroup(one: Offboarding, back: GiveBack): KnownBlock[] {
  switch (back.state) {
    case 'awaiting-sign-off':
      return waitingGroup(one, back)
    case 'declined':
      return [lines([[shortly(back), ...declined(back)]])]
    default:
      return [lines([headOf(back), [shortly(back)]])]
  }
}

/** How it stands, in one line. */
export function shortly(back: GiveBack): string {
  switch (back.state) {
    case 'awaiting-sign-off':
      return '↩️ Giving back waits for sign-off'
    case 'declined':
      return '✖️ Giving back was declined; nothing was given back'
    case 'expired':
      return '⌛ Giving back was not signed by both in time; nothing was given back'
    case 'running':
      return `⏳ Giving back: ${giveBackCounts(back)}`
    case 'needs-attention':
      return `❗ Giving back needs somebody: ${giveBackCounts(back)}`
    case 'done':
      return `↩️ Given back: ${giveBackCounts(back)}`
    default:
      return back.state satisfies never
  }
}

function declined({ declined: by }: GiveBack): Line {
  return by ? [', by ', personPiece(by.by), `: ${clip(tidy(by.reason), 300)}`] : []
}

function headOf(back: GiveBack): Line {
  const signed = roles.flatMap((role): Line => {
    const by = back.signOffs[role]
    return by ? [`, ${roleTitles[role]} ✔ signed by `, personPiece(by.by), ' ', moment(by.at)] : []
  })
  return ['Asked by ', personPiece(back.by), `: ${clip(tidy(back.reason), 300)}`, ...signed]
}

function waitingGroup(one: Offboarding, back: GiveBack): KnownBlock[] {
  const head: Line = ['↩️ ', bold('Asked to be given back'), ` · ${giveBackSize(back)}`]
  const runs = Object.values(back.steps)
  const until = new Date(giveBackExpiresAt(one, back)).toISOString()
  const signs = roles.map((role): Line => {
    const by = back.signOffs[role]
    return by
      ? [`${roleTitles[role]} ✔ signed by `, personPiece(by.by), ' ', moment(by.at)]
      : [`${roleTitles[role]}: still to sign`]
  })
  const asked: Line = ['Asked by ', personPiece(back.by), `: ${clip(tidy(back.reason), 300)}`]
  const toCome = calledOffWords(one)
  return [
    list(
      head,
      cut(
        runs.map((run): Line => [giveBackLine(one, run)]),
        mostListed,
      ),
    ),
    lines([
      asked,
      ['Two different people sign, one of HR and one of IT, until ', moment(until)],
      ...signs,
      ...(toCome ? [[toCome]] : []),
    ]),
    actions(`back-${ref(`${one.id} ${back.number}`)}`, signButtons(one, back)),
  ]
}

/** What both signatures call off; undefined where nothing is to come. */
export function calledOffWords(one: Offboarding): string | undefined {
  const toCome = Object.values(one.steps).filter((run) => ['planned', 'delayed', 'held'].includes(run.state))
  if (toCome.length === 0) return undefined
  const titles = toCome.map((run) => `${stepTitle(one, run)}${run.dueAt ? ` (${run.dueAt.slice(0, 10)})` : ''}`)
  return clip(`With both signatures ${count(toCome.length, 'step')} to come never run: ${titles.join(', ')}`, 600)
}

function signButtons(one: Offboarding, back: GiveBack): Button[] {
  const signs = roles
    .filter((role) => !back.signOffs[role])
    .map((role) =>
      button({
        action: `give-back-sign-${role}`,
        text: `Sign giving back for ${roleTitles[role]}`,
        value: value(one.id, digestRef(back.digest)),
        style: 'primary',
        confirm: {
          title: 'Give this back?',
          text: 'You sign what this card lists. With both signatures the leaver holds it again, and nothing more is taken.',
          yes: 'Sign',
        },
      }),
    )
  return [
    ...signs,
    button({ action: 'give-back-decline', text: 'Decline giving back', value: value(one.id), style: 'danger' }),
  ]
}

function failedGroups(one: Offboarding, back: GiveBack): KnownBlock[][] {
  if (openGiveBack(one) !== back) return []
  const failed = Object.values(back.steps).filter(backBadly)
  const groups = failed.slice(0, mostFailed).map((run) => failedGroup(one, back, run))
  const more = failed.length - mostFailed
  return more > 0
    ? [...groups, [lines([[`and ${more} more that could not be given back, once these have ended`]])]]
    : groups
}

function failedGroup(one: Offboarding, back: GiveBack, run: GiveBackRun): KnownBlock[] {
  const carried = value(one.id, String(back.number), ref(run.key))
  const fact = `${endingWords[run.ending ?? 'unknown']}: ${clip(tidy(run.fact ?? ''), 250)}`
  return [
    lines([['❌ Undo: ', bold(giveBackLine(one, run))], [fact]]),
    actions(`back-${ref(`${one.id} ${back.number} ${run.key}`)}`, [
      button({ action: 'give-back-again', text: 'Try again', value: carried }),
      button({ action: 'give-back-by-hand', text: 'I did it by hand', value: carried }),
      button({ action: 'give-back-skip', text: 'Skip (IT)', value: carried }),
    ]),
  ]
}

/** Where there is something to give back and nothing is being taken at this moment; the rules are held at the click. */
export function giveBackButton(one: Offboarding): Button[] {
  const resting = ['done', 'needs-attention', 'running'].includes(one.state) && one.closedAt === undefined
  if (!resting || openGiveBack(one)) return []
  if (Object.values(one.steps).some((run) => run.state === 'running')) return []
  if (takenAway(one).can.length === 0) return []
  return [button({ action: 'give-back', text: 'Give back …', value: value(one.id) })]
}
