/** What no machine here is: a Mac, a host with systemd, directory users; and answers that are lost on the way. */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineOf, literal } from '../../connectors/hosts/host.ts'
import hosts from '../../connectors/hosts/index.ts'
import { Settings } from '../../connectors/hosts/settings.ts'
import { isManual } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type PretendHosts, pretendHosts } from '../../src/sandbox/hosts/index.ts'
import { loginOf } from '../../src/sandbox/hosts/machines.ts'
import { testConnector } from '../support/test-connector.ts'
import { at, type Bed, type Rig } from '../support/test-connector-rig.ts'
import { leaverOf, stepOf, stranger, worldOn } from './hosts-world.ts'

const login = loginOf(cast.leaver)

function bedOn(vendor: PretendHosts, more: Partial<Bed> = {}): Bed {
  return {
    settings: vendor.settings,
    servers: [],
    leaver: leaverOf(cast.leaver),
    stranger,
    state: () => structuredClone(vendor.machines),
    untouchable: () => othersIn(vendor),
    secrets: vendor.secrets,
    expect: { ending: { 'keys-elsewhere': 'blocked', 'runs-as': 'blocked' } },
    close: () => vendor.close(),
    ...more,
  }
}

/** Everything that names neither the leaver nor what was moved aside. */
function othersIn({ machines }: PretendHosts): unknown {
  return Object.entries(machines).map(([id, { users, groups, files, processes, fileVault }]) => {
    const uid = users.get(login)?.uid
    return {
      id,
      users: [...users].filter(([name]) => name !== login),
      groups: [...groups].map(([name, members]) => [name, members.filter((one) => one !== login)]),
      files: [...files].filter(
        ([path, file]) => file.uid !== uid && !path.includes(login) && !path.includes('latchkey'),
      ),
      processes: processes.filter((one) => one.uid !== uid),
      fileVault: fileVault.filter((one) => one !== login),
    }
  })
}

testConnector(hosts, { bed: async () => bedOn(await pretendHosts()) })

