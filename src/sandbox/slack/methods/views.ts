/** views.*: modals and the home tab. */
import type { Thing } from '../limits.ts'
import { ApiError, type Call, json, type Method, member, mustBeFine, object, tier } from '../method.ts'
import { openView, publishHome, pushView, updateView } from '../views.ts'
import type { OpenView, Trigger } from '../workspace.ts'

const perMinute = tier.four

export const views: Record<string, Method> = {
  'views.open': { token: 'bot', perMinute, required: ['view'], run: open },
  'views.push': { token: 'bot', perMinute, required: ['view'], run: push },
  'views.update': { token: 'bot', perMinute, required: ['view'], run: update },
  'views.publish': { token: 'bot', perMinute, required: ['user_id', 'view'], run: publish },
}

/** A trigger works once, within three seconds of the click (docs.slack.dev/interactivity/handling-user-interaction). */
function exchange(call: Call): Trigger & { id: string } {
  const id = call.args.trigger_id ?? call.args.interactivity_pointer ?? ''
  const trigger = call.state.triggers.get(id)
  if (!trigger) throw new ApiError('invalid_trigger_id')
  if (call.clock.now().getTime() - trigger.at > call.knobs.triggerMs) throw new ApiError('expired_trigger_id')
  if (trigger.used) throw new ApiError('exchanged_trigger_id')
  return Object.assign(trigger, { id })
}

function given(call: Call, kind: 'modal' | 'home'): Thing {
  const view = object(json(call, 'view', 'invalid_arguments'))
  mustBeFine(kind, view)
  return view
}

function open(call: Call) {
  const view = given(call, 'modal')
  const trigger = exchange(call)
  const opened = openView(call.state, trigger.user, view, trigger.id)
  trigger.used = true
  return { ok: true, view: opened }
}

function push(call: Call) {
  const view = given(call, 'modal')
  const trigger = exchange(call)
  const opened = pushView(call.state, trigger.user, view, trigger.id)
  trigger.used = true
  return { ok: true, view: opened }
}

function update(call: Call) {
  const { view_id: id, external_id: external } = call.args
  const view = given(call, 'modal')
  const found = [...call.state.views.values()].find((one) =>
    id ? one.view.id === id : Boolean(external) && one.view.external_id === external,
  )
  if (!found || found.view.type === 'home') throw new ApiError('not_found')
  fresh(call, found)
  return { ok: true, view: updateView(call.state, found, view) }
}

function publish(call: Call) {
  if (!call.knobs.homeEnabled) throw new ApiError('not_enabled')
  const user = member(call, call.args.user_id)
  const view = given(call, 'home')
  const before = call.state.views.get(call.state.homes.get(user.id) ?? '')
  if (before) fresh(call, before)
  return { ok: true, view: publishHome(call.state, user.id, view) }
}

function fresh(call: Call, before: OpenView): void {
  if (call.args.hash && call.args.hash !== before.view.hash) throw new ApiError('hash_conflict')
}
