/**
 * A pretend in-house system, and how the settings describe it: people, memberships of projects, accounts of customers,
 * keys. It has its own ways (pages by cursor, a key in a header or a token), and knows nothing of Latchkey.
 */
import { randomBytes } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { cast, employee } from '../company.ts'
import { type Answer, type Asked, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { settingsFor } from './settings.ts'

export interface State {
  people: { id: number; email: string; name: string; status: 'active' | 'suspended'; kind: 'human' | 'service' }[]
  memberships: { id: string; person: number; project: string; level: number; inherited: boolean }[]
  customers: { id: string; name: string; owner: number }[]
}

export interface HttpOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  auth?: 'header' | 'token'
  pageSize?: number
}

export interface PretendHttp extends Pretend {
  world: World<State>
  settings: ReturnType<typeof settingsFor>
  secrets: readonly string[]
}

/** For documentation (RFC 5737), so that no name has to be looked up. */
export const host = '192.0.2.10'

export async function pretendHttp(options: HttpOptions = {}): Promise<PretendHttp> {
  const state = world(seed(), options.lagMs)
  const key = randomBytes(16).toString('hex')
  const secrets = [key]
  const tokens = new Set<string>()

  function token({ body, headers }: Asked): Answer {
    const basic = `Basic ${Buffer.from(`latchkey:${key}`).toString('base64')}`
    if (headers.authorization !== basic) return { status: 400, body: { error: 'invalid_client' } }
    if ((body as Record<string, string> | null)?.grant_type !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } }
    const access_token = randomBytes(24).toString('base64url')
    tokens.add(access_token)
    secrets.push(access_token)
    return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: 3600 } }
  }

  function handle(asked: Asked): Answer {
    if (asked.path === '/oauth/token') return asked.method === 'POST' ? token(asked) : { status: 405 }
    const known =
      options.auth === 'token'
        ? tokens.has(asked.headers.authorization?.replace('Bearer ', '') ?? '')
        : asked.headers['x-api-key'] === key
    if (!known) return { status: 401, body: { message: 'who are you?' } }
    return answer(asked, state, options.pageSize ?? 2)
  }

  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: [host],
    handle,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(traffic === undefined ? {} : { traffic }),
  })
  const auth =
    options.auth === 'token'
      ? { tokenUrl: `https://${host}/oauth/token`, clientId: 'latchkey', clientSecret: new Secret(key) }
      : { header: 'X-Api-Key', value: new Secret(key) }
  return { ...server, world: state, secrets, settings: settingsFor(host, auth) }
}

function answer(asked: Asked, state: World<State>, pageSize: number): Answer {
  const [, base, what = '', id = '', more] = asked.path.split('/').map(decodeURIComponent)
  if (base !== 'v1') return missing
  const route = `${asked.method} ${what}${id ? '/*' : ''}${more ? `/${more}` : ''}`
  const one = (state.read().people ?? []).find((person) => String(person.id) === id)
  if (route === 'GET self') return { status: 200, body: { client: { name: 'latchkey' } } }
  if (route === 'GET people') return paged(asked, state.read().people, pageSize)
  if (route === 'GET people/*') return one ? { status: 200, body: { person: one } } : missing
  if (route === 'GET people/*/memberships')
    return paged(
      asked,
      state.read().memberships.filter((two) => String(two.person) === id),
      pageSize,
    )
  if (route === 'GET customers')
    return paged(
      asked,
      state.read().customers.filter((two) => String(two.owner) === asked.query.get('owner')),
      pageSize,
    )
  return write(route, { asked, id, state })
}

const missing: Answer = { status: 404, body: { message: 'no such thing' } }

interface Write {
  asked: Asked
  id: string
  state: World<State>
}

const writes: Readonly<Record<string, (write: Write, body: Record<string, unknown>) => Answer>> = {
  'PATCH people/*': ({ id, state }, { status }) =>
    state.write(({ people }) => {
      const person = people.find((one) => String(one.id) === id)
      if (!person) return missing
      if (status !== 'active' && status !== 'suspended')
        return { status: 422, body: { message: 'status is not known' } }
      person.status = status
      return { status: 200, body: { person } }
    }),
  'DELETE people/*': ({ id, state }) =>
    state.write((truth) => {
      const owned = truth.customers.some((one) => String(one.owner) === id)
      if (owned) return { status: 409, body: { message: 'owns customers' } }
      if (!truth.people.some((one) => String(one.id) === id)) return missing
      truth.people = truth.people.filter((one) => String(one.id) !== id)
      truth.memberships = truth.memberships.filter((one) => String(one.person) !== id)
      return { status: 204 }
    }),
  'DELETE memberships/*': ({ id, state }) =>
    state.write((truth) => {
      const one = truth.memberships.find((two) => two.id === id)
      if (!one) return missing
      if (one.inherited) return { status: 403, body: { message: 'inherited from a team' } }
      truth.memberships = truth.memberships.filter((two) => two !== one)
      return { status: 204 }
    }),
  'POST memberships': ({ state }, { person, project, level }) =>
    state.write(({ memberships }) => {
      if (typeof level !== 'number' || !person || !project)
        return { status: 422, body: { message: 'person, project and a number as level' } }
      const id = `${person}:${project}`
      if (memberships.some((one) => one.id === id)) return { status: 409, body: { message: 'is a member' } }
      memberships.push({ id, person: Number(person), project: String(project), level, inherited: false })
      return { status: 201, body: { id } }
    }),
  'PUT customers/*/owner': ({ id, state }, { owner }) =>
    state.write(({ customers, people }) => {
      const customer = customers.find((one) => one.id === id)
      if (!customer || !people.some((one) => String(one.id) === String(owner))) return missing
      customer.owner = Number(owner)
      return { status: 200, body: {} }
    }),
}

function write(route: string, { asked, id, state }: Write): Answer {
  const change = writes[route]
  return change
    ? change({ asked, id, state }, (asked.body ?? {}) as Record<string, unknown>)
    : { status: 405, body: {} }
}

function paged(asked: Asked, all: readonly unknown[], size: number): Answer {
  const from = Number(asked.query.get('cursor') ?? 0)
  const next = from + size < all.length ? String(from + size) : null
  return { status: 200, body: { items: all.slice(from, from + size), next } }
}

function seed(): State {
  const staff = [cast.leaver, cast.namesake, cast.manager, cast.it, cast.other]
  const people = staff.map((email) => {
    const { id, name } = employee(email)
    return { id: 100 + id, email, name, status: 'active' as const, kind: 'human' as const }
  })
  const [leaver, namesake, manager] = people.map((one) => one.id) as [number, number, number]
  const member = (person: number, project: string, level: number, inherited = false) => ({
    id: `${person}:${project}`,
    ...{ person, project, level, inherited },
  })
  return {
    people: [...people, { id: 900, email: 'robot@example.com', name: 'Robot', status: 'active', kind: 'service' }],
    memberships: [
      member(leaver, 'north', 30),
      member(leaver, 'south', 20),
      member(leaver, 'a/b ?c', 10),
      member(namesake, 'north', 30),
      member(manager, 'north', 50),
    ],
    customers: [
      { id: 'c-1', name: 'Ada Bakery', owner: leaver },
      { id: 'c-2', name: 'Berg Yachts', owner: leaver },
      { id: 'c-3', name: 'Costa Tiles', owner: leaver },
      { id: 'c-4', name: 'Dahl Books', owner: manager },
    ],
  }
}