describe('hosts that this machine is not', () => {
  let vendor: PretendHosts
  let bed: Bed
  beforeAll(async () => {
    vendor = await pretendHosts()
    bed = bedOn(vendor)
  })
  afterAll(() => vendor.close())

  const account = (realm: string, name = login) => {
    const uid = vendor.machines[realm as 'web-1'].users.get(name)?.uid
    return { realm, id: `${uid}:${name}`, label: name }
  }

  it('locks a Mac by both of its ways, and gives both back', async () => {
    const world = await worldOn(bed, account('mac-7'))
    const user = vendor.machines['mac-7'].users.get(login)
    const findings = await world.run('lock')
    expect(findings.map((one) => one.id)).toEqual(['account', 'shell'])
    expect(user).toMatchObject({ shell: '/usr/bin/false', authority: expect.stringContaining(';DisabledUser;') })
    for (const finding of findings) await world.undo('lock', finding)
    expect(user).toMatchObject({ shell: '/bin/zsh', authority: expect.not.stringContaining('DisabledUser') })
    await world.close()
  })

  it('does not take the last one who unlocks the disk away, whatever was found before', async () => {
    const world = await worldOn(bed, account('mac-7'))
    const mac = vendor.machines['mac-7']
    const [open] = await world.find('disk-unlock')
    expect(open?.state).toBe('open')
    const held = mac.fileVault
    mac.fileVault = [login]
    expect(await world.find('disk-unlock')).toMatchObject([{ state: 'blocked' }])
    expect(await world.order('disk-unlock', open ? [open] : [])).toMatchObject([{ kind: 'rejected' }])
    expect(mac.fileVault).toEqual([login])
    mac.fileVault = held
    await world.close()
  })

  it.each(['web-1', 'mac-7'])('leaves a user of a directory to the directory, and says so, on %s', async (realm) => {
    const visitor = 'ulla.virtanen@example.com'
    const name = loginOf(visitor)
    const world = await worldOn({ ...bed, leaver: leaverOf(visitor) }, account(realm, name))
    const [found] = await hosts.locate(world.rig.client as never, leaverOf(visitor))
    expect(found?.label).toContain('from a directory')
    expect(await world.find('lock')).toEqual([])
    const task = hosts.steps.find((step) => step.id === 'directory-user')
    if (!task || !isManual(task) || typeof task.ask === 'string') throw new Error('no such task')
    const place = { account: account(realm, name) }
    const here = at(world.rig as Rig, stepOf('lock'), place, new SharedReads())
    expect(await task.applies?.(here)).toBe(true)
    expect(await task.ask(here)).toContain(`sss_cache -u ${name}`)
    await world.close()
  })

  it('finds nothing where the user is gone', async () => {
    const world = await worldOn(bed, { realm: 'web-1', id: '4711:gone', label: 'gone' })
    for (const { id } of hosts.steps.filter((step) => !isManual(step))) expect(await world.find(id)).toEqual([])
    await world.close()
  })

  it('does nothing where two users have one uid', async () => {
    const { users } = vendor.machines['web-1']
    const leaver = users.get(login)
    users.set('double', { ...(leaver as NonNullable<typeof leaver>) })
    const world = await worldOn(bed, account('web-1'))
    await expect(world.find('sessions')).rejects.toThrow('one and the same uid')
    users.delete('double')
    await world.close()
  })

  it('names a process that was begun as somebody else', async () => {
    const machine = vendor.machines['web-1']
    const uid = machine.users.get(login)?.uid ?? 0
    machine.processes.push({ pid: 4242, uid: 0, loginUid: uid, tty: '?', command: 'nc' })
    const world = await worldOn(bed, account('web-1'))
    const found = await world.find('runs-as')
    expect(found).toContainEqual(
      expect.objectContaining({ id: 'process/4242', label: 'Process 4242 (nc)', state: 'blocked' }),
    )
    machine.processes = machine.processes.filter((one) => one.pid !== 4242)
    await world.close()
  })

  it.each(['root', 'www-data', 'latchkey'])('never touches %s, whatever was found before', async (name) => {
    const before = structuredClone(vendor.machines['web-1'])
    const { uid } = before.users.get(name) ?? {}
    for (const id of [`${uid}:${name}`, name]) {
      const world = await worldOn(bed, { realm: 'web-1', id, label: name })
      for (const step of hosts.steps.filter((one) => !isManual(one))) {
        await expect(world.find(step.id)).rejects.toThrow('is not touched')
        const finding = { id: 'account', label: '', state: 'open', fact: '' } as const
        expect(await world.order(step.id, [finding])).toMatchObject([{ kind: 'rejected' }])
      }
      await world.close()
    }
    expect(vendor.machines['web-1']).toEqual(before)
  })

  it.each(['Root', 'jo;reboot', '-x', '$(id)', '../root', 'a b', 'jo\nroot', ''])(
    'takes %j for no login name',
    async (name) => {
      const sent = vendor.lines.length
      const world = await worldOn(bed, { realm: 'web-1', id: `1100:${name}`, label: name })
      await expect(world.find('lock')).rejects.toThrow('not a login name')
      expect(vendor.lines.length).toBe(sent)
      await world.close()
    },
  )

  it('protects the user that it signs in as', async () => {
    const world = await worldOn(bed, account('web-1'))
    const leaver = { ...leaverOf(cast.leaver), emails: ['latchkey@example.com'] }
    const found = await hosts.locate(world.rig.client as never, leaver)
    expect(found.map((one) => one.protected)).toEqual([
      'the user that Latchkey itself signs in as',
      'the user that Latchkey itself signs in as',
    ])
    await world.close()
  })
})

