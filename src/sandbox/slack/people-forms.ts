/** Filling in, sending and closing modals. */
import { type Answer, answerOf, applied, begin, type Stage, unsent } from './answer.ts'
import type { Outcome } from './delivery.ts'
import { filled, inputsOf, refusedByClient } from './forms.ts'
import type { Thing } from './limits.ts'
import { mustBeFine, object, refuse } from './method.ts'
import { newTrigger, viewClosed, viewSubmission } from './payloads.ts'
import { click } from './people-clicks.ts'
import { closeAll, closeView, pushView, topView, updateView } from './views.ts'
import type { OpenView, View } from './workspace.ts'

const trouble = 'We had some trouble connecting. Try again?'

/** `values` by block_id or action_id; an option is named by its value. What is left out stays as it is shown. */
export async function submit(
  stage: Stage,
  user: string,
  target: View,
  values: Record<string, unknown> = {},
): Promise<Answer> {
  stage.mayAct(user)
  const open = onTop(stage, user, target)
  if (!open.view.submit) throw new Error(`the view ${target.id} has no button to submit it`)
  for (const [name, value] of Object.entries(values)) await fill(stage, open, name, value)
  const trigger = newTrigger(stage.state, user, target.id)
  const began = begin(stage, user, trigger)
  const refused = refusedByClient(open.view.blocks, open.view.state.values)
  open.errors = refused
  stage.state.changed()
  if (Object.keys(refused).length > 0) return unsent(stage, began, refused)
  const outcome = await stage.interact('interactive', viewSubmission(stage.state, user, trigger, open.view))
  const problems = outcome.acked ? applied(() => follow(stage, open, outcome, trigger)) : []
  stage.state.changed()
  if (!outcome.acked) return answerOf(stage, began, outcome, { shown: trouble })
  if (problems.length > 0)
    return answerOf(stage, began, outcome, { failure: 'invalid_response', shown: trouble, problems })
  return answerOf(stage, began, outcome, { errors: { ...open.errors } })
}

function onTop(stage: Stage, user: string, target: View): OpenView {
  const top = topView(stage.state, user)
  if (top?.view.id !== target.id) throw new Error(`the view ${target.id} is not what ${user} has in front of them`)
  return top
}

/** What stands in the fields, and is neither checked nor sent yet. */
export function fillIn(stage: Stage, user: string, target: View, values: Record<string, unknown>): void {
  stage.mayAct(user)
  const open = target.type === 'home' ? stage.state.views.get(target.id) : onTop(stage, user, target)
  if (open?.user !== user) throw new Error(`${user} does not have the view ${target.id} open`)
  for (const [name, value] of Object.entries(values)) {
    const { blockId, action, entry } = entryFor(open, name, value)
    open.view.state.values[blockId] = { ...open.view.state.values[blockId], [action]: entry }
  }
}

function entryFor(open: OpenView, name: string, value: unknown) {
  const found = inputsOf(open.view.blocks).find((one) => one.blockId === name || one.element.action_id === name)
  if (!found) {
    const known = inputsOf(open.view.blocks).map((one) => one.blockId)
    throw new Error(`the view ${open.view.id} has no field ${name}, only: ${known.join(', ')}`)
  }
  return { ...found, action: String(found.element.action_id), entry: filled(found.element, value) }
}

/** A field with `dispatch_action` tells the app of a change before the form is sent, as in Slack's client. */
async function fill(stage: Stage, open: OpenView, name: string, value: unknown): Promise<void> {
  const { blockId, block, action, entry } = entryFor(open, name, value)
  const before = open.view.state.values[blockId]
  if (JSON.stringify(before?.[action]) === JSON.stringify(entry)) return
  const telling = block.type !== 'input' || block.dispatch_action === true
  if (telling) await click(stage, open.user, open.view, action, { value, blockId })
  else open.view.state.values[blockId] = { ...before, [action]: entry }
}

/** What Slack does with the acknowledgement of a form. */
function follow(stage: Stage, open: OpenView, outcome: Outcome, trigger: string): void {
  const { state } = stage
  const { response_action: action, ...rest } = outcome.body
  if (action === undefined && Object.keys(rest).length > 0)
    throw refuse('invalid_response', ['a form is acknowledged with nothing, or with a response_action'])
  if (action === undefined) return closeView(state, open.user, open.view.id)
  if (action === 'clear') return closeAll(state, open.user)
  if (action === 'errors') return showErrors(open, object(rest.errors))
  const view = object(rest.view)
  mustBeFine('modal', view)
  if (action === 'update') return void updateView(state, open, view)
  if (action === 'push') return void pushView(state, open.user, view, trigger)
  throw refuse('invalid_response', [`unknown response_action ${String(action)}`])
}

/** Errors can only stand under input blocks. */
function showErrors(open: OpenView, errors: Thing): void {
  const fields = inputsOf(open.view.blocks).filter((one) => one.submitted)
  const known = new Set(fields.map((one) => one.blockId))
  const unknown = Object.keys(errors).filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw refuse(
      'invalid_response',
      unknown.map((id) => `${id} is not an input block of this view`),
    )
  if (Object.keys(errors).length === 0) throw refuse('invalid_response', ['errors is empty'])
  open.errors = Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]))
}

/** The app hears of it only where the view has `notify_on_close`. */
export async function close(stage: Stage, user: string, target?: View): Promise<Answer> {
  stage.mayAct(user)
  const open = topView(stage.state, user)
  if (!open || (target && open.view.id !== target.id)) throw new Error(`${user} has no such view in front of them`)
  const began = begin(stage, user, newTrigger(stage.state, user))
  const all = (stage.state.stacks.get(user) ?? []).flatMap((id) => stage.state.views.get(id) ?? [])
  const cleared = open.view.clear_on_close
  const closed = cleared ? all : [open]
  if (cleared) closeAll(stage.state, user)
  else closeView(stage.state, user, open.view.id)
  stage.state.changed()
  let last: Outcome | undefined
  for (const { view } of closed.filter((one) => one.view.notify_on_close))
    last = await stage.interact('interactive', viewClosed(stage.state, user, view, cleared))
  return last ? answerOf(stage, began, last) : unsent(stage, began)
}
