/** The connector against a SCIM server that nobody here wrote: scimmy with its routers, holding people in memory. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import scimmy from 'scimmy'
import Routers from 'scimmy-routers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Denied, Secret } from '../../src/connector.ts'
import { cast, employees } from '../../src/sandbox/company.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { closeWorlds, connected, leaver, leaverOf } from './scim-world.ts'

interface Person {
  id: string
  userName: string
  active: boolean
  displayName: string
  emails: { value: string; type: string; primary: boolean }[]
  nickName?: string
}

interface Team {
  id: string
  displayName: string
  members: { value: string }[]
}

const token = 'a-token-of-the-real-server'
const host = 'scim.example.org'
let people: Person[] = []
let teams: Team[] = []
let server: Server

/** scimmy leaves the keeping to whoever runs it; everything else (filters, patches, pages, errors) is its own. */
function keeping<T extends { id: string }>(all: () => T[], put: (list: T[]) => void) {
  return {
    egress(resource: { id?: string; filter?: { match(list: T[]): T[] } }) {
      if (resource.id === undefined) return resource.filter?.match(all()) ?? all()
      const one = all().find(({ id }) => id === resource.id)
      if (!one) throw new scimmy.Types.Error(404, null as never, `Resource ${resource.id} not found`)
      return one
    },
    ingress(resource: { id?: string }, data: T) {
      const kept = { ...all().find(({ id }) => id === resource.id), ...JSON.parse(JSON.stringify(data)) } as T
      put(all().map((one) => (one.id === resource.id ? kept : one)))
      return kept
    },
    degress(resource: { id?: string }) {
      put(all().filter(({ id }) => id !== resource.id))
    },
  }
}

beforeAll(async () => {
  const users = keeping<Person>(
    () => people,
    (list) => {
      people = list
    },
  )
  const groups = keeping<Team>(
    () => teams,
    (list) => {
      teams = list
    },
  )
  scimmy.Resources.declare(scimmy.Resources.User, users as never)
  scimmy.Resources.declare(scimmy.Resources.Group, groups as never)
  const handler = (request: express.Request) => {
    if (request.header('authorization') !== `Bearer ${token}`) throw new Error('Authorization not detected!')
    return 'latchkey'
  }
  const app = express()
  // The routers count pages with numbers, and express 5 hands them texts.
  app.set('query parser', (query: string | null) => {
    const given = Object.fromEntries(new URLSearchParams(query ?? ''))
    const numbers = ['startIndex', 'count'].flatMap((name) => (given[name] ? [[name, Number(given[name])]] : []))
    return { ...given, ...Object.fromEntries(numbers) }
  })
  app.use('/scim/v2', new Routers({ type: 'bearer', handler }) as never)
  await new Promise<void>((done) => (server = app.listen(0, '127.0.0.1', () => done())))
})

afterAll(() => void server.close())
afterEach(closeWorlds)

beforeEach(() => {
  people = employees.map(({ id, email, name }) => ({
    id: `person-${id}`,
    userName: email,
    active: true,
    displayName: name,
    emails: [{ value: email, type: 'work', primary: true }],
    nickName: name.split(' ')[0] ?? '',
  }))
  const member = (email: string) => ({ value: people.find((one) => one.userName === email)?.id ?? '' })
  teams = ['Everyone', 'Sales', 'Leadership'].map((displayName, at) => ({
    id: `team-${at}`,
    displayName,
    members: [member(cast.manager), member(cast.namesake), ...(at === 2 ? [] : [member(cast.leaver)])],
  }))
})

function open(settings: object = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const given = { baseUrl: `https://${host}/scim/v2`, token: new Secret(token), ...settings }
  return connected(given, loopback([{ url, hosts: [host] }]))
}

function person(email: string): Person | undefined {
  return people.find((one) => one.userName === email)
}

describe('a SCIM server that nobody here wrote', () => {
  it('knows the leaver, by login or address, in any case, and no stranger', async () => {
    const world = await open()
    expect(await world.account()).toMatchObject({ id: 'person-1', realm: `${host}/scim/v2`, label: cast.leaver })
    expect(await world.account({ ...leaver, emails: ['JO.MILLER@example.com'] })).toMatchObject({ id: 'person-1' })
    expect(await world.account({ ...leaver, emails: ['nobody@elsewhere.test'] })).toBeUndefined()
  })

  it('is searched with nothing that an address smuggles in, and found whole on the last of its pages', async () => {
    const world = await open({ pageSize: 7 })
    const odd = 'x" or userName pr or userName eq "y'
    expect(await world.account({ ...leaver, emails: [odd] })).toBeUndefined()
    people.push({ id: 'odd', userName: odd, active: true, displayName: 'Odd', emails: [] })
    expect(await world.account({ ...leaver, emails: [odd] })).toMatchObject({ id: 'odd' })
  })

  it.each([{}, { pathless: true }, { capitals: true }, { write: 'put' }])(
    'switches the account off and on again with %j, and nobody else',
    async (dialect) => {
      const world = await open(dialect)
      const [finding] = await world.find('deactivate')
      await world.applyAll('deactivate')
      expect(people.filter((one) => !one.active).map((one) => one.userName)).toEqual([cast.leaver])
      expect(person(cast.leaver)).toMatchObject({ displayName: 'Jo Miller', nickName: 'Jo' })
      expect(await world.find('deactivate')).toEqual([expect.objectContaining({ state: 'done' })])
      await world.undo('deactivate', finding!)
      expect(person(cast.leaver)?.active).toBe(true)
    },
  )

  it.each([{ groups: 'filter' }, { groups: 'list', pageSize: 1 }])(
    'lets the leaver out of each group, and back in, with %j',
    async (settings) => {
      const world = await open(settings)
      const found = await world.find('groups')
      expect(found.map((one) => one.label)).toEqual(['Everyone', 'Sales'])
      await world.applyAll('groups')
      expect(await world.find('groups')).toEqual([])
      expect(teams.map((team) => team.members.map(({ value }) => value))).toEqual(
        teams.map(() => [person(cast.manager)?.id, person(cast.namesake)?.id]),
      )
      for (const finding of found) await world.undo('groups', finding)
      expect(await world.find('groups')).toHaveLength(2)
    },
  )

  it('deletes the account once, and says so the second time', async () => {
    const world = await open({ deleteUser: true })
    const account = await world.account()
    const [finding] = await world.find('delete')
    expect(finding?.state).toBe('open')
    await world.applyAll('delete')
    expect(person(cast.leaver)).toBeUndefined()
    expect(people).toHaveLength(employees.length - 1)
    expect(await world.find('delete', { account })).toEqual([])
    await world.applyAll('deactivate', { account })
  })

  it('refuses another token', async () => {
    const world = await open({ token: new Secret('another-token') })
    await expect(world.account(leaverOf(cast.hr))).rejects.toBeInstanceOf(Denied)
  })
})
