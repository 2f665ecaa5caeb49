/** Every step with every finding, in pages of a modal. */
import type { KnownBlock, ModalView } from '@slack/types'
import type { Finding, Offboarding, PlanStep, StepRun } from '../../offboarding/offboarding.ts'
import { actions, bold, button, clip, context, type Line, lines, tidy } from './blocks.ts'
import { modal } from './notice.ts'
import { value } from './refs.ts'
import { areaTitles, count, endingWords, markOf, nameOf } from './words.ts'

const linesAPage = 80
const linesABlock = 20

const findingMarks: Readonly<Record<Finding['state'], string>> = {
  open: '○',
  pending: '🕓',
  done: '●',
  blocked: '⛔',
  unknown: '🔴',
}

export function everything(one: Offboarding, wanted = 0): ModalView {
  const all = allLines(one)
  const pages = Math.max(1, Math.ceil(all.length / linesAPage))
  const page = Math.min(Math.max(0, wanted), pages - 1)
  const here = all.slice(page * linesAPage, (page + 1) * linesAPage)
  const blocks: KnownBlock[] = [lines([[bold(`Offboarding of ${nameOf(one.leaver)}`), ` · ${one.id}`]])]
  for (let at = 0; at < here.length; at += linesABlock) blocks.push(lines(here.slice(at, at + linesABlock)))
  if (here.length === 0) blocks.push(lines([['There is nothing to show yet.']]))
  if (pages > 1) blocks.push(context(`Page ${page + 1} of ${pages}`), pageButtons(one, page, pages))
  return modal('Everything', blocks, { private_metadata: value(one.id, String(page)) })
}

function pageButtons(one: Offboarding, page: number, pages: number): KnownBlock {
  const back = button({ action: 'everything-back', text: 'Back', value: value(one.id, String(page - 1)) })
  const next = button({ action: 'everything-next', text: 'Next', value: value(one.id, String(page + 1)) })
  return actions('pages', [...(page > 0 ? [back] : []), ...(page < pages - 1 ? [next] : [])])
}

function allLines(one: Offboarding): Line[] {
  const runs = Object.values(one.steps)
  const steps = runs.length > 0 ? runs.flatMap(runLines) : (one.plan?.steps ?? []).flatMap(planLines)
  return [...planNotes(one), ...steps]
}

function planNotes(one: Offboarding): Line[] {
  const plan = one.plan
  if (!plan) return []
  return [
    ...plan.unreadable.map((two): Line => [clip(tidy(`⚠️ ${two.connectorTitle} could not be read: ${two.fact}`), 400)]),
    ...plan.ambiguous.map(
      (two): Line => [
        clip(
          tidy(`❔ ${two.connector} (${two.realm}): ${two.candidates.map((account) => account.label).join(' or ')}`),
          400,
        ),
      ],
    ),
  ]
}

function head(step: PlanStep, mark: string, rest: string): Line {
  const account = `${tidy(step.realm)}, ${tidy(step.account.label)}`
  return [
    `${mark} `,
    bold(clip(`${tidy(step.connectorTitle)}: ${tidy(step.title)}`, 200)),
    ` · ${clip(account, 150)} · ${rest}`,
  ]
}

function planLines(step: PlanStep): Line[] {
  const kinds = [areaTitles[step.area], step.phase, ...(step.irreversible ? ['cannot be undone'] : [])]
  if (step.task) return [head(step, '☐', `task for ${step.task.owner}`), [`    ${clip(tidy(step.task.ask), 300)}`]]
  return [
    head(step, '▪', `${kinds.join(', ')}, ${count(step.findings.length, 'finding')}`),
    ...findingLines(step.findings, []),
  ]
}

function runLines(run: StepRun): Line[] {
  const how = run.state === 'ended' ? endingWords[run.ending ?? 'unknown'] : run.state
  const who = run.by ? `, ${nameOf(run.by, 60)}` : ''
  const fact = run.fact ? `: ${clip(tidy(run.fact), 250)}` : ''
  return [head(run.plan, markOf(run), `${how}${who}${fact}`), ...findingLines(run.findings, run.foundAfterSignOff)]
}

function findingLines(findings: readonly Finding[], late: readonly string[]): Line[] {
  return findings.map((finding) => {
    const found = late.includes(finding.id) ? ' · found after sign-off' : ''
    return [`    ${findingMarks[finding.state]} ${clip(tidy(`${finding.label}: ${finding.fact}`), 250)}${found}`]
  })
}
