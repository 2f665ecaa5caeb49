/** App Home: what waits for me, what runs, what comes, and what I asked for. */
import type { HomeView, KnownBlock } from '@slack/types'
import type { Offboarding, Role } from '../../offboarding/offboarding.ts'
import { endedBadly } from '../../offboarding/order.ts'
import { actions, button, context, header, type Line, lines, section } from './blocks.ts'
import { givesBack, waitsForGiveBack } from './give-back-home.ts'
import { count, endingCounts, leaverPiece, moment, roleTitles, stateTitles } from './words.ts'

export interface HomeFacts {
  /** Slack id of the reader. */
  reader: string
  /** Roles the reader holds, read just now. */
  holds: readonly Role[]
  /** Open ones; those about the reader are left out here, whatever is passed. */
  offboardings: readonly Offboarding[]
  /** Links to cards by offboarding id. */
  links: Readonly<Record<string, string>>
}

const mostAPart = 12

export function home(facts: HomeFacts): HomeView {
  const all = facts.offboardings.filter((one) => one.leaver.slackId !== facts.reader && one.leaver.id !== facts.reader)
  const mine = all.filter((one) => one.requester.id === facts.reader)
  const seen = facts.holds.length > 0 ? all : []
  const blocks: KnownBlock[] = [
    header('Latchkey'),
    actions('home', [button({ action: 'home-request', text: 'Offboard someone', value: 'new', style: 'primary' })]),
  ]
  if (facts.holds.length > 0) {
    const waiting = seen.filter((one) => waitsFor(one, facts).length > 0)
    const runs = seen.filter((one) => one.state === 'running' || one.state === 'needs-attention' || givesBack(one))
    const comes = seen.filter((one) => one.state === 'scheduled' || hasLater(one))
    blocks.push(...part('Waits for you', waiting, (one) => waitLine(one, facts), 'Nothing waits for you.'))
    blocks.push(...part('Runs', runs, (one) => runLine(one, facts), 'Nothing runs.'))
    blocks.push(...part('Comes', comes, (one) => comeLine(one, facts), 'Nothing is scheduled.'))
  }
  blocks.push(...part('You asked for', mine, (one) => stateLine(one), 'You have asked for nothing that is open.'))
  blocks.push(context('/offboard help says what can be typed.'))
  return { type: 'home', blocks }
}

function part(
  title: string,
  all: readonly Offboarding[],
  line: (one: Offboarding) => Line,
  none: string,
): KnownBlock[] {
  if (all.length === 0) return [header(title), section(none)]
  const shown = all.slice(0, mostAPart).map(line)
  const more: Line[] = all.length > mostAPart ? [[`and ${all.length - mostAPart} more: /offboard list`]] : []
  return [header(`${title} (${all.length})`), lines([...shown, ...more])]
}

function hasLater(one: Offboarding): boolean {
  return one.state === 'done' && Object.values(one.steps).some((run) => run.state === 'delayed')
}

/** What this reader could do now; the requester never signs. */
export function waitsFor(one: Offboarding, { reader, holds }: Pick<HomeFacts, 'reader' | 'holds'>): string[] {
  const found = waitsForGiveBack(one, reader, holds)
  const signs = one.held?.signOffs ?? (one.state === 'awaiting-sign-off' && one.plan ? one.signOffs : undefined)
  const others = Object.values(signs ?? {}).some((signed) => signed.by.id === reader)
  for (const role of holds) {
    const asked = signs && !signs[role] && one.requester.id !== reader && !others
    if (asked) found.push(`sign off for ${roleTitles[role]}`)
  }
  const runs = Object.values(one.steps)
  const failed = runs.filter(endedBadly).length
  if (failed > 0) found.push(`${count(failed, 'step')} failed`)
  const tasks = runs.filter((run) => run.state === 'waiting' && isMine(run.plan.task?.owner, reader, holds)).length
  if (tasks > 0) found.push(count(tasks, 'task'))
  return found
}

function isMine(owner: string | undefined, reader: string, holds: readonly Role[]): boolean {
  return owner === reader || holds.some((role) => role === owner)
}

function nameLine(one: Offboarding, { links }: Pick<HomeFacts, 'links'>): Line {
  const link = links[one.id]
  const id: Line = link ? [{ type: 'link', url: link, text: one.id }] : [one.id]
  return ['• ', leaverPiece(one.leaver), ' (', ...id, ')']
}

function waitLine(one: Offboarding, facts: HomeFacts): Line {
  return [...nameLine(one, facts), `: ${waitsFor(one, facts).join(', ')}`]
}

function runLine(one: Offboarding, facts: HomeFacts): Line {
  const runs = Object.values(one.steps)
  const ended = runs.filter((run) => run.state === 'ended').length
  const counts = endingCounts(runs)
  const back = givesBack(one)
  return [
    ...nameLine(one, facts),
    `: ${ended} of ${runs.length} ended${counts ? ` (${counts})` : ''}${back ? `; ${back}` : ''}`,
  ]
}

function comeLine(one: Offboarding, facts: HomeFacts): Line {
  const dates = Object.values(one.steps).flatMap((run) => (run.state === 'delayed' && run.dueAt ? [run.dueAt] : []))
  const at = one.state === 'scheduled' ? one.effectiveAt : dates.sort()[0]
  return [...nameLine(one, facts), ': ', ...(at ? [moment(at)] : ['soon'])]
}

function stateLine(one: Offboarding): Line {
  return ['• ', leaverPiece(one.leaver), ` (${one.id}): ${stateTitles[one.state]}`]
}
