/** What a person has to act on: failed and unknown steps, held ones, tasks, and what waits too long. */
import type { KnownBlock } from '@slack/types'
import { takesNothing } from '../../offboarding/give-back.ts'
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'
import { roles } from '../../offboarding/offboarding.ts'
import { endedBadly } from '../../offboarding/order.ts'
import { cameBackTimes } from '../../offboarding/watch.ts'
import { actions, bold, button, clip, cut, type Line, lines, list, tidy } from './blocks.ts'
import { digestRef, ref, value } from './refs.ts'
import { stepTitle } from './step-title.ts'
import { endingWords, markOf, moment, personPiece, roleTitles } from './words.ts'

const maxFailed = 6
const maxTasks = 5
const maxWaiting = 4

/** Each group is one thing to act on, with its buttons. */
export function attentionGroups(one: Offboarding): KnownBlock[][] {
  const runs = Object.values(one.steps)
  return [...failedGroups(one, runs.filter(endedBadly)), heldBlocks(one), ...waitingGroups(one, runs)]
}

function failedGroups(one: Offboarding, failed: readonly StepRun[]): KnownBlock[][] {
  const groups = failed.slice(0, maxFailed).map((run) => stepWithButtons(one, run, failedButtons(one, run)))
  return failed.length > maxFailed ? [...groups, [rest(failed.length - maxFailed, 'failed')]] : groups
}

function rest(n: number, what: string): KnownBlock {
  return lines([[`and ${n} more ${what}: Show everything`]])
}

function stepWithButtons(one: Offboarding, run: StepRun, buttons: ReturnType<typeof button>[]): KnownBlock[] {
  return [lines(stepLines(one, run)), actions(`step-${ref(`${one.id} ${run.key}`)}`, buttons)]
}

function stepLines(one: Offboarding, run: StepRun): Line[] {
  const title = clip(stepTitle(one, run), 200)
  return [[`${markOf(run)} `, bold(title)], detail(run)]
}

function detail(run: StepRun): Line {
  if (run.plan.task && run.state !== 'ended') {
    const due = run.dueAt ? [' · due ', moment(run.dueAt)] : []
    return [clip(tidy(run.plan.task.ask), 300), ' · ', ownerPiece(run.plan.task.owner), ...due]
  }
  const fact = clip(tidy(run.fact ?? ''), 250)
  if (run.state === 'waiting')
    return ['Ordered, not there yet', ...(run.waitingSince ? [', since ', moment(run.waitingSince)] : []), `: ${fact}`]
  return [`${endingWords[run.ending ?? 'unknown']}${fact ? `: ${fact}` : ''}`]
}

function ownerPiece(owner: string) {
  if (owner === 'hr' || owner === 'it') return roleTitles[owner]
  return personPiece({ id: owner, name: owner })
}

function failedButtons(one: Offboarding, run: StepRun) {
  const carried = value(one.id, ref(run.key))
  const again = { action: 'try-again', text: 'Try again', value: carried }
  const never = run.plan.task || takesNothing(one) || (run.plan.irreversible && cameBackTimes(one, run.key) > 0)
  return [...(never ? [] : [button(again)]), ...handButtons(one, run)]
}

function handButtons(one: Offboarding, run: StepRun) {
  const carried = value(one.id, ref(run.key))
  return [
    button({ action: 'by-hand', text: 'I did it by hand', value: carried }),
    button({ action: 'skip', text: 'Skip (IT)', value: carried }),
  ]
}

function taskButtons(one: Offboarding, run: StepRun) {
  const carried = value(one.id, ref(run.key))
  return [
    button({ action: 'task-done', text: 'Done', value: carried, style: 'primary' }),
    button({ action: 'skip', text: 'Skip (IT)', value: carried }),
  ]
}

function waitingGroups(one: Offboarding, runs: readonly StepRun[]): KnownBlock[][] {
  const waiting = runs.filter((run) => run.state === 'waiting')
  const tasks = waiting.filter((run) => run.plan.task)
  const orders = waiting.filter((run) => !run.plan.task)
  const groups = tasks.slice(0, maxTasks).map((run) => stepWithButtons(one, run, taskButtons(one, run)))
  if (tasks.length > maxTasks) groups.push([rest(tasks.length - maxTasks, 'tasks')])
  groups.push(...orders.slice(0, maxWaiting).map((run) => stepWithButtons(one, run, handButtons(one, run))))
  if (orders.length > maxWaiting) groups.push([rest(orders.length - maxWaiting, 'waiting')])
  return groups
}

/** Irreversible and found after sign-off: nobody has signed these, so a fresh pair of sign-offs is asked for. */
function heldBlocks(one: Offboarding): KnownBlock[] {
  const signOffs = one.held?.signOffs
  if (!signOffs) return []
  const held = Object.values(one.steps).filter((run) => run.state === 'held')
  const signed = roles.flatMap((role): Line[] => {
    const by = signOffs[role]
    return by ? [[`${roleTitles[role]} ✔ signed by `, personPiece(by.by), ' ', moment(by.at)]] : []
  })
  const head: Line = ['✋ ', bold('Cannot be undone, and appeared after sign-off: HR and IT sign once more')]
  return [
    list(head, cut(heldItems(held), 6)),
    ...(signed.length > 0 ? [lines(signed)] : []),
    actions(`held-${ref(one.id)}`, heldButtons(one, held)),
  ]
}

function heldItems(held: readonly StepRun[]): Line[] {
  return held.flatMap((run) =>
    run.findings
      .filter((finding) => finding.state === 'open')
      .map((finding): Line => [clip(tidy(`${run.plan.connectorTitle}, ${run.plan.title}: ${finding.label}`), 200)]),
  )
}

function heldButtons(one: Offboarding, held: readonly StepRun[]) {
  const { digest, signOffs } = one.held ?? { digest: '', signOffs: {} as Offboarding['signOffs'] }
  const signs = roles
    .filter((role) => !signOffs[role])
    .map((role) =>
      button({
        action: `sign-${role}`,
        text: `Sign off for ${roleTitles[role]}`,
        value: value(one.id, digestRef(digest)),
        style: 'danger',
        confirm: { title: 'This cannot be undone', text: 'You sign what is listed here as held.', yes: 'Sign off' },
      }),
    )
  const skips = held
    .slice(0, 1)
    .map((run) => button({ action: 'skip', text: 'Skip the first (IT)', value: value(one.id, ref(run.key)) }))
  return [...signs, ...skips]
}
