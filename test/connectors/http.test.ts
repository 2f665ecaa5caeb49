/** A system that is described by its settings: where it may lead, what they may say, and who decides. */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import http from '../../connectors/http/index.ts'
import { Settings } from '../../connectors/http/settings.ts'
import { jsonOf, urlOf } from '../../connectors/http/template.ts'
import { createSystems, loadSettings } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { type Account, type Connector, type Finding, Secret } from '../../src/connector.ts'
import { createLog } from '../../src/log.ts'
import { SharedReads } from '../../src/run/at.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { type PretendHttp, pretendHttp } from '../../src/sandbox/http/index.ts'
import { settingsFor } from '../../src/sandbox/http/settings.ts'
import type { Answer } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { at, automatic, openRig, type Place, places, type Rig } from '../support/test-connector-rig.ts'

const person = (email: string) => ({ id: employee(email).slackId, name: employee(email).name, emails: [email] })
const plain = () => settingsFor('192.0.2.10', { header: 'X-Api-Key', value: new Secret('x') })
const problems = (settings: unknown) =>
  Settings.safeParse(settings).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)

interface World {
  server: PretendHttp
  rig: Rig
  place: Place
  find(step: string): Promise<readonly Finding[]>
  apply(step: string, finding: Finding): Promise<unknown>
  undo(step: string, finding: Finding): Promise<void>
}

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function worldOn(more: { settings?: object; receiver?: boolean; account?: Account } = {}): Promise<World> {
  const server = await pretendHttp()
  const settings = { ...server.settings, ...more.settings }
  const connector: Connector = { ...http, ...http.configured?.(Settings.parse(settings)) }
  const rig = await openRig(connector, {
    settings,
    transport: loopback([server]),
    servers: [server],
    leaver: person(cast.leaver),
    stranger: person(cast.other),
    ...(more.receiver === false ? {} : { handOverTo: person(cast.manager) }),
    state: () => server.world.truth(),
    untouchable: () => undefined,
    secrets: server.secrets,
    close: server.close,
  })
  open.push(rig.close, server.close)
  const place = more.account ? { account: more.account } : ((await places(rig))[0] as Place)
  const step = (id: string) => {
    const found = automatic(connector).find((one) => one.id === id)
    if (!found) throw new Error(`there is no step ${id}`)
    return found
  }
  const here = (id: string) => at(rig, step(id), place, new SharedReads())
  return {
    ...{ server, rig, place },
    find: (id) => step(id).find(here(id)),
    apply: async (id, finding) => step(id).apply(here(id), finding),
    undo: async (id, finding) => step(id).undo?.(here(id), finding),
  }
}

describe('where an answer may not lead', () => {
  it('not after a redirect, which is a refusal, be it of a read or of a write', async () => {
    const { server, find, apply } = await worldOn()
    const [finding] = await find('suspend')
    const away: Answer = { status: 302, headers: { location: 'https://169.254.169.254/latest' }, body: {} }
    server.faults.push({ as: away })
    await expect(find('suspend')).rejects.toThrow('302')
    server.faults.push({ when: ({ method }) => method === 'PATCH', as: away })
    await expect(apply('suspend', finding as Finding)).rejects.toThrow('302')
    expect(server.calls.some(({ asked }) => asked.path.includes('latest'))).toBe(false)
  })

  it('not to a next page at another host', async () => {
    const settings = { locate: { ...plain().locate, next: { url: '$.next' } } }
    const { server, rig } = await worldOn({ settings, account: { realm: 'x', id: '101', label: '' } })
    server.faults.push({ as: { status: 200, body: { items: [], next: 'https://evil.example/steal' } } })
    await expect(http.locate(rig.client as never, person(cast.leaver))).rejects.toThrow('another host (evil.example)')
  })
})

describe('a list in pages', () => {
  it('is not empty because a later page is not there: that is a list that was not read', async () => {
    const { steps, baseUrl } = plain()
    const find = {
      get: '/things',
      has: '$.items',
      held: '$.items[*]',
      id: '$.id',
      next: { url: '$.next' },
      goneWhen: [404],
    }
    const [first] = steps
    const { server, find: look } = await worldOn({ settings: { steps: [{ ...first, needs: undefined, find }] } })
    const id = first?.id ?? ''
    const gone = { status: 404, body: { message: 'gone' } }
    server.faults.push({ as: gone })
    expect(await look(id)).toEqual([])
    const host = server.hosts[0] ?? new URL(baseUrl).host
    const body = { items: [{ id: 'a' }], next: `https://${host}/later` }
    server.faults.push({ as: { status: 200, body } }, { as: gone })
    await expect(look(id)).rejects.toThrow('404')
  })
})

