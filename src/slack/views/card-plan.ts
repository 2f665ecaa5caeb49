/** The card before the start: the plan by area, its warnings, and the questions that only IT can answer. */
import type { KnownBlock, SectionBlock } from '@slack/types'
import { inQuarantine } from '../../offboarding/decide.ts'
import { isHalted } from '../../offboarding/halt.ts'
import { mismatches } from '../../offboarding/mismatch.ts'
import { type Ambiguity, areas, type Finding, type Offboarding, type PlanStep } from '../../offboarding/offboarding.ts'
import { bold, clip, context, cut, type Line, lines, list, option, plain, section, tidy } from './blocks.ts'
import { ref, value } from './refs.ts'
import { areaTitles, count, duration } from './words.ts'

const systemsAnArea = 6
const titlesALine = 3

export function planBlocks(one: Offboarding): KnownBlock[] {
  const all = one.plan?.steps ?? []
  const steps = all.filter((step) => step.task || step.findings.length > 0)
  const idle = all.length - steps.length
  if (steps.length === 0) return [section('No system that could be read knows anything to take back.')]
  const blocks: KnownBlock[] = []
  for (const area of areas) {
    const here = steps.filter((step) => step.area === area)
    if (here.length === 0) continue
    const findings = here.flatMap((step) => step.findings)
    const tasks = here.filter((step) => step.task).length
    const counts = here.length > tasks ? [count(here.length - tasks, 'step'), count(findings.length, 'finding')] : []
    if (tasks > 0) counts.push(count(tasks, 'task for people', 'tasks for people'))
    blocks.push(list([bold(areaTitles[area]), ` · ${counts.join(', ')}`], cut(systemLines(here), systemsAnArea)))
  }
  if (idle > 0) blocks.push(context(`${count(idle, 'more step')} found nothing, and will look again at the start.`))
  return blocks
}

function systemLines(steps: readonly PlanStep[]): Line[] {
  const bySystem = Map.groupBy(steps, (step) => step.connectorTitle)
  return [...bySystem].map(([title, mine]) => {
    // Whole titles: half of one says nothing.
    const titles = mine.slice(0, titlesALine).map((step) => clip(stepWords(step), 90))
    const more = mine.length > titles.length ? ` and ${mine.length - titles.length} more` : ''
    return [bold(clip(tidy(title), 60)), `: ${titles.join(', ')}${more}`]
  })
}

function stepWords(step: PlanStep): string {
  const title = tidy(step.title)
  if (step.task) return `${title} (task)`
  const more = [step.findings.length > 1 && `${step.findings.length}`, step.irreversible && 'cannot be undone']
  const said = more.filter(Boolean).join(', ')
  return said ? `${title} (${said})` : title
}

const maxWarnings = 8

export function warningLines(one: Offboarding): Line[] {
  const all = [...brakeWarnings(one), ...choiceWarnings(one), ...planWarnings(one)]
  return cut(
    all.map((text): Line => [clip(`⚠️ ${tidy(text)}`, 300)]),
    maxWarnings,
  )
}

function brakeWarnings(one: Offboarding): string[] {
  const found: string[] = []
  if (one.halted && isHalted(one))
    found.push(
      `Everything is stopped, by ${one.halted.by.name}: ${one.halted.why}. Nothing is sent until IT types /offboard resume.`,
    )
  if (one.quarantine && inQuarantine(one) && one.state === 'awaiting-sign-off')
    found.push(
      `Held back: ${one.quarantine.why}. It can be signed once somebody of HR or IT who did not ask for it has pressed Release.`,
    )
  return found
}

function choiceWarnings(one: Offboarding): string[] {
  const found: string[] = []
  const before = Object.keys(one.steps).length === 0
  if (one.choices.devices === 'wipe' && before) found.push('Devices will be wiped: what is only on them is lost.')
  if (one.choices.systems && before)
    found.push(
      `Only ${count(one.choices.systems.length, 'system was', 'systems were')} chosen; the others are left alone.`,
    )
  if (one.late) found.push('Late: its time had passed before both had signed.')
  return found
}

function planWarnings(one: Offboarding): string[] {
  const plan = one.plan
  if (!plan || Object.keys(one.steps).length > 0) return []
  const found = plan.unreadable.map(
    (system) => `${system.connectorTitle} could not be read and is not in this plan: ${system.fact}`,
  )
  if (plan.ambiguous.length === 0 && plan.steps.every((step) => step.task)) {
    found.push(
      `No connected system knows anybody as ${one.leaver.emails.join(', ')}: check the address before you sign.`,
    )
  }
  const irreversible = plan.steps.filter((step) => step.irreversible && step.findings.length > 0)
  if (irreversible.length > 0) found.push(irreversibleWarning(one, irreversible.length))
  for (const step of plan.steps) {
    const blocked = step.findings.filter((finding) => finding.state === 'blocked')
    if (blocked.length > 0) found.push(`${step.connectorTitle}, ${step.title}: ${blockedWords(blocked)}`)
  }
  const unknown = plan.steps.flatMap((step) => step.findings).filter((finding) => finding.state === 'unknown').length
  if (unknown > 0) found.push(`${count(unknown, 'finding')} could not be read and will be read again at the start.`)
  found.push(...mismatches(one))
  return found
}

function irreversibleWarning(one: Offboarding, n: number): string {
  const delay = one.policy.irreversibleAfter
  const when = delay > 0 ? `${duration(delay)} after its time` : 'at once'
  return n === 1 ? `1 step cannot be undone; it runs ${when}.` : `${n} steps cannot be undone; they run ${when}.`
}

function blockedWords(blocked: readonly Finding[]): string {
  const [first, ...rest] = blocked
  return `${first?.label}: ${first?.fact}${rest.length > 0 ? ` (and ${rest.length} more)` : ''}`
}

const maxChoices = 5

/** Two accounts that could be the leaver: IT chooses, until then the system is not in the plan. */
export function choiceBlocks(one: Offboarding): KnownBlock[][] {
  if (one.state !== 'awaiting-sign-off') return []
  const open = one.plan?.ambiguous ?? []
  const groups: KnownBlock[][] = open.slice(0, maxChoices).map((ambiguity) => [choiceBlock(one.id, ambiguity)])
  if (open.length > maxChoices) groups.push([lines([[`and ${open.length - maxChoices} more to choose after these`]])])
  return groups
}

function choiceBlock(id: string, { connector, realm, candidates }: Ambiguity): SectionBlock {
  const where = ref(`${connector}@${realm}`)
  const options = candidates.slice(0, 25).map((account) => {
    const known = [account.known?.name, account.known?.title].filter((one) => one !== undefined).join(', ')
    return option(known ? `${account.label} (${known})` : account.label, value(id, where, ref(account.id)))
  })
  const text = `❔ In ${connector} (${realm}) ${count(candidates.length, 'account')} could be this person. IT chooses; until then this system is not in the plan.`
  return section(text, {
    block_id: `choose-${where}`,
    accessory: {
      type: 'static_select',
      action_id: 'choose-account',
      placeholder: plain('Choose the account', 75),
      options: [...options, option('None of them', value(id, where, 'none'))],
    },
  })
}
