/** What people read of the watch: whether access came back, what could not be looked at, and how it ended. */
import type { Button } from '@slack/types'
import type { Offboarding } from '../../offboarding/offboarding.ts'
import { isWatching, type Watch, watchUntil } from '../../offboarding/watch.ts'
import { bold, button, clip, cut, escaped, type Line, lines, type Shown, tidy } from './blocks.ts'
import { value } from './refs.ts'
import { stepTitle } from './step-title.ts'
import { count, duration, moment, nameOf, personPiece } from './words.ts'

const mostNamed = 8

/** All that one look found, in one message; the results of the steps follow it. */
export function cameBackNotice(one: Offboarding, at: string, calls: Line): Shown {
  const found = one.watch?.cameBack.filter((back) => back.at === at) ?? []
  const named = found.flatMap(({ key, labels }): Line[] => {
    const run = one.steps[key]
    const title = run ? clip(stepTitle(one, run), 150) : key
    // The title of an account that was found names it already.
    const names = run?.plan.task ? '' : `: ${clip(tidy(labels.slice(0, 3).join(', ')), 200)}${more(labels.length - 3)}`
    return [['• ', bold(title), names]]
  })
  const text = `Access of ${escaped(nameOf(one.leaver))} came back: ${count(found.length, 'step')} ${found.length === 1 ? 'has' : 'have'} something to take back again.`
  return {
    text,
    blocks: [
      lines([
        [bold('👁️ Access came back'), ', seen ', moment(at), '. Nothing is taken again by itself.', ...spaced(calls)],
        ...cut(named, mostNamed),
        ['On the card: Try again takes it back, Skip lets it stay, End the watch is for somebody who was hired again.'],
      ]),
    ],
  }
}

function more(n: number): string {
  return n > 0 ? ` and ${n} more` : ''
}

function spaced(calls: Line): Line {
  return calls.length > 0 ? [' ', ...calls] : []
}

export function watchOverNotice(one: Offboarding): Shown {
  const { ended, cameBack = [], unseen = [] } = one.watch ?? {}
  const back =
    cameBack.length === 0 ? 'nothing came back' : `${count(cameBack.length, 'thing')} came back, and was settled`
  if (ended) {
    const text = `The watch over ${escaped(nameOf(one.leaver))} was ended; ${back}.`
    return {
      text,
      blocks: [lines([['👁️ The watch was ended by ', personPiece(ended.by), `: ${clip(tidy(ended.reason), 600)}`]])],
    }
  }
  const text = `The watch over ${escaped(nameOf(one.leaver))} is over: ${back}.`
  const blind: Line[] = unseen.length > 0 ? [[`At the last look: ${unseenWords(unseen)}`]] : []
  return { text, blocks: [lines([[`👁️ Watched for ${duration(one.policy.watchFor ?? 0)}: ${back}.`], ...blind])] }
}

function unseenWords(unseen: Watch['unseen']): string {
  const names = [...new Set(unseen.map(({ connectorTitle }) => tidy(connectorTitle)))]
  return `${clip(names.slice(0, 4).join(', '), 200)}${more(names.length - 4)} could not be looked at, so nothing is known of it.`
}

/** After "Done" on the card. */
export function watchDetail(one: Offboarding): Line {
  const until = watchUntil(one)
  const { watch } = one
  if (watch?.ended) return [' · the watch was ended by ', personPiece(watch.ended.by)]
  if (until === undefined) return []
  const till = moment(new Date(until).toISOString())
  if (!watch) return [' · watched until ', till]
  const well = watch.unseen.length > 0 ? unseenWords(watch.unseen) : 'nothing is back'
  const head = isWatching(one)
    ? [' · watched until ', till, '; last looked ']
    : [' · watched until ', till, '; looked ']
  return [...head, moment(watch.at), `: ${well}`]
}

export function watchButtons(one: Offboarding): Button[] {
  if (watchUntil(one) === undefined || !one.watch || one.closedAt) return []
  return [button({ action: 'end-watch', text: 'End the watch (IT)', value: value(one.id) })]
}
