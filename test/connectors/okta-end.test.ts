import { afterEach, describe, expect, it } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { openWorld, worlds } from './okta-world.ts'

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((one) => one.close()))
})

const states = (findings: readonly { id: string; state: string }[]) => findings.map((one) => `${one.id} ${one.state}`)

describe('the end of an account at Okta', () => {
  it('is pending until Okta says DEPROVISIONED', async () => {
    const world = await openWorld({ deactivateMs: 3_600_000 })
    await world.applyAll('suspend')
    expect((await world.find('deactivate'))[0]?.fact).toContain('Salesforce')
    await world.applyAll('deactivate')
    expect(await world.find('deactivate')).toMatchObject([
      { state: 'pending', fact: expect.stringContaining('transitioningToStatus') },
    ])
    world.server.settle()
    expect(states(await world.find('deactivate'))).toEqual(['deactivate done'])
  })

  it('never deletes an account that is not deactivated', async () => {
    const world = await openWorld({}, { deleteUser: true })
    const [finding] = await world.find('delete')
    await expect(world.apply('delete', finding as never)).rejects.toThrow('not deactivated yet')
    const { id } = world.mine
    const profile = { login: cast.leaver }
    const waking = { id, status: 'DEPROVISIONED', transitioningToStatus: 'ACTIVE', profile }
    world.server.faults.push({ when: ({ path }) => path.endsWith(`/users/${id}`), as: { status: 200, body: waking } })
    await expect(world.apply('delete', finding as never)).rejects.toThrow('not deactivated yet')
    expect(world.mine.status).toBe('ACTIVE')
  })

  it('deletes nothing, and deactivates nothing, where the settings do not ask for it', async () => {
    const world = await openWorld({}, { deactivate: false })
    expect(await world.find('delete')).toEqual([])
    expect(await world.find('deactivate')).toEqual([])
  })

  it('leaves a synced account to its directory', async () => {
    const world = await openWorld()
    world.mine.provider = 'ACTIVE_DIRECTORY'
    expect(await world.find('deactivate')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('ACTIVE_DIRECTORY') },
    ])
    expect(states(await world.find('suspend'))).toEqual(['suspend open'])
    const finding = { id: 'deactivate', label: '', state: 'open', fact: '' } as const
    await expect(world.apply('deactivate', finding)).rejects.toThrow('kept in ACTIVE_DIRECTORY')
    expect(world.mine.status).toBe('ACTIVE')
  })

  it('lists what the leaver set up by name, and nothing of others', async () => {
    const world = await openWorld({ pageSize: 1 })
    const { step, at } = world.task('leftovers')
    expect(await step.applies?.(at)).toBe(true)
    const ask = typeof step.ask === 'function' ? await step.ask(at) : step.ask
    for (const name of ['app "Lead importer"', 'event hook "Sales pings"', 'API token "CRM export"'])
      expect(ask).toContain(name)
    expect(ask).not.toMatch(/Wiki|Terraform/)
    const asked = world.server.calls.findLast((one) => one.asked.path === '/api/v1/logs')?.asked.query
    expect(asked?.get('filter')).toContain(`actor.id eq "${world.mine.id}"`)
    expect(asked?.get('until')).toBeTruthy()
    const [published, target] = [new Date().toISOString(), [{ type: 'AppInstance', displayName: 'Payroll' }]]
    const body = [{ eventType: 'application.lifecycle.create', published, actor: { id: '00u0003okta' }, target }]
    world.server.faults.push({ when: ({ path }) => path.endsWith('/logs'), as: { status: 200, body } })
    expect(typeof step.ask === 'function' && (await step.ask(world.task('leftovers').at))).not.toContain('Payroll')
  })
})
