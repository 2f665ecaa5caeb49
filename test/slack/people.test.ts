import { WebClient } from '@slack/web-api'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { cast, employees } from '../../src/sandbox/company.ts'
import { type PretendSlack, pretendSlack, type SlackOptions } from '../../src/sandbox/slack/index.ts'
import { boltLogger } from '../../src/slack/bolt-logger.ts'
import type { RoleSetting } from '../../src/slack/options.ts'
import { type People, slackPeople } from '../../src/slack/people.ts'
import { scopes } from '../../src/slack/scopes.ts'
import { ids, room } from './bed.ts'

let slack: PretendSlack | undefined
afterEach(async () => {
  await slack?.close()
  slack = undefined
})

const tokens = { botToken: 'xoxb-pretend', appToken: 'xapp-pretend', signingSecret: 'pretend-secret' }
const roles: Record<'hr' | 'it', RoleSetting> = { hr: { group: 'S0HR' }, it: { users: [ids.it] } }

async function people(settings = roles, more: Partial<SlackOptions> = {}): Promise<People> {
  await slack?.close()
  slack = await pretendSlack({
    employees,
    mode: 'socket',
    ...tokens,
    scopes: scopes.map((scope) => scope.name),
    commands: ['/offboard'],
    channels: [{ id: room, name: 'offboarding', private: true, members: employees.map((one) => one.slackId) }],
    userGroups: [{ id: 'S0HR', handle: 'hr', users: [ids.hr] }],
    rates: { off: true },
    ...more,
  })
  const web = new WebClient(tokens.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: boltLogger(silentLog),
  })
  return slackPeople({ web, clock: systemClock, roles: settings, team: () => 'T0EXAMPLE' })
}

describe('who clicked', () => {
  test('holds the roles that Slack says at this moment', async () => {
    const known = await people()
    expect((await known.clicker({ id: ids.hr })).holds).toEqual(['hr'])
    await slack?.admin.changeGroup('S0HR', [ids.other])
    expect((await known.clicker({ id: ids.hr })).holds).toEqual([])
    expect((await known.clicker({ id: ids.other })).holds).toEqual(['hr'])
  })

  test('is asked about the role at stake alone, since Slack answers few such questions a minute', async () => {
    const known = await people({ hr: { group: 'S0HR' }, it: { group: 'S0HR' } })
    const groupsRead = () => slack?.calls.filter((call) => call.method === 'usergroups.users.list').length
    expect((await known.clicker({ id: ids.hr }, ['it'])).holds).toEqual(['it'])
    expect(groupsRead()).toBe(1)
  })
  test('is told apart as guest, outsider, app or deactivated', async () => {
    const known = await people(roles, {
      people: {
        [ids.hr]: { restricted: true },
        [ids.it]: { stranger: true, teamId: 'T0OTHER' },
        [ids.other]: { deleted: true },
        [ids.manager]: { bot: true },
      },
    })
    expect(await known.clicker({ id: ids.hr })).toMatchObject({ guest: true, external: false })
    expect(await known.clicker({ id: ids.it })).toMatchObject({ external: true, holds: ['it'] })
    expect(await known.clicker({ id: ids.other })).toMatchObject({ deactivated: true })
    expect(await known.clicker({ id: ids.manager })).toMatchObject({ bot: true })
  })

  test('is an outsider where the payload names another team than ours', async () => {
    const known = await people()
    expect(await known.clicker({ id: ids.hr, team: 'T0OTHER' })).toMatchObject({ external: true })
    expect(await known.clicker({ id: ids.hr, team: 'T0EXAMPLE' })).toMatchObject({ external: false })
  })

  test.each(['users.info', 'usergroups.users.list'])(
    'may do nothing while Slack does not answer %s',
    async (method) => {
      const known = await people()
      slack?.faults.next(method, { as: 'error', error: 'ratelimited' })
      await expect(known.clicker({ id: ids.hr })).rejects.toThrow('Slack did not say who you are')
    },
  )
})

describe('a role', () => {
  test('is a group, a channel of any size or a list, each with substitutes', async () => {
    const many = Array.from({ length: 2300 }, (_, n) => `U1${String(n).padStart(7, '0')}`)
    const known = await people(
      {
        hr: { channel: 'C0BIG', substitutes: [ids.hrSubstitute] },
        it: { users: [ids.it], substitutes: [ids.itSubstitute] },
      },
      { channels: [{ id: 'C0BIG', name: 'big', private: true, members: many }] },
    )
    const hr = await known.holders('hr')
    expect(hr).toEqual(expect.arrayContaining([ids.hrSubstitute, many[0], many.at(-1)]))
    expect(await known.holders('it')).toEqual(expect.arrayContaining([ids.it, ids.itSubstitute]))
  })

  test('that too few people could sign for is told, and so is one that cannot be read', async () => {
    const known = await people()
    const told = await known.checkRoles()
    expect(told.join(' ')).toContain('Only 1 of HR could sign off')
    const free = await people(roles, { plan: 'free' })
    expect((await free.checkRoles()).join(' ')).toContain('User groups need a paid plan')
  })
})

describe('the leaver', () => {
  test('is known by Slack id, with address and zone', async () => {
    const known = await people()
    const leaver = {
      id: ids.leaver,
      slackId: ids.leaver,
      name: 'Jo Miller',
      emails: [cast.leaver],
      zone: 'America/New_York',
    }
    expect(await known.leaverFrom({ slackId: ids.leaver })).toEqual(leaver)
    expect(await known.leaverFrom({ email: 'Jo.Miller@Example.com' })).toEqual(leaver)
  })

  test('outside Slack is known by the address', async () => {
    const known = await people()
    const found = await known.leaverFrom({ email: 'Contractor@example.com' })
    expect(found).toEqual({
      id: 'mailto:contractor@example.com',
      name: 'contractor@example.com',
      emails: ['contractor@example.com'],
    })
    await expect(known.leaverFrom({ email: 'nonsense' })).rejects.toThrow('not an e-mail address')
  })

  test('is refused as an app, an outsider, somebody unknown or deactivated, with what can be done', async () => {
    const known = await people(roles, { people: { [ids.other]: { stranger: true }, [ids.hr]: { deleted: true } } })
    await expect(known.leaverFrom({ slackId: 'U0LATCHKEY' })).rejects.toThrow('is an app')
    await expect(known.leaverFrom({ slackId: ids.other })).rejects.toThrow('another organisation')
    await expect(known.leaverFrom({ slackId: 'U0NOBODY0' })).rejects.toThrow('knows nobody')
    await expect(known.leaverFrom({ slackId: ids.hr })).rejects.toThrow(`/offboard ${cast.hr}`)
  })
})
