/** The methods for users (API reference, Users): each with its scopes, and with Zoom's own codes for a refusal. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { accountId, type State, type User } from './state.ts'

export interface Call {
  asked: Asked
  world: World<State>
  id: string
}

export interface Method {
  method: string
  /** Behind `/v2/users/{userId}`. */
  tail: string
  scope: string
  classic: string
  answer(call: Call): Answer
}

const read = 'user:read:admin'
const write = 'user:write:admin'

export const methods: readonly Method[] = [
  { method: 'GET', tail: '', scope: 'user:read:user:admin', classic: read, answer: get },
  { method: 'PATCH', tail: '', scope: 'user:update:user:admin', classic: write, answer: update },
  { method: 'DELETE', tail: '', scope: 'user:delete:user:admin', classic: write, answer: end },
  { method: 'PUT', tail: '/status', scope: 'user:update:status:admin', classic: write, answer: status },
  { method: 'DELETE', tail: '/token', scope: 'user:delete:token:admin', classic: write, answer: revoke },
  {
    method: 'GET',
    tail: '/assistants',
    scope: 'user:read:list_assistants:admin',
    classic: read,
    answer: listAssistants,
  },
  { method: 'POST', tail: '/assistants', scope: 'user:write:assistant:admin', classic: write, answer: addAssistants },
  {
    method: 'DELETE',
    tail: '/assistants',
    scope: 'user:delete:assistant:admin',
    classic: write,
    answer: dropAssistants,
  },
  {
    method: 'GET',
    tail: '/schedulers',
    scope: 'user:read:list_schedulers:admin',
    classic: read,
    answer: listSchedulers,
  },
  {
    method: 'DELETE',
    tail: '/schedulers',
    scope: 'user:delete:scheduler:admin',
    classic: write,
    answer: dropSchedulers,
  },
]

export function refusal(httpStatus: number, code: number, message: string): Answer {
  return { status: httpStatus, body: { code, message } }
}

const nothing: Answer = { status: 204 }

/** By id or address; whoever was set free is of another account. */
export function findUser(state: State, key: string): User | undefined {
  return state.users.find((user) => user.id === key || user.email === key.toLowerCase())
}

export function noSuchUser(key: string): Answer {
  return refusal(404, 1001, `User does not exist: ${key}.`)
}

function on(call: Call, work: (user: User, state: State) => Answer): Answer {
  if (!findUser(call.world.truth(), call.id)) return noSuchUser(call.id)
  return call.world.write((state) => work(findUser(state, call.id) as User, state))
}

const roleNames = { '0': 'Owner', '1': 'Admin', '2': 'Member' } as const

function get({ world, id }: Call): Answer {
  const user = findUser(world.read(), id)
  if (!user) return noSuchUser(id)
  const { signedIn: _1, meetings: _2, webinars: _3, recordings: _4, whiteboards: _5, ...shown } = user
  const body = {
    ...shown,
    account_id: accountId,
    role_name: roleNames[user.role_id],
    created_at: '2021-03-02T09:00:00Z',
  }
  return { status: 200, body }
}

function update(call: Call): Answer {
  const { type, ...more } = (call.asked.body ?? {}) as { type?: unknown }
  if (Object.keys(more).length > 0 || (type !== 1 && type !== 2)) return refusal(400, 300, 'Validation Failed.')
  return on(call, (user) => {
    user.type = type
    return nothing
  })
}

/** "Deactivating a user removes all licenses associated with a user." */
function status(call: Call): Answer {
  const { action } = (call.asked.body ?? {}) as { action?: unknown }
  if (action !== 'activate' && action !== 'deactivate') return refusal(400, 300, 'Validation Failed.')
  return on(call, (user) => {
    if (user.role_id === '0') return refusal(400, 200, 'The account owner cannot be deactivated.')
    if (user.status === 'pending') return refusal(400, 200, 'A pending user cannot be deactivated.')
    user.status = action === 'activate' ? 'active' : 'inactive'
    if (action === 'deactivate') Object.assign(user, { type: 1, signedIn: false })
    return nothing
  })
}

