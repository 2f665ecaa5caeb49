/** The test of the connector test: a good connector passes it, and each way of being bad is noticed. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type At, type AutomaticStep, type Connector, type Gate, Secret, secret } from '../../src/connector.ts'
import { type Answer, type Asked, pretend } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { world } from '../../src/sandbox/world.ts'
import { checksOf, testConnector } from './test-connector.ts'
import type { Bed } from './test-connector-rig.ts'

interface User {
  id: string
  email: string
  active: boolean
  keys: string[]
  delegates: string[]
}

const token = 'toy-token-0123456789'
const pageSize = 2

/** A vendor with users, keys in pages, delegates that may be doubled, and deletion. */
async function toyBed(): Promise<Bed> {
  const store = world<{ users: User[] }>({ users: [user('1', 'jo', 5), user('2', 'jan', 3), user('3', 'ada', 0)] }, 20)
  const server = await pretend({ hosts: ['toy.test'], handle: (asked) => answer(asked, store) })
  const leaver = person('jo')
  return {
    settings: { token: new Secret(token) },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: person('nobody'),
    handOverTo: person('ada'),
    state: () => store.truth(),
    untouchable: () => store.truth().users.filter((one) => one.email !== leaver.emails[0]),
    secrets: [token],
    close: server.close,
  }
}

function user(id: string, name: string, keys: number): User {
  const named = Array.from({ length: keys }, (_, index) => `key-${id}-${index}`)
  return { id, email: `${name}@example.com`, active: true, keys: named, delegates: [] }
}

function person(name: string) {
  return { id: `U${name}`, name, emails: [`${name}@example.com`] }
}

type Store = ReturnType<typeof world<{ users: User[] }>>

function answer(asked: Asked, store: Store): Answer {
  if (asked.headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'invalid_token' } }
  const [, , id, part, item] = asked.path.split('/')
  const users = asked.method === 'GET' ? store.read().users : store.truth().users
  if (!id) return { status: 200, body: users.filter((one) => one.email === asked.query.get('email')?.toLowerCase()) }
  const found = users.find((one) => one.id === id)
  if (!found) return { status: 404, body: { error: 'not_found' } }
  if (asked.method === 'GET') return read(found, part, Number(asked.query.get('from') ?? 0))
  return store.write(({ users: all }) => change(asked, all, found, part, item))
}

function read(found: User, part: string | undefined, from: number): Answer {
  if (part !== 'keys') return { status: 200, body: found }
  const next = from + pageSize < found.keys.length ? from + pageSize : null
  return { status: 200, body: { keys: found.keys.slice(from, from + pageSize), next } }
}

function change(asked: Asked, all: User[], found: User, part?: string, item?: string): Answer {
  if (asked.method === 'PATCH') found.active = false
  else if (part === 'delegates') found.delegates.push((asked.body as { to: string }).to)
  else if (part === 'keys') found.keys = found.keys.filter((key) => key !== item)
  else all.splice(all.indexOf(found), 1)
  return { status: 204 }
}

interface Client {
  get<T>(path: string): Promise<T>
  send(method: string, path: string, body?: unknown): Promise<void>
}

function connect(settings: { token: Secret }, gate: Gate): Client {
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${settings.token.reveal()}`, 'content-type': 'application/json' }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const response = await gate.fetch(`https://toy.test${path}`, init)
    if (response.ok) return response
    throw Object.assign(new Error(`toy answered ${response.status}`), { status: response.status })
  }
  return {
    get: async <T>(path: string) => (await (await ask('GET', path)).json()) as T,
    send: async (method, path, body) => void (await ask(method, path, body).catch(unlessGone)),
  }
}

function unlessGone(error: { status?: number }): void {
  if (error.status !== 404) throw error
}

type ToyAt = At<Client>

async function userOf(at: ToyAt): Promise<User | undefined> {
  try {
    return await at.once('user', () => at.client.get<User>(`/users/${at.account.id}`))
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined
    throw error
  }
}

const signIn: AutomaticStep<Client> = {
  id: 'sign-in',
  title: 'Block sign-in',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const found = await userOf(at)
    if (!found) return []
    return [{ id: 'sign-in', label: 'Sign-in', state: found.active ? 'open' : 'done', fact: `active=${found.active}` }]
  },
  apply: (at) => at.client.send('PATCH', `/users/${at.account.id}`, { active: false }),
}

const keys: AutomaticStep<Client> = {
  id: 'keys',
  title: 'Delete keys',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    const all: string[] = []
    for (let from: number | null = 0; from !== null; ) {
      const page: { keys: string[]; next: number | null } = await keysPage(at, from)
      all.push(...page.keys)
      from = page.next
    }
    return all.map((id) => ({ id, label: `Key ${id}`, state: 'open', fact: `${id} exists` }))
  },
  apply: (at, finding) => at.client.send('DELETE', `/users/${at.account.id}/keys/${finding.id}`),
}

