/** The rest: reactions, blocks.validate, and the functions of Workflow Builder. */
import { isThing, problems, type Thing } from '../limits.ts'
import { ApiError, type Call, joined, json, type Method, object, refuse, tier } from '../method.ts'
import { messageAt } from '../workspace.ts'

export const other: Record<string, Method> = {
  'reactions.add': {
    token: 'bot',
    scopes: ['reactions:write'],
    perMinute: tier.three,
    required: ['channel', 'name', 'timestamp'],
    run: react,
  },
  'blocks.validate': { token: 'any', run: validate },
  'functions.completeSuccess': {
    token: 'any',
    perMinute: tier.three,
    required: ['function_execution_id', 'outputs'],
    run: (call) => finish(call, { outputs: json(call, 'outputs', 'invalid_arguments') }),
  },
  'functions.completeError': {
    token: 'any',
    perMinute: tier.three,
    required: ['function_execution_id', 'error'],
    run: (call) => finish(call, { error: call.args.error }),
  },
  'api.test': { token: 'any', run: (call) => ({ ok: true, args: call.args }) },
}

function react(call: Call) {
  const to = joined(call, call.args.channel)
  const message = messageAt(call.state, to.id, call.args.timestamp ?? '')
  if (!message) throw new ApiError('message_not_found')
  const name = call.args.name ?? ''
  const by = call.state.app.userId
  const reactions = message.reactions ?? []
  message.reactions = reactions
  const known = reactions.find((one) => one.name === name)
  if (known?.users.includes(by)) throw new ApiError('already_reacted')
  if (!known) reactions.push({ name, users: [by], count: 1 })
  known?.users.push(by)
  if (known) known.count += 1
  return { ok: true }
}

/** Exactly one of blocks, message or view (docs.slack.dev/reference/methods/blocks.validate). */
function validate(call: Call) {
  const names = ['blocks', 'message', 'view'].filter((name) => call.args[name] !== undefined)
  if (names.length !== 1) throw refuse('invalid_arguments', ['exactly one of blocks, message or view must be given'])
  const given = json(call, names[0] as string, 'invalid_arguments')
  const view = object(given)
  const found =
    names[0] === 'view'
      ? problems(view.type === 'home' ? 'home' : 'modal', view)
      : problems('message', messageOf(given))
  const first = found[0]
  if (first)
    throw refuse(
      first.error,
      found.map((one) => one.message),
    )
  return { ok: true }
}

function finish(call: Call, result: Thing) {
  const execution = call.state.executions.get(call.args.function_execution_id ?? '')
  if (!execution) throw new ApiError('function_execution_not_found')
  if (execution.result) throw new ApiError('execution_not_in_running_state')
  execution.result = result
  return { ok: true }
}

function messageOf(given: unknown): Thing {
  return isThing(given) ? given : { text: 'given to blocks.validate', blocks: given }
}