describe('what the settings may say', () => {
  it('is refused where it is no JSONPath, no template, no known name, no step', () => {
    expect(problems(plain())).toBeUndefined()
    const { steps } = plain()
    const [suspend] = steps
    const withStep = (change: object) => problems({ ...plain(), steps: [{ ...suspend, ...change }] })?.join()
    const withFind = (change: object) => withStep({ find: { ...suspend?.find, ...change } })
    expect(withFind({ held: '$.items[?eval(1)]' })).toContain('is no JSONPath')
    expect(withFind({ has: undefined })).toContain('steps.0.find.has')
    expect(withFind({ get: '/people/{finding}' })).toContain('{finding} is not known here')
    expect(withFind({ get: '/people/{+account}' })).toContain('{+account} is not')
    expect(withFind({ get: '//evil.example/{account}' })).toContain('begins with one /')
    expect(withFind({ get: 'https://evil.example/' })).toContain('begins with one /')
    expect(withStep({ apply: { method: 'GET', url: '/x' } })).toContain('steps.0.apply.method')
    expect(withStep({ apply: { method: 'PUT', url: '/x', json: { a: '{secret}' } } })).toContain(
      '{secret} is not known',
    )
    expect(withStep({ needs: ['gone'] })).toContain('there is no other step gone')
    expect(problems({ ...plain(), steps: [suspend, suspend] })?.join()).toContain('is there twice')
    expect(problems({ ...plain(), baseUrl: 'http://desk.example.com' })?.join()).toContain('https://')
    expect(problems({ ...plain(), auth: { header: 'X', value: 'literal' } })?.join()).toContain('auth')
    expect(problems({ ...plain(), allow: ['10.0.0.0'] })?.join()).toContain('is a network')
  })

  it.each(['http', 'hosts'])('is what the documents of %s show', async (id) => {
    const page = readFileSync(new URL(`../../docs/connectors/${id}.md`, import.meta.url), 'utf8')
    const shown = (/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '').replaceAll('SHA256:…', `SHA256:${'A'.repeat(43)}`)
    const text = `slack: { channel: C0123456789 }\nroles: { hr: { group: S0HR }, it: { group: S0IT } }\n${shown}`
    const env = { DESK_KEY: 'a key', LATCHKEY_SSH_KEY_FILE: '/key' }
    const { connectors } = await loadSettings(text, { env, readFile: () => 'a key' })
    expect(connectors.map((one) => one.connector.id)).toEqual([id])
  })

  it('is what the core plans by: title, steps and pace of each use', async () => {
    const used = { use: 'desk', connector: http, settings: Settings.parse(plain()), limits: {} }
    const settings = { connectors: [used], tasks: [], protected: [] }
    const log = createLog({ level: 'silent', secrets: () => [] })
    const systems = createSystems(settings as never, { clock: systemClock, random: Math.random, log })
    const desk = systems.all.find((one) => one.use === 'desk')
    expect(desk?.connector.title).toBe('Customer desk')
    expect(desk?.connector.limits).toMatchObject([{ perSecond: 10, concurrent: 4 }])
    expect(desk?.connector.steps.map((one) => one.id)).toEqual(['suspend', 'memberships', 'customers', 'delete'])
    expect(http.steps).toEqual([])
    await systems.close()
  })
})

describe('what gets into a request', () => {
  it('is percent-encoded in a URL, and is never a place of its own', () => {
    expect(urlOf('/a/{account}?x={finding}', { account: 'b/../c?d', finding: 'e&f=g' })).toBe(
      '/a/b%2F..%2Fc%3Fd?x=e%26f%3Dg',
    )
    for (const account of ['.', '..', '']) expect(() => urlOf('/a/{account}', { account })).toThrow('no name')
    expect(() => urlOf('/a/{account}', {})).toThrow('there is no {account} here')
  })

  it('stays a text in JSON, whatever it holds, and keeps its kind where it stands alone', () => {
    const values = { account: '","admin":true,"x":"', level: 30, on: false }
    const body = jsonOf({ who: 'user {account}', level: '{level}', on: ['{on}', 'is {on}'], n: 1 }, values)
    expect(body).toEqual({ who: 'user ","admin":true,"x":"', level: 30, on: [false, 'is false'], n: 1 })
    expect(jsonOf('{account}', { account: '{level}' })).toBe('{level}')
    expect(() => jsonOf('{toString}', {})).toThrow('there is no {toString} here')
  })

  it('names a membership with a slash in its id, and gives it back as it was', async () => {
    const { server, find, apply, undo } = await worldOn()
    const before = structuredClone(server.world.truth().memberships)
    const found = await find('memberships')
    expect(found.map((one) => one.label)).toEqual(['north', 'south', 'a/b ?c'])
    for (const finding of found) await apply('memberships', finding)
    expect(await find('memberships')).toEqual([])
    for (const finding of found) await undo('memberships', finding)
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    expect([...server.world.truth().memberships].sort(byId)).toEqual(before.sort(byId))
  })
})

