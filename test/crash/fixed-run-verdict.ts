/** Holds how a run ended against the run that was not killed: what is lost, what is doubled, what is wrong otherwise. */
import { endedWell } from '../../src/offboarding/order.ts'
import type { Ended, EndedOne } from './fixed-run-end.ts'

export interface Verdict {
  lost: string[]
  doubled: string[]
  /** A broken chain, another end, something that nobody ordered. */
  wrong: string[]
}

export function verdictOf(one: Ended, whole: Ended): Verdict {
  const verdict: Verdict = { lost: [], doubled: [], wrong: [] }
  const { bad, unfinished } = one.journal
  if (bad) verdict.wrong.push(`the record is damaged: ${bad.file}, line ${bad.line}: ${bad.fact}`)
  if (unfinished) verdict.wrong.push(`the record ends in the middle of a line: ${unfinished.file}`)
  countAgainst(verdict, 'at AWS: ', one.changes, whole.changes)
  if (plain(one.held) !== plain(whole.held)) verdict.wrong.push('AWS holds something else than it should')
  if (one.cards > whole.cards) verdict.doubled.push(`${one.cards} cards instead of ${whole.cards}`)
  if (one.cards < whole.cards) verdict.lost.push(`${one.cards} cards instead of ${whole.cards}`)
  for (const [index, each] of one.each.entries()) judge(verdict, each, whole.each[index] as EndedOne)
  return verdict
}

function judge(verdict: Verdict, one: EndedOne, whole: EndedOne): void {
  const { id, offboarding } = one
  if (offboarding.state !== 'done') verdict.wrong.push(`${id} is ${offboarding.state}, not done`)
  countAgainst(verdict, `${id}, ends on record: `, endsOf(one), endsOf(whole))
  countAgainst(verdict, `${id}, below the card: `, counted(one.told), counted(whole.told))
  countAgainst(verdict, `${id}, files below the card: `, counted(one.files), counted(whole.files))
  countAgainst(verdict, `${id}, lines of the thread: `, linesOf(one), linesOf(whole))
  countAgainst(verdict, `${id}, messages on record: `, postsOf(one), postsOf(whole))
  for (const run of Object.values(offboarding.steps)) {
    const asBefore = findingsOf(one, run.key) === findingsOf(whole, run.key)
    if (!endedWell(run) || !asBefore) verdict.wrong.push(`${id}, ${run.key} ended ${run.ending}: ${run.fact}`)
  }
}

function countAgainst(
  verdict: Verdict,
  where: string,
  has: Readonly<Record<string, number>>,
  should: Readonly<Record<string, number>>,
): void {
  for (const name of new Set([...Object.keys(has), ...Object.keys(should)])) {
    const [count, wanted] = [has[name] ?? 0, should[name] ?? 0]
    if (count > wanted) verdict.doubled.push(`${where}${name} ${count} times, not ${wanted}`)
    if (count < wanted) verdict.lost.push(`${where}${name} ${count} times, not ${wanted}`)
  }
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function endsOf({ history }: EndedOne): Record<string, number> {
  return counted(history.flatMap((event) => (event.type === 'step-ended' ? [`${event.step} ${event.ending}`] : [])))
}

/** On record with the place where it landed. */
function postsOf({ offboarding }: EndedOne): Record<string, number> {
  return counted(Object.keys(offboarding.posts).filter((key) => offboarding.posts[key]?.ts))
}

/** What people read of each step, and of the end. */
function linesOf({ offboarding, story }: EndedOne): Record<string, number> {
  const lines = story.split('\n')
  const titles = Object.values(offboarding.steps).map(({ plan }) => `${plan.connectorTitle}: ${plan.title} · `)
  return Object.fromEntries(
    [...titles, '🏁 Done'].map((title) => [title, lines.filter((line) => line.includes(title)).length]),
  )
}

function findingsOf({ offboarding }: EndedOne, key: string): string {
  const run = offboarding.steps[key]
  return JSON.stringify([run?.ending, run?.findings.map(({ id, state }) => `${id} ${state}`).sort()])
}

/** Without its dates. */
function plain(held: unknown): string {
  return JSON.stringify(held).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
}