async function keysPage(at: ToyAt, from: number) {
  const gone = { keys: [], next: null }
  if (!(await userOf(at))) return gone
  return at.client.get<{ keys: string[]; next: number | null }>(`/users/${at.account.id}/keys?from=${from}`)
}

const delegate: AutomaticStep<Client> = {
  id: 'delegate',
  title: 'Hand the mailbox over',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const found = await userOf(at)
    const there = found?.delegates.includes(at.handOverTo?.id ?? '')
    return found ? [{ id: 'delegate', label: 'Delegate', state: there ? 'done' : 'open', fact: `there: ${there}` }] : []
  },
  async apply(at) {
    const found = await at.client.get<User>(`/users/${at.account.id}`)
    const to = at.handOverTo?.id ?? ''
    if (!found.delegates.includes(to)) await at.client.send('POST', `/users/${at.account.id}/delegates`, { to })
  },
}

const remove: AutomaticStep<Client> = {
  id: 'delete',
  title: 'Delete the user',
  area: 'directory',
  phase: 'reclaim',
  needs: ['toy/keys'],
  irreversible: true,
  async find(at) {
    return (await userOf(at)) ? [{ id: 'user', label: 'User', state: 'open', fact: 'exists' }] : []
  },
  apply: (at) => at.client.send('DELETE', `/users/${at.account.id}`),
}

const toy: Connector<{ token: Secret }, Client> = {
  id: 'toy',
  title: 'Toy',
  rights: [{ name: 'users:write', for: 'everything' }],
  settings: z.strictObject({ token: secret() }),
  limits: [{ id: 'all', perSecond: 100, concurrent: 10, source: 'assumed' }],
  renew: 'makes a new token in the settings of Toy.',
  connect,
  check: async (client) => {
    await client.get('/users?email=x')
    return { as: 'the toy token', missing: [] }
  },
  async locate(client, leaver) {
    const found = await Promise.all(
      leaver.emails.map((email) => client.get<User[]>(`/users?email=${encodeURIComponent(email)}`)),
    )
    return found.flat().map((one) => ({ realm: 'toy', id: one.id, label: one.email }))
  },
  steps: [remove, keys, delegate, signIn],
}

testConnector(toy, { bed: toyBed })

function withStep(step: AutomaticStep<Client>): typeof toy {
  return { ...toy, steps: toy.steps.map((one) => (one.id === step.id ? step : one)) }
}

async function firstPageOnly(at: ToyAt) {
  const page = await keysPage(at, 0)
  return page.keys.map((id) => ({ id, label: id, state: 'open' as const, fact: 'exists' }))
}

async function orEmpty<T>(work: Promise<T[]>): Promise<T[]> {
  return work.catch(() => [])
}