describe('who decides', () => {
  it('a person, where the answer says that this one is not ours, also between the look and the order', async () => {
    const { server, find, apply } = await worldOn()
    const [open] = await find('memberships')
    const [membership] = server.world.truth().memberships
    if (!membership || !open) throw new Error('there is no membership')
    membership.inherited = true
    expect((await find('memberships'))[0]).toMatchObject({
      id: open.id,
      state: 'blocked',
      fact: '30: comes from a team: IT takes the person out of the team',
    })
    const asked = server.calls.length
    await expect(apply('memberships', open)).rejects.toThrow('takes the person out of the team')
    expect(server.calls.slice(asked).map(({ asked }) => asked.method)).not.toContain('DELETE')
  })

  it('a person, where there is nobody to hand over to', async () => {
    const { find, apply, server } = await worldOn({ receiver: false })
    const [found] = await find('customers')
    expect(found).toMatchObject({ state: 'blocked', fact: expect.stringContaining('nobody there to hand it over to') })
    await expect(apply('customers', { ...(found as Finding), state: 'open' })).rejects.toThrow('hand it over')
    expect(server.calls.map(({ asked }) => asked.method)).not.toContain('PUT')
  })

  it('the settings, for an account that is never touched, at planning and at the order', async () => {
    const { server } = await worldOn()
    const id = String(server.world.truth().people.find((one) => one.email === cast.leaver)?.id)
    const locate = { ...plain().locate, protected: { [id]: 'the break-glass account' } }
    const world = await worldOn({ settings: { locate } })
    expect(world.place.account.protected).toBe('the break-glass account')
    const [found] = await world.find('suspend')
    await expect(world.apply('suspend', found as Finding)).rejects.toThrow('is not touched: the break-glass account')
    await expect(world.undo('suspend', found as Finding)).rejects.toThrow('is not touched')
    expect(world.server.world.truth().people.every((one) => one.status === 'active')).toBe(true)
  })

  it('nobody by likeness: only the very address counts, whatever else the system answers', async () => {
    const { rig } = await worldOn()
    const found = await http.locate(rig.client as never, { ...person(cast.leaver), emails: ['JO.Miller@example.com'] })
    expect(found).toMatchObject([{ realm: '192.0.2.10', label: cast.leaver, known: { name: 'Jo Miller' } }])
    expect(await http.locate(rig.client as never, { ...person(cast.leaver), emails: ['jo@example.com'] })).toEqual([])
  })
})

describe('an answer', () => {
  it('that is not as the settings say is unknown, never empty', async () => {
    const { server, find } = await worldOn()
    for (const body of [{}, { error: 'maintenance' }, { items: undefined }, [], null, { ITEMS: [] }]) {
      server.faults.push({ as: { status: 200, body } })
      await expect(find('memberships')).rejects.toThrow('could not be understood')
    }
    server.faults.push({ as: { status: 200, body: { items: [{ project: 'x' }], next: null } } })
    await expect(find('memberships')).rejects.toThrow('without an id')
  })

  it('that goes round in circles is not read for ever', async () => {
    const { server, find } = await worldOn()
    const body = { items: [{ id: 'a' }], next: '1' }
    server.faults.push({ as: { status: 200, body }, times: 5 })
    await expect(find('memberships')).rejects.toThrow('the same page twice')
  })

  it('404 means gone only where the settings say so', async () => {
    const account = { realm: '192.0.2.10', id: '4711', label: 'gone' }
    const world = await worldOn({ account })
    expect(await world.find('suspend')).toEqual([])
    const [suspend, ...others] = plain().steps
    const strict = { ...suspend, find: { ...suspend?.find, goneWhen: [] } }
    const other = await worldOn({ account, settings: { steps: [strict, ...others] } })
    await expect(other.find('suspend')).rejects.toThrow('404')
  })

  it('is followed by the header Link, too', async () => {
    const find = { ...plain().steps[1]?.find, next: { link: true } }
    const [, memberships] = plain().steps
    const world = await worldOn({ settings: { steps: [{ ...memberships, find }] } })
    const headers = { link: '</v1/people/101/memberships?cursor=2>; rel="next"' }
    world.server.faults.push({ as: { status: 200, headers, body: { items: [{ id: 'a', project: 'a' }] } } })
    expect((await world.find('memberships')).map((one) => one.id)).toEqual(['a', '101:a/b ?c'])
  })

  it('of the token endpoint that refuses its client says what to renew, and a token is asked for once', async () => {
    const server = await pretendHttp({ auth: 'token' })
    open.push(server.close)
    const settings = Settings.parse(server.settings)
    const connector: Connector = { ...http, ...http.configured?.(settings) }
    const bed = { settings: server.settings, transport: loopback([server]), servers: [server] }
    const rig = await openRig(connector, bed as never)
    open.push(rig.close)
    await Promise.all([http.check(rig.client as never), http.check(rig.client as never)])
    expect(server.calls.filter(({ asked }) => asked.path === '/oauth/token')).toHaveLength(1)
    const wrong = { ...server.settings, auth: { ...server.settings.auth, clientSecret: new Secret('wrong') } }
    const other = await openRig(connector, { ...bed, settings: wrong } as never)
    open.push(other.close)
    await expect(http.check(other.client as never)).rejects.toThrow('makes a new key in the customer desk')
  })
})
