/** The vendors' side: every pretend system tells its own truth, before and now; and what a person can make them do. */
import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cast, employees } from '../../../src/sandbox/company.ts'
import { type Desk, openDesk } from './page-support.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk({ systems: undefined as never })
})
afterAll(() => desk.close())

test('every system that joins the sandbox shows what it holds of the leaver', async () => {
  const { vendors, leaver } = await desk.vendors()
  const folder = new URL('../../../src/sandbox/', import.meta.url)
  const joining = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/vendor.ts`, folder)))
  expect(leaver).toBe(cast.leaver)
  expect(vendors.map((one) => one.use)).toEqual([...joining, 'microsoft-365', 'google-workspace', 'aws'].sort())
  for (const one of vendors) {
    expect(one.held, one.use).toBeGreaterThan(0)
    expect(new Set(one.rows.map((row) => `${row.area} ${row.what}`)).size, one.use).toBe(one.rows.length)
  }
})

test('nothing of anybody else is among it', async () => {
  const { vendors } = await desk.vendors(cast.leaver)
  const names = employees.filter((one) => one.email !== cast.leaver).map((one) => one.email)
  // Whom Jo works with may be named; the namesake may not.
  expect(names).toContain(cast.namesake)
  expect(JSON.stringify(vendors)).not.toMatch(/jo[. _-]?millar/i)
})

test('what a vendor does not know about, it does not show', async () => {
  const { vendors } = await desk.vendors('grace.kim@example.com')
  expect(vendors.find((one) => one.use === 'atlassian')).toMatchObject({ rows: [], held: 0, heldBefore: 0 })
})

test('a change at a vendor is a new version for the page, and the row keeps what was before', async () => {
  const { version } = await desk.vendors(cast.leaver)
  const { google } = desk.room().sandbox.vendors
  google.world.write((state) => {
    for (const user of state.users) if (user.primaryEmail === cast.leaver) user.suspended = true
    state.tokens = []
  })
  const side = await desk.vendors(cast.leaver)
  expect(desk.room().side.look()).toBeGreaterThan(version)
  const rows = side.vendors.find((one) => one.use === 'google-workspace')?.rows ?? []
  expect(rows.find((row) => row.what === 'Account')).toEqual({
    area: 'directory',
    what: 'Account',
    before: { state: 'can sign in', held: true },
    now: { state: 'suspended', held: false },
  })
  const gone = rows.find((row) => row.what.includes('Calendly'))
  expect(gone).toMatchObject({ before: { held: true } })
  expect(gone).not.toHaveProperty('now')
})

test('whoever is deactivated in the organisation is signed out of its workspace', async () => {
  const { sandbox } = desk.room()
  const organisation = sandbox.others.slack as unknown as {
    world: { write(change: (state: { users: { email: string; deleted: boolean }[] }) => void): void }
  }
  organisation.world.write((state) => {
    for (const user of state.users) if (user.email === cast.leaver) user.deleted = true
  })
  const id = employees.find((one) => one.email === cast.leaver)?.slackId ?? ''
  await sandbox.slack.until(() => sandbox.slack.state.members.get(id)?.deleted, 5000, 'the leaver to be signed out')
  expect(await desk.seen(id)).toMatchObject({ signedOut: true })
})
