/** Views as Slack keeps them: identity, hash, state, and the stack that a person has open. */
import type { KnownBlock } from '@slack/types'
import { stateOf } from './forms.ts'
import type { Thing } from './limits.ts'
import { ApiError } from './method.ts'
import { finished } from './normal.ts'
import type { OpenView, View, Workspace } from './workspace.ts'

/** A modal on a modal on a modal, and no further (docs.slack.dev/surfaces/modals). */
const deepest = 3

/** What the app gave, as a view with Slack's fields. What was typed stays where `old` had the same inputs. */
function complete(state: Workspace, given: Thing, old?: View): View {
  const blocks = finished(state, (given.blocks ?? []) as KnownBlock[])
  const id = old?.id ?? state.nextId('V')
  return {
    id,
    team_id: state.team.id,
    type: given.type === 'home' ? 'home' : 'modal',
    blocks,
    private_metadata: String(given.private_metadata ?? ''),
    callback_id: String(given.callback_id ?? ''),
    state: { values: stateOf(blocks, old?.state.values) },
    hash: `${Math.floor(state.clock.now().getTime() / 1000)}.${state.nextId('h')}`,
    title: (given.title ?? null) as Thing | null,
    close: (given.close ?? null) as Thing | null,
    submit: (given.submit ?? null) as Thing | null,
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
    previous_view_id: old?.previous_view_id ?? null,
    root_view_id: old?.root_view_id ?? id,
    app_id: state.app.id,
    app_installed_team_id: state.team.id,
    bot_id: state.app.botId,
    external_id: String(given.external_id ?? ''),
  }
}

/** Closes what the person had open and shows this one. */
export function openView(state: Workspace, user: string, given: Thing, trigger?: string): View {
  uniqueExternalId(state, given)
  closeAll(state, user)
  const view = complete(state, given)
  state.views.set(view.id, { view, user, errors: {}, ...(trigger ? { trigger } : {}) })
  state.stacks.set(user, [view.id])
  return view
}

export function pushView(state: Workspace, user: string, given: Thing, trigger?: string): View {
  const stack = state.stacks.get(user) ?? []
  const under = stack.at(-1)
  if (!under) throw new ApiError('not_found')
  if (stack.length >= deepest) throw new ApiError('push_limit_reached')
  uniqueExternalId(state, given)
  const view = complete(state, given)
  view.previous_view_id = under
  view.root_view_id = stack[0] ?? under
  state.views.set(view.id, { view, user, errors: {}, ...(trigger ? { trigger } : {}) })
  state.stacks.set(user, [...stack, view.id])
  return view
}

export function updateView(state: Workspace, open: OpenView, given: Thing): View {
  uniqueExternalId(state, given, open.view.id)
  open.view = complete(state, given, open.view)
  open.errors = {}
  return open.view
}

export function publishHome(state: Workspace, user: string, given: Thing): View {
  const old = state.views.get(state.homes.get(user) ?? '')
  if (old) return updateView(state, old, given)
  uniqueExternalId(state, given)
  const view = complete(state, given)
  state.views.set(view.id, { view, user, errors: {} })
  state.homes.set(user, view.id)
  return view
}

/** Takes one view off the stack, wherever it is in it. */
export function closeView(state: Workspace, user: string, id: string): void {
  state.views.delete(id)
  const left = (state.stacks.get(user) ?? []).filter((one) => one !== id)
  if (left.length > 0) state.stacks.set(user, left)
  else state.stacks.delete(user)
}

export function closeAll(state: Workspace, user: string): void {
  for (const id of state.stacks.get(user) ?? []) state.views.delete(id)
  state.stacks.delete(user)
}

/** The view on top of what this person has open. */
export function topView(state: Workspace, user: string): OpenView | undefined {
  const id = state.stacks.get(user)?.at(-1)
  return id ? state.views.get(id) : undefined
}

function uniqueExternalId(state: Workspace, given: Thing, except?: string): void {
  if (!given.external_id) return
  for (const { view } of state.views.values())
    if (view.external_id === given.external_id && view.id !== except) throw new ApiError('duplicate_external_id')
}