const bad: readonly { what: string; connector: Connector; check: string; says: RegExp }[] = [
  {
    what: 'reads only the first page',
    connector: withStep({ ...keys, find: firstPageOnly }),
    check: 'does every step in its order, and each ends well',
    says: /step keys: open, but not found at the first look/,
  },
  {
    what: 'swallows a 401 in find',
    connector: withStep({ ...keys, find: (at) => orEmpty(Promise.resolve(keys.find(at)) as Promise<never[]>) }),
    check: 'says what to renew when the credential is refused',
    says: /step keys: find went well although the vendor answered 401/,
  },
  {
    what: 'swallows a 401 in apply',
    connector: withStep({ ...keys, apply: (at, finding) => keys.apply(at, finding).catch(() => undefined) }),
    check: 'says what to renew when the credential is refused',
    says: /step keys: apply went well although the vendor answered 401/,
  },
  {
    what: 'writes while it looks',
    connector: withStep({ ...keys, find: (at) => signIn.apply(at, {} as never).then(() => keys.find(at)) }),
    check: 'finds every step open, and changes nothing by looking',
    says: /step sign-in: nothing is open|writes while looking/,
  },
  ...['unreachable', "a proxy's page", 'forbidden'].map((what) => ({
    what: `takes ${what} for empty`,
    connector: withStep({ ...keys, find: (at) => orEmpty(Promise.resolve(keys.find(at)) as Promise<never[]>) }),
    check: `never takes ${what} for empty`,
    says: /step keys: find took a vendor that cannot be read for: nothing found/,
  })),
  {
    what: 'shows the secret in a fact',
    connector: withStep({
      ...signIn,
      find: async (at) => (await signIn.find(at)).map((one) => ({ ...one, fact: `asked with ${token}` })),
    }),
    check: 'finds every step open, and changes nothing by looking',
    says: /A secret is to be seen in: .*\[the secret\]/,
  },
  {
    what: 'says what it put into escrow',
    connector: withStep({
      ...signIn,
      async apply(at, finding) {
        await at.escrow?.keep('PIN', '240917')
        await signIn.apply(at, finding)
        return { pin: '240917' }
      },
    }),
    check: 'does every step in its order, and each ends well',
    says: /What is kept as "toy#PIN" is to be seen in: \{"pin":"\[the key\]"\}/,
  },
  {
    what: 'finds nothing',
    connector: withStep({ ...keys, find: async () => [] }),
    check: 'finds every step open, and changes nothing by looking',
    says: /step keys: nothing is open before apply: nothing found/,
  },
  {
    what: 'does nothing',
    connector: withStep({ ...signIn, apply: async () => undefined }),
    check: 'does every step in its order, and each ends well',
    says: /step sign-in: open after apply, expected done: sign-in is open \(active=true\)/,
  },
  {
    what: 'doubles what it creates',
    connector: withStep({
      ...delegate,
      apply: (at) => at.client.send('POST', `/users/${at.account.id}/delegates`, { to: at.handOverTo?.id }),
    }),
    check: 'does every order twice without harm',
    says: /doubled/,
  },
  {
    what: 'doubles what it creates after a lost answer',
    connector: withStep({
      ...delegate,
      async find(at) {
        const applied = at.applied('delegate')
        return [{ id: 'delegate', label: 'Delegate', state: applied?.answeredAt ? 'done' : 'open', fact: 'ordered' }]
      },
      apply: (at) => at.client.send('POST', `/users/${at.account.id}/delegates`, { to: at.handOverTo?.id }),
    }),
    check: 'reads a lost answer back and doubles nothing: delegate',
    says: /step delegate: an effect is doubled or missing after POST toy.test\/users\/\*\/delegates \{to\} was lost/,
  },
  {
    what: 'hides a lost answer',
    connector: withStep({ ...signIn, apply: (at, finding) => signIn.apply(at, finding).catch(() => undefined) }),
    check: 'reads a lost answer back and doubles nothing: sign-in',
    says: /the lost answer to PATCH toy.test\/users\/\* \{active\} went unnoticed/,
  },
  {
    what: 'takes a stranger for the leaver',
    connector: { ...toy, locate: async () => [{ realm: 'toy', id: '1', label: 'jo' }] },
    check: 'finds the account of the leaver, and none of a stranger',
    says: /to deeply equal \[\]/,
  },
  {
    what: 'touches somebody else',
    connector: withStep({
      ...signIn,
      apply: (at) => at.client.send('PATCH', '/users/2', {}).then(() => signIn.apply(at, {} as never)),
    }),
    check: 'does every step in its order, and each ends well',
    says: /what belongs to others has changed/,
  },
  {
    what: 'minds how an address is written',
    connector: {
      ...toy,
      locate: (client, leaver) =>
        leaver.emails[0] === 'JO@EXAMPLE.COM' ? Promise.resolve([]) : toy.locate(client, leaver),
    },
    check: 'finds the account of the leaver, and none of a stranger',
    says: /an address in capitals is the same address/,
  },
  {
    what: 'gives a thing another id at each look',
    connector: withStep({
      ...signIn,
      find: async (at) => (await signIn.find(at)).map((one) => ({ ...one, id: crypto.randomUUID() })),
    }),
    check: 'finds every step open, and changes nothing by looking',
    says: /step sign-in: ids stay the same from look to look/,
  },
  {
    what: 'lacks a right',
    connector: { ...toy, check: async () => ({ as: 'the toy token', missing: ['users:write, in the console'] }) },
    check: 'check() says whom it is signed in as, and that no right is missing',
    says: /users:write/,
  },
  {
    what: 'names a step that it does not have',
    connector: withStep({ ...remove, needs: ['toy/keyz'] }),
    check: 'describes itself in full',
    says: /toy\/keyz/,
  },
]

describe('the connector test notices a connector that', () => {
  it.each(bad)('$what', { timeout: 20_000 }, async ({ connector, check, says }) => {
    const found = checksOf(connector, { bed: toyBed }).find((one) => one.name === check)
    await expect(found?.run(connector, { bed: toyBed })).rejects.toThrow(says)
  })
})

describe('the connector test', () => {
  it('says which checks do not concern a bed without pretend servers', async () => {
    const bed = async () => ({ ...(await toyBed()), servers: [] })
    const check = checksOf(toy, { bed }).find((one) => one.name.startsWith('waits out'))
    await expect(check?.run(toy, { bed })).rejects.toThrow('no pretend servers')
  })

  it('does not try a step with a lost answer where a person must be asked, or the bed says why not', async () => {
    const asks = withStep({ ...signIn, repeat: 'ask' })
    const skips = async () => ({ ...(await toyBed()), expect: { skipLost: ['sign-in'] } })
    const name = 'reads a lost answer back and doubles nothing: sign-in'
    const run = (connector: Connector, bed: () => Promise<Bed>) =>
      checksOf(connector, { bed })
        .find((one) => one.name === name)
        ?.run(connector, { bed })
    await expect(run(asks, toyBed)).rejects.toThrow('a person decides')
    await expect(run(toy, skips)).rejects.toThrow('the bed says why')
  })
})
