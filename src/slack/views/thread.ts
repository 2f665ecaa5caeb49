/** What the card's thread says: each step's result once, and the turns that an offboarding takes. */
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'
import { bold, clip, escaped, type Line, lines, type Shown, tidy } from './blocks.ts'
import { stepTitle } from './step-title.ts'
import { closingCounts, closingLines } from './summary.ts'
import { count, duration, endingCounts, endingMarks, endingWords, moment, nameOf, personPiece } from './words.ts'

/** The most results that share one message; each has up to 400 characters. */
export const resultsAMessage = 15

/** Several results of one moment in one message. */
export function results(one: Offboarding, runs: readonly StepRun[]): Shown {
  const [only] = runs
  const text =
    runs.length === 1 && only
      ? `${escaped(clip(stepTitle(one, only), 150))}: ${endingWords[only.ending ?? 'unknown']}.`
      : `${count(runs.length, 'step')} ended: ${endingCounts(runs)}.`
  const empty = runs.filter((run) => run.ending === 'nothing-found' && run.attempt <= 1)
  const told = runs.filter((run) => !empty.includes(run)).map((run) => resultLine(one, run))
  return { text, blocks: [lines([...told, ...(empty.length > 0 ? [emptyLine(one, empty)] : [])])] }
}

/** Where there was nothing, nobody reads a line for each. */
function emptyLine(one: Offboarding, runs: readonly StepRun[]): Line {
  const titles = runs.map((run) => clip(stepTitle(one, run), 150)).join('; ')
  return [`${endingMarks['nothing-found']} `, bold('Nothing found'), `: ${titles}`]
}

function resultLine(one: Offboarding, run: StepRun): Line {
  const ending = run.ending ?? 'unknown'
  return [
    `${endingMarks[ending]} `,
    bold(clip(stepTitle(one, run), 150)),
    ` · ${endingWords[ending]}`,
    ...(run.by ? [' by ', personPiece(run.by)] : []),
    run.fact && run.ending !== 'nothing-found' ? `: ${clip(tidy(run.fact), 200)}` : '',
    extras(run),
  ]
}

function extras(run: StepRun): string {
  const found: string[] = []
  if (run.attempt > 1) found.push(`attempt ${run.attempt}`)
  // Shorter ones are of no use to anybody here; the report has them all.
  const long = run.ms !== undefined && run.ms >= 10_000
  if (long && run.ending !== 'attested' && run.ending !== 'skipped') found.push(duration(run.ms ?? 0))
  if (run.foundAfterSignOff.length > 0) found.push(`${run.foundAfterSignOff.length} found after sign-off`)
  return found.length > 0 ? ` (${found.join(', ')})` : ''
}

export function startedNotice(one: Offboarding): Shown {
  const runs = Object.values(one.steps)
  const fresh = runs.reduce((sum, run) => sum + run.foundAfterSignOff.length, 0)
  const more: Line[] = fresh > 0 ? [[`${count(fresh, 'finding')} appeared after sign-off and are marked as such.`]] : []
  const late: Line[] = one.late ? [['It starts late: its time had passed when the second signature came.']] : []
  const text = `The offboarding of ${escaped(nameOf(one.leaver))} has started: ${count(runs.length, 'step')}.`
  return {
    text,
    blocks: [lines([[`▶️ Started: ${count(runs.length, 'step')}, planned again at the start.`], ...more, ...late])],
  }
}

export function heldNotice(one: Offboarding): Shown {
  const held = Object.values(one.steps).filter((run) => run.state === 'held').length
  const text = `${count(held, 'step')} that cannot be undone appeared after sign-off, so HR and IT sign once more on the card.`
  return { text, blocks: [lines([[`✋ ${text}`]])] }
}

export function overNotice(one: Offboarding): Shown {
  const who = escaped(nameOf(one.leaver))
  switch (one.state) {
    case 'declined': {
      const by = one.declined
      const reason = clip(tidy(by?.reason ?? ''), 1500)
      const text = `The offboarding of ${who} was declined; nothing was done.`
      return {
        text,
        blocks: [
          lines([['✖️ Declined by ', by ? personPiece(by.by) : 'somebody', `: ${reason}`], ['Nothing was done.']]),
        ],
      }
    }
    case 'refused': {
      const why = clip(tidy(one.refusedWhy ?? 'it concerns a protected account'), 1500)
      return {
        text: `The offboarding of ${who} is refused; nothing was done.`,
        blocks: [lines([[`⛔ Refused: ${why}`]])],
      }
    }
    case 'expired': {
      const text = `The offboarding of ${who} was not signed in time; nothing was done.`
      return {
        text,
        blocks: [
          lines([
            [
              `⌛ Not signed by both within ${duration(one.policy.signOffWithin)}. Nothing was done; ask again with /offboard if it is still meant.`,
            ],
          ]),
        ],
      }
    }
    default:
      return {
        text: `The offboarding of ${who} was withdrawn; nothing was done.`,
        blocks: [lines([['↩️ Withdrawn. Nothing was done.']])],
      }
  }
}

export function closingSummary(one: Offboarding): Shown {
  const later = Object.values(one.steps).filter((run) => run.state === 'delayed')
  const dates = later.map(
    (run): Line => [`📅 ${clip(stepTitle(one, run), 150)}, later: `, ...(run.dueAt ? [moment(run.dueAt)] : [])],
  )
  const text = `The offboarding of ${escaped(nameOf(one.leaver))} is done: ${closingCounts(one)}.`
  const short = dates.length > 10 ? [...dates.slice(0, 10), [`and ${dates.length - 10} more: Show everything`]] : dates
  return { text, blocks: [lines([[bold('🏁 Done')], ...closingLines(one), ...short])] }
}

/** Whole and in one piece, so that it can be copied: what is posted here is out of reach of whoever holds the host. */
export function anchorNotice({ seq, hash, key }: { seq: number; hash: string; key: string }): Shown {
  return {
    text: `Anchor: entry ${seq} of the record has the hash ${hash}. Reports are signed with the key ${key}.`,
    blocks: [
      lines([
        [bold('🔗 Anchor of the record'), `: ${seq}:${hash}`],
        ['If anything up to this entry is changed later, "latchkey audit verify" says so, given these words.'],
        [`Reports are signed with the key ${key}`],
      ]),
    ],
  }
}

export function reportMissing(one: Offboarding, why: string): Shown {
  const text = `The report could not be put here. The offboarding itself is not touched by that; ask for the files with /offboard report ${one.id}.`
  return { text, blocks: [lines([[`📎 ${text}`], [clip(tidy(why), 1000)]])] }
}

export function reminder(one: Offboarding, waiting: readonly string[], mentions: Line): Shown {
  const until = new Date(Date.parse(one.requestedAt) + one.policy.signOffWithin).toISOString()
  const text = `The offboarding of ${escaped(nameOf(one.leaver))} still waits for sign-off by ${waiting.join(' and ')}.`
  const body: Line[] = [[`🔔 Still waits for sign-off by ${waiting.join(' and ')}, until `, moment(until), '.']]
  if (mentions.length > 0) body.push(mentions)
  return { text, blocks: [lines(body)] }
}