function revoke(call: Call): Answer {
  return on(call, (user) => {
    user.signedIn = false
    return nothing
  })
}

const kinds = ['meeting', 'webinar', 'recording', 'whiteboard'] as const

function end(call: Call): Answer {
  const { query } = call.asked
  const action = query.get('action') ?? 'disassociate'
  const email = query.get('transfer_email')
  if (action !== 'disassociate' && action !== 'delete') return refusal(400, 300, 'Validation Failed.')
  return on(call, (user, state) => {
    if (user.role_id === '0') return refusal(400, 200, 'Cannot delete the account owner.')
    if (user.status === 'pending' && action === 'delete') return refusal(400, 200, 'Cannot delete a pending user.')
    const receiver = email === null ? undefined : findUser(state, email)
    const refused = email === null ? undefined : unfit(user, receiver, query)
    if (refused) return refused
    if (receiver) handOver(user, receiver, query)
    state.users = state.users.filter((one) => one !== user)
    state.scheduling = state.scheduling.filter((one) => one.scheduler !== user.id && one.assistant !== user.id)
    if (action === 'disassociate') state.free.push(user)
    return nothing
  })
}

function unfit(user: User, receiver: User | undefined, query: URLSearchParams): Answer | undefined {
  if (receiver?.status !== 'active') return refusal(400, 1105, 'The transfer user does not exist.')
  if (receiver === user)
    return refusal(400, 300, 'The transfer-to email address cannot be the same as the deleted user’s email address.')
  if (query.get('transfer_recording') === 'true' && receiver.type !== 2)
    return refusal(400, 200, 'The transfer user must be licensed to receive cloud recordings.')
  return undefined
}

function handOver(user: User, receiver: User, query: URLSearchParams): void {
  for (const kind of kinds) {
    if (query.get(`transfer_${kind}`) !== 'true') continue
    receiver[`${kind}s`].push(...user[`${kind}s`])
    user[`${kind}s`] = []
  }
}

function people(state: State, ids: readonly string[]) {
  return ids.flatMap((id) => {
    const user = findUser(state, id)
    return user ? [{ id: user.id, email: user.email }] : []
  })
}

function listAssistants({ world, id }: Call): Answer {
  const state = world.read()
  const user = findUser(state, id)
  if (!user) return noSuchUser(id)
  const found = state.scheduling.filter((one) => one.scheduler === user.id).map((one) => one.assistant)
  return { status: 200, body: { assistants: people(state, found) } }
}

function listSchedulers({ world, id }: Call): Answer {
  const state = world.read()
  const user = findUser(state, id)
  if (!user) return noSuchUser(id)
  const found = state.scheduling.filter((one) => one.assistant === user.id).map((one) => one.scheduler)
  return { status: 200, body: { schedulers: people(state, found) } }
}

function addAssistants(call: Call): Answer {
  const { assistants } = (call.asked.body ?? {}) as { assistants?: { id?: string; email?: string }[] }
  if (!Array.isArray(assistants) || assistants.length > 30) return refusal(400, 300, 'Validation Failed.')
  return on(call, (user, state) => {
    for (const given of assistants) {
      const assistant = findUser(state, given.id ?? given.email ?? '')
      if (!assistant) return refusal(400, 300, 'No permission to add the assistant.')
      const known = state.scheduling.some((one) => one.scheduler === user.id && one.assistant === assistant.id)
      if (!known) state.scheduling.push({ scheduler: user.id, assistant: assistant.id })
    }
    return { status: 201, body: { ids: assistants.map((one) => one.id).join(','), add_at: '2026-11-23T00:00:00Z' } }
  })
}

function dropAssistants(call: Call): Answer {
  return on(call, (user, state) => {
    state.scheduling = state.scheduling.filter((one) => one.scheduler !== user.id)
    return nothing
  })
}

function dropSchedulers(call: Call): Answer {
  return on(call, (user, state) => {
    state.scheduling = state.scheduling.filter((one) => one.assistant !== user.id)
    return nothing
  })
}
