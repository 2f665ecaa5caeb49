/** The card while it runs and afterwards: how each system stands. */
import type { KnownBlock } from '@slack/types'
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'
import { endedBadly } from '../../offboarding/order.ts'
import { bold, clip, cut, type Line, list, tidy } from './blocks.ts'
import { stepTitle } from './step-title.ts'
import { closingLines } from './summary.ts'
import { count, endingCounts, markOf } from './words.ts'

const maxSystems = 20
const maxDelayed = 5

export function progressBlocks(one: Offboarding): KnownBlock[] {
  const runs = Object.values(one.steps)
  const ended = runs.filter((run) => run.state === 'ended').length
  const bySystem = Map.groupBy(runs, (run) => run.plan.connectorTitle)
  const systems = [...bySystem].map(([title, mine]) => systemLine(title, mine))
  const blocks: KnownBlock[] = [
    list([bold(`${ended} of ${count(runs.length, 'step')} ended`)], cut(systems, maxSystems)),
  ]
  const delayed = runs.filter((run) => run.state === 'delayed')
  if (delayed.length > 0) blocks.push(delayedList(one, delayed))
  if (one.state === 'done' || one.state === 'closed') blocks.push(list([bold('In short')], closingLines(one)))
  return blocks
}

/** The mark is the worst that a system has: one failed step is not covered by nine that went well. */
function systemLine(title: string, runs: readonly StepRun[]): Line {
  const counts = [endingCounts(runs), ...openCounts(runs)].filter((one) => one !== '').join(', ')
  return [`${systemMark(runs)} `, bold(clip(tidy(title), 60)), ` · ${counts}`]
}

function systemMark(runs: readonly StepRun[]): string {
  const worst =
    runs.find(endedBadly) ??
    runs.find((run) => run.state === 'running') ??
    runs.find((run) => run.state === 'held') ??
    runs.find((run) => run.state === 'waiting') ??
    runs.find((run) => run.state === 'planned') ??
    runs.find((run) => run.state === 'delayed')
  if (worst) return markOf(worst)
  const plainEnd = runs.find((run) => run.ending !== 'verified' && run.ending !== 'nothing-found')
  const shown = plainEnd ?? runs.find((run) => run.ending === 'verified') ?? runs[0]
  return shown ? markOf(shown) : '·'
}

const openWords = {
  running: 'running',
  waiting: 'waiting',
  held: 'held',
  delayed: 'later',
  planned: 'to come',
} as const

function openCounts(runs: readonly StepRun[]): string[] {
  return Object.entries(openWords).flatMap(([state, word]) => {
    const n = runs.filter((run) => run.state === state).length
    return n > 0 ? [`${n} ${word}`] : []
  })
}

function delayedList(one: Offboarding, delayed: readonly StepRun[]): KnownBlock {
  const items = delayed.map((run): Line => {
    const day = run.dueAt ? `: ${run.dueAt.slice(0, 10)} (UTC)` : ''
    return [`📅 ${clip(stepTitle(one, run), 150)}${day}`]
  })
  return list([bold('Runs later: it cannot be undone, or comes after what cannot')], cut(items, maxDelayed))
}