describe('an answer that is lost', () => {
  it.each(['lock', 'keys', 'schedules', 'linger', 'sessions', 'sudoers', 'groups'])(
    'leaves %s in doubt, is not sent again, and is read back',
    async (step) => {
      const vendor = await pretendHosts()
      const world = await worldOn(bedOn(vendor))
      const findings = (await world.find(step)).filter((one) => one.state === 'open')
      vendor.lose.times = 1
      const failed = await world.order(step, findings.slice(0, 1))
      expect(failed.map((one) => one.kind)).toEqual(['in-doubt'])
      expect(vendor.lose.times).toBe(0)
      await world.run(step)
      expect((await world.find(step)).filter((one) => one.state !== 'done')).toEqual([])
      await world.close()
      await vendor.close()
    },
  )
})

describe('who is meant, and what gets into a command', () => {
  const parsed = (more: object) =>
    Settings.safeParse({
      user: 'latchkey',
      privateKey: undefined,
      domains: ['example.com'],
      loginRule: 'none',
      hosts: { a: { address: '10.0.0.1', hostKey: `SHA256:${'A'.repeat(43)}` } },
      ...more,
    }).error?.issues.map((issue) => issue.path.join('.'))

  it('refuses settings that could not be used', () => {
    const host = { address: '10.0.0.1', hostKey: `SHA256:${'A'.repeat(43)}` }
    expect(parsed({})).toEqual(['privateKey'])
    expect(parsed({ logins: { 'a@example.com': 'a; reboot' } })).toContain('logins.a@example.com')
    expect(parsed({ hosts: { a: { ...host, hostKey: 'AA:BB' } } })).toContain('hosts.a.hostKey')
    expect(parsed({ hosts: { a: { ...host, address: '-oProxyCommand=x' } } })).toContain('hosts.a.address')
    expect(parsed({ hosts: {} })).toContain('hosts')
  })

  it('takes nothing but plain words into a command line', () => {
    expect(lineOf(['usermod', '-L', 'jo_miller', literal("it's")])).toBe("usermod -L jo_miller 'it'\\''s'")
    for (const bad of ['', 'a b', 'a;b', '$(a)', '`a`', 'a\nb', "a'b", 'a|b', '*', '~a', 'ä'])
      expect(() => lineOf(['usermod', bad])).toThrow('cannot be put into a command safely')
  })

  it('does not make a login by rule that the settings give to somebody else', async () => {
    const vendor = await pretendHosts()
    const world = await worldOn(
      bedOn(vendor, { settings: { ...vendor.settings, logins: { [cast.namesake]: login } } }),
      { realm: 'web-1', id: login, label: '' },
    )
    await expect(hosts.locate(world.rig.client as never, leaverOf(cast.leaver))).rejects.toThrow("under 'logins'")
    const theirs = await hosts.locate(world.rig.client as never, leaverOf(cast.namesake))
    expect(theirs.map((one) => one.id.split(':')[1])).toEqual([login, login])
    const outside = { ...stranger, emails: ['jo.miller@example.org'] }
    expect(await hosts.locate(world.rig.client as never, outside)).toEqual([])
    await world.close()
    await vendor.close()
  })

  it('gives every host a pace of its own', async () => {
    const vendor = await pretendHosts()
    const { limits = [] } = hosts.configured?.(await Settings.parseAsync(vendor.settings)) ?? {}
    const outgoing = (host: string) => ({ method: 'READ', url: new URL(`ssh://${host}/getent`), body: '' })
    expect(limits.map((limit) => [limit.id, limit.matches?.(outgoing('mac-7')) ?? true])).toEqual([
      ['web-1', false],
      ['mac-7', true],
      ['host', true],
    ])
    await vendor.close()
  })

  it('does not load the SSH library until it connects', () => {
    const asked =
      "await import('./connectors/hosts/index.ts'); const { createRequire } = await import('node:module'); const r = createRequire(process.cwd() + '/x.js'); console.log(r.resolve('ssh2') in r.cache)"
    const root = new URL('../../', import.meta.url)
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', asked], { cwd: root, encoding: 'utf8' })).toBe(
      'false\n',
    )
  })
})
