/** Registered by active-directory.test.ts: refused, unreachable, hung, and cut off in the middle. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Directory } from '../../connectors/active-directory/directory.ts'
import activeDirectory from '../../connectors/active-directory/index.ts'
import { Secret } from '../../src/connector.ts'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import { ou } from '../../src/sandbox/active-directory/people.ts'
import { cast } from '../../src/sandbox/company.ts'
import { bedOn, leaverOf, replace } from '../support/samba.ts'
import { type Cable, proxyTo } from '../support/samba-proxy.ts'
import { type World, worldOn } from '../support/samba-world.ts'
import { attempt, openRig } from '../support/test-connector-rig.ts'

/** What becomes of the first call with these settings. */
async function firstCall(samba: Samba, settings: Record<string, unknown>) {
  const rig = await openRig(activeDirectory, await bedOn(samba, { settings }))
  const result = await attempt(rig, () => activeDirectory.locate(rig.client as Directory, leaverOf(cast.leaver)))
  await rig.close()
  if (!('failed' in result)) throw new Error('it was answered')
  expect(rig.heard.join('\n')).not.toContain(samba.servicePassword)
  return result.failed
}

export function faults(samba: () => Samba): void {
  async function onLine(work: (world: World, proxy: Cable) => Promise<void>): Promise<void> {
    const proxy = await proxyTo(636)
    const world = await worldOn(samba(), { settings: { url: proxy.url, answerWithin: '1s' } })
    try {
      await work(world, proxy)
      const seen = [...world.rig.heard, JSON.stringify(world.rig.records)].join('\n')
      expect(seen).not.toContain(samba().servicePassword)
    } finally {
      await world.close()
      await proxy.close()
    }
  }

  it('says what to renew when the password is wrong or the service account is disabled', async () => {
    const wrong = await firstCall(samba(), { password: new Secret('not-the-password-1') })
    expect(wrong.kind).toBe('denied')
    expect(wrong.fact).toContain('the user or the password is wrong, data 52e')
    expect(wrong.fact).toContain(activeDirectory.renew)

    const dn = `CN=latchkey,${ou.services}`
    await replace(samba().admin, dn, 'userAccountControl', '66050')
    const disabled = await firstCall(samba(), {})
    await replace(samba().admin, dn, 'userAccountControl', '66048')
    expect(disabled).toMatchObject({ kind: 'denied', fact: expect.stringContaining('the service account is disabled') })
  })

  it('trusts no controller but one whose certificate comes from the authority in the settings', async () => {
    const byNobody = await firstCall(samba(), { ca: undefined })
    expect(byNobody).toMatchObject({ kind: 'rejected', fact: expect.stringContaining("the setting 'ca'") })
    const otherName = await firstCall(samba(), { tlsServerName: 'dc2.corp.example.com' })
    expect(otherName).toMatchObject({ kind: 'rejected', fact: expect.stringContaining("'tlsServerName'") })
    const clear = activeDirectory.settings.safeParse({ ...samba().settings, url: 'ldap://127.0.0.1' })
    expect(clear.error?.issues[0]?.message).toContain('ldaps://')
    expect(
      readFileSync(new URL('../../connectors/active-directory/connection.ts', import.meta.url), 'utf8'),
    ).not.toContain('rejectUnauthorized')
  })

  it('never takes a controller that cannot be reached for an empty one', async () => {
    const gone = await firstCall(samba(), { url: 'ldaps://127.0.0.1:9' })
    expect(gone).toMatchObject({ kind: 'busy', fact: expect.stringContaining('ECONNREFUSED') })
    await onLine(async (world, proxy) => {
      proxy.set('refuse')
      proxy.cut()
      for (const step of ['disable', 'groups', 'keys', 'computers', 'move'])
        await expect(world.find(step), step).rejects.toThrow('(busy)')
    })
  })

  it('connects anew when the controller has closed the connection', async () => {
    await onLine(async (world, proxy) => {
      expect(await world.find('groups')).toHaveLength(4)
      expect(proxy.connections()).toBe(1)
      proxy.cut()
      expect(await world.find('groups')).toHaveLength(4)
      expect(proxy.connections()).toBe(2)
    })
  })

  it('reads back a write whose answer was lost, and does not send it again', async () => {
    await onLine(async (world, proxy) => {
      for (const [step, reads] of [
        ['disable', 2],
        ['expiry', 1],
      ] as const) {
        const open = await world.find(step)
        proxy.set('lose', reads)
        const [lost] = await world.order(step, open)
        proxy.set('pass')
        expect(lost?.kind, lost?.fact).toBe('in-doubt')
        expect(await world.find(step), 'it had been done').toMatchObject([{ state: 'done' }])
      }
      expect(world.rig.records.filter(({ method }) => method === 'MODIFY')).toHaveLength(2)
    })
  })

  it('resets the password twice again where the answer to the second reset was lost', async () => {
    await onLine(async (world, proxy) => {
      const open = await world.find('password')
      proxy.set('lose', 2)
      const [lost] = await world.order('password', open)
      proxy.set('pass')
      expect(lost?.kind, lost?.fact).toBe('in-doubt')
      expect(await world.find('password')).toMatchObject([{ state: 'open' }])
      await world.run('password')
      expect(await world.find('password')).toMatchObject([{ state: 'done' }])
      expect(world.rig.records.filter(({ method }) => method === 'MODIFY')).toHaveLength(4)
    })
  })

  it('waits no longer than the settings say for a controller that hangs, and goes on when it is back', async () => {
    await onLine(async (world, proxy) => {
      const open = await world.find('disable')
      proxy.set('stall', 2)
      const [hung] = await world.order('disable', open)
      expect(hung, 'a write').toMatchObject({ kind: 'in-doubt', fact: expect.stringContaining('timed out') })
      await expect(world.find('disable'), 'a read').rejects.toThrow('(busy)')
      proxy.set('pass')
      expect(await world.run('disable')).toHaveLength(1)
      expect(await world.find('disable')).toMatchObject([{ state: 'done' }])
    })
  })
}
