/** What a typed command answers, for one pair of eyes. */
import type { Offboarding } from '../../offboarding/offboarding.ts'
import { isQuiet } from '../../offboarding/watch.ts'
import { bold, cut, escaped, type Line, lines, list, type Shown } from './blocks.ts'
import { shortly } from './give-back-card.ts'
import { closingLines } from './summary.ts'
import { watchDetail } from './watch.ts'
import { count, endingCounts, leaverPiece, moment, nameOf, personPiece, roleTitles, stateTitles } from './words.ts'

const mostListed = 25

export interface HelpLine {
  usage: string
  summary: string
}

export function help(known: readonly HelpLine[]): Shown {
  const text = 'Latchkey ends the access of somebody who leaves, with two signatures, and proves each step.'
  const items = known.map((one): Line => [{ type: 'text', text: one.usage, style: { code: true } }, ` ${one.summary}`])
  return { text, blocks: [list([text], items)] }
}

export function openList(all: readonly Offboarding[]): Shown {
  const open = all.filter((one) => !isQuiet(one))
  const quiet = all.length - open.length
  const more = quiet > 0 ? ` ${count(quiet, 'more is', 'more are')} done and watched.` : ''
  if (open.length === 0)
    return { text: `No offboarding is open.${more}`, blocks: [lines([[`No offboarding is open.${more}`]])] }
  const text = `${count(open.length, 'offboarding')} open.${more}`
  return { text, blocks: [list([bold(text)], cut(open.map(openLine), mostListed, '/offboard status with the id'))] }
}

function openLine(one: Offboarding): Line {
  const at = one.effectiveAt ?? one.requestedAt
  return [one.id, ' · ', leaverPiece(one.leaver), ` · ${stateTitles[one.state]} · `, moment(at)]
}

/** `full`: for HR and IT; a requester sees how far it is, and not the findings. */
export function status(one: Offboarding, full: boolean): Shown {
  const text = `The offboarding of ${escaped(nameOf(one.leaver))} (${one.id}): ${stateTitles[one.state]}.`
  const runs = Object.values(one.steps)
  const body: Line[] = [[bold(`Offboarding of ${nameOf(one.leaver)}`), ` · ${one.id}`], [stateTitles[one.state]]]
  if (one.effectiveAt) body.push(['Time: ', moment(one.effectiveAt)])
  for (const role of ['hr', 'it'] as const) body.push(signLine(one, role))
  if (runs.length > 0) {
    const ended = runs.filter((run) => run.state === 'ended').length
    const counts = full ? endingCounts(runs) : ''
    body.push([`${ended} of ${count(runs.length, 'step')} ended${counts ? `: ${counts}` : ''}`])
  }
  if (one.state === 'done' || one.state === 'closed') body.push(...closingLines(one))
  const watch = full && one.state === 'done' ? watchDetail(one) : []
  if (watch.length > 0) body.push(['Watch', ...watch])
  for (const back of one.giveBacks ?? []) body.push([shortly(back)])
  return { text, blocks: [lines(body)] }
}

function signLine(one: Offboarding, role: 'hr' | 'it'): Line {
  const signed = one.signOffs[role]
  if (!signed) return [`${roleTitles[role]}: not signed`]
  return [`${roleTitles[role]} ✔ signed by `, personPiece(signed.by), ' ', moment(signed.at)]
}
