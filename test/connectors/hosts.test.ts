/** Against a real SSH server with throw-away users and the sudo rule that the documents give, no more. */
import { once } from 'node:events'
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Client } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import hosts from '../../connectors/hosts/index.ts'
import { Secret } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { folderOfStore, type RealHost, startSshd, whyNoSshd } from '../support/sshd.ts'
import { testConnector } from '../support/test-connector.ts'
import { bedOn, documentedSudoRule, leaverOf, worldOn } from './hosts-world.ts'

vi.setConfig({ testTimeout: 60_000 })

const why = whyNoSshd()
const runsHere = !why || process.env.REQUIRE_REAL === '1'
const whySkipped = `NOT TESTED against a real SSH server: ${why}`

it.skipIf(runsHere)('needs a real SSH server', ({ skip }) => {
  // biome-ignore lint/suspicious/noConsole: the reporter counts what is skipped, and keeps the reason to itself
  console.warn(whySkipped)
  skip(whySkipped)
})

/** Only a Mac has the one, only systemd the other: hosts-pretend.test.ts. */
const here = ['lock', 'keys', 'schedules', 'sessions', 'keys-elsewhere', 'sudoers', 'groups', 'runs-as']
const forAPerson = { ending: { 'keys-elsewhere': 'blocked', 'runs-as': 'blocked' } } as const

describe.runIf(runsHere)('hosts on OpenSSH', () => {
  let real: RealHost
  beforeAll(async () => {
    if (why) throw new Error(`REQUIRE_REAL=1, but ${why}`)
    real = await startSshd(documentedSudoRule())
  }, 60_000)
  afterAll(() => real?.close())

  testConnector(hosts, { steps: here, bed: async () => bedOn(real, { expect: forAPerson }) })

  it('refuses keys and passwords afterwards, cuts a live session, and leaves bystanders alone', async () => {
    const world = await worldOn(bedOn(real))
    const { leaver, bystander } = real.logins
    const [live, other] = await Promise.all([
      real.signIn({ user: leaver, key: real.keys.leaver }),
      real.signIn({ user: bystander, key: real.keys.bystander }),
    ])
    live.on('error', () => undefined)
    await Promise.all([shellOf(live), shellOf(other)])
    const cut = once(live, 'close')
    for (const step of ['lock', 'keys', 'schedules', 'sessions', 'sudoers', 'groups']) await world.run(step)
    await cut
    await expect(real.signIn({ user: leaver, key: real.keys.leaver })).rejects.toThrow()
    await expect(real.signIn({ user: leaver, password: real.password })).rejects.toThrow()
    expect(await answerOf(other, 'echo still here')).toBe('still here\n')
    other.end()
    const again = await real.signIn({ user: bystander, password: real.password })
    again.end()
    await world.close()
  })

  it('refuses a key login by expiry alone, with the keys still in place', async () => {
    const world = await worldOn(bedOn(real))
    await world.run('lock')
    expect(existsSync(`/home/${real.logins.leaver}/.ssh/authorized_keys`)).toBe(true)
    await expect(real.signIn({ user: real.logins.leaver, key: real.keys.leaver })).rejects.toThrow()
    expect(await world.find('lock')).toMatchObject([{ state: 'done', fact: expect.stringContaining('Jan 02, 1970') }])
    await world.close()
  })

  it('gives back what it took: sign-in, keys, crontab, sudo rule, groups', async () => {
    const world = await worldOn(bedOn(real))
    const before = real.state()[real.logins.leaver] as Record<string, unknown>
    const steps = ['lock', 'keys', 'schedules', 'sudoers', 'groups']
    const taken = await Promise.all(steps.map(async (step) => [step, await world.find(step)] as const))
    for (const step of steps) await world.run(step)
    expect(real.state()[real.logins.leaver]).not.toEqual(before)
    for (const [step, findings] of taken) for (const finding of findings) await world.undo(step, finding)
    expect(real.state()[real.logins.leaver]).toEqual(before)
    ;(await real.signIn({ user: real.logins.leaver, key: real.keys.leaver })).end()
    await world.close()
  })

  it.each(['getent', 'passwd', 'chage', 'sshd', 'find', 'grep', 'cat', 'ps'])(
    'does not take it for nothing when sudo does not let it run %s',
    async (command) => {
      const world = await worldOn(bedOn(real))
      const rule = `/etc/sudoers.d/${real.logins.bot}`
      const whole = readFileSync(rule, 'utf8')
      const looked = () => Promise.allSettled(here.map((step) => world.find(step)))
      const honest = await looked()
      // Without a password to ask for, sudo says "Sorry" in place of "sudo: a password is required".
      const less = whole.replace(new RegExp(`(, )?/usr/s?bin/${command}\\b`), '')
      writeFileSync(rule, `Defaults:${real.logins.bot} !authenticate\n${less}`)
      const now = await looked()
      writeFileSync(rule, whole)
      expect(now.filter(({ status }) => status === 'rejected')).not.toEqual([])
      for (const [index, one] of now.entries()) if (one.status === 'fulfilled') expect(one).toEqual(honest[index])
      await world.close()
    },
  )

  it("finds the leaver's key among a bystander's, also once their own is moved aside, and does not touch it", async () => {
    const world = await worldOn(bedOn(real))
    const file = `/home/${real.logins.bystander}/.ssh/authorized_keys`
    const [found] = await world.find('keys-elsewhere')
    expect(found).toMatchObject({ state: 'blocked', label: expect.stringContaining(file) })
    await world.run('keys')
    expect(await world.find('keys-elsewhere')).toEqual([found])
    expect(await world.order('keys-elsewhere', found ? [found] : [])).toMatchObject([{ kind: 'rejected' }])
    expect(readFileSync(file, 'utf8')).toContain(real.keys.publicLeaver.split(' ')[1])
    await world.close()
  })

  it.each([
    ['TYPE BLOB jo at home\r\n', 'by an editor of Windows'],
    ['TYPE\tBLOB\tjo\n', 'with tabs'],
    ['TYPE  BLOB\n', 'with two blanks'],
    ['command="echo TYPE AAAAC3Nza x" TYPE BLOB jo\n', 'behind options that look like a key'],
  ])("finds the leaver's key that lets them in as somebody else, written as %j", async (form) => {
    const world = await worldOn(bedOn(real))
    const file = `/home/${real.logins.bystander}/.ssh/authorized_keys`
    const was = readFileSync(file, 'utf8')
    const [type = '', blob = ''] = real.keys.publicLeaver.split(' ')
    writeFileSync(file, form.replaceAll('TYPE', type).replaceAll('BLOB', blob))
    ;(await real.signIn({ user: real.logins.bystander, key: real.keys.leaver })).end()
    const found = await world.find('keys-elsewhere')
    writeFileSync(file, was)
    expect(found).toMatchObject([{ state: 'blocked', fact: expect.stringContaining("one of the leaver's own keys") }])
    await world.close()
  })

  it('is not led to the files of others by a link that the leaver made', async () => {
    const bed = bedOn(real)
    const own = `/home/${real.logins.leaver}/.ssh`
    const theirs = `/home/${real.logins.bystander}/.ssh`
    rmSync(own, { recursive: true })
    symlinkSync(theirs, own)
    const world = await worldOn(bed)
    expect(await world.run('keys')).toMatchObject([{ id: own, fact: 'a link to another place' }])
    expect(existsSync(`${theirs}/authorized_keys`)).toBe(true)
    expect(() => lstatSync(own)).toThrow('ENOENT')
    await world.close()
  })

  it('keeps what lay aside from an earlier leaving', async () => {
    const world = await worldOn(bedOn(real))
    const path = `/home/${real.logins.leaver}/.ssh/authorized_keys`
    await world.run('keys')
    writeFileSync(path, '# a second one\n')
    await world.run('keys')
    const uid = world.account.id.split(':')[0]
    const aside = `${folderOfStore}/${uid}${path.replaceAll('/', '_')}`
    expect(readFileSync(aside, 'utf8')).toBe('# a second one\n')
    expect(readFileSync(`${aside}.1`, 'utf8')).toBe(real.keys.publicLeaver)
    await world.close()
  })

  it('takes a sudo rule away that has the name in quotes, as those of a directory often do', async () => {
    const bed = bedOn(real)
    const file = `/etc/sudoers.d/${real.logins.leaver}`
    writeFileSync(file, `"${real.logins.leaver}" ALL=(ALL) ALL\n`)
    const world = await worldOn(bed)
    expect(await world.find('sudoers')).toMatchObject([{ id: file, state: 'open' }])
    await world.run('sudoers')
    expect(existsSync(file)).toBe(false)
    await world.close()
  })

  it('leaves a sudo rule among those of others to a person', async () => {
    const bed = bedOn(real)
    const { leaver, bystander } = real.logins
    const file = `/etc/sudoers.d/${leaver}`
    writeFileSync(file, `${leaver} ALL=(ALL) ALL\n${bystander} ALL=(ALL) ALL\n`)
    const world = await worldOn(bed)
    const [found] = await world.find('sudoers')
    expect(found).toMatchObject({ id: file, state: 'blocked', fact: expect.stringContaining('visudo') })
    expect(await world.order('sudoers', found ? [found] : [])).toMatchObject([{ kind: 'rejected' }])
    expect(existsSync(file)).toBe(true)
    await world.close()
  })

  it('moves at jobs aside by whom they belong to', async () => {
    const bed = bedOn(real)
    const folder = '/var/spool/cron/atjobs'
    mkdirSync(folder, { recursive: true })
    const world = await worldOn(bed)
    const uid = Number(world.account.id.split(':')[0])
    const job = `${folder}/a${process.pid}`
    writeFileSync(job, '#!/bin/sh\n')
    chownSync(job, uid, uid)
    expect((await world.run('schedules')).map((one) => one.id)).toContain(job)
    expect(existsSync(job)).toBe(false)
    expect((await world.find('schedules')).map((one) => one.state)).not.toContain('open')
    await world.close()
  })

  it('does nothing where the name has another uid than was planned', async () => {
    const bed = bedOn(real)
    const account = { realm: 'web-1', id: `4242:${real.logins.leaver}`, label: 'jo' }
    const world = await worldOn(bed, account)
    const before = real.state()
    await expect(world.find('lock')).rejects.toThrow('it may be somebody else')
    const finding = { id: 'account', label: 'jo', state: 'open', fact: '' } as const
    expect(await world.order('lock', [finding])).toMatchObject([{ kind: 'rejected' }])
    expect(real.state()).toEqual(before)
    await world.close()
  })

  // The orders, too, in hosts-pretend.test.ts: a broken guard must not take this machine down.
  it.each(['root', 'daemon', 'nobody', 'bot'])('never touches %s', async (name) => {
    const login = name === 'bot' ? real.logins.bot : name
    const bed = bedOn(real, { settings: { logins: { [cast.leaver]: login } } })
    const world = await worldOn(bed)
    expect(world.account.protected).toMatch(/root|system|Latchkey itself/)
    await expect(world.find('lock')).rejects.toThrow('is not touched')
    await world.close()
  })

  it('sends nothing to a host whose key is not the pinned one, and goes on with the others', async () => {
    const good = { address: '127.0.0.1', port: real.port, hostKey: real.hostKey }
    const settings = {
      hosts: {
        'web-1': good,
        'web-2': { ...good, hostKey: `SHA256:${'A'.repeat(43)}` },
        'web-3': { ...good, port: 1 },
      },
    }
    const world = await worldOn(bedOn(real, { settings }))
    const accounts = await hosts.locate(world.rig.client as never, leaverOf(cast.leaver))
    expect(accounts.map((one) => [one.realm, one.id])).toEqual([
      ['web-1', expect.stringMatching(/^\d+:/)],
      ['web-2', real.logins.leaver],
      ['web-3', real.logins.leaver],
    ])
    expect(accounts[1]?.label).toContain('is not the pinned one, so nothing was sent')
    const down = await worldOn(bedOn(real, { settings }), accounts[2])
    await expect(down.find('lock')).rejects.toThrow('ECONNREFUSED')
    const { missing } = await hosts.check(world.rig.client as never)
    expect(missing).toHaveLength(2)
    await world.close()
    await down.close()
  })

  it('acts on a host that answers again, by the name that was planned', async () => {
    const account = { realm: 'web-1', id: real.logins.leaver, label: 'not read yet' }
    const world = await worldOn(bedOn(real), account)
    await world.run('lock')
    expect(real.state()[real.logins.leaver]).toMatchObject({ locked: true })
    await world.close()
  })

  it('goes through another host', async () => {
    const direct = { address: '127.0.0.1', port: real.port, hostKey: real.hostKey }
    const settings = { hosts: { 'web-1': { ...direct, jump: 'bastion' }, bastion: direct } }
    const world = await worldOn(bedOn(real, { settings }))
    expect(world.account).toMatchObject({ realm: 'web-1', label: expect.stringContaining('on web-1') })
    await world.close()
  })

  it('says what IT gives it where sudo does not let it', async () => {
    const settings = { user: real.logins.bystander, privateKey: new Secret(real.keys.bystander) }
    const bed = bedOn(real, { settings })
    const world = await worldOn(bed, { realm: 'web-1', id: real.logins.leaver, label: 'jo' })
    await expect(world.find('lock')).rejects.toThrow('with sudo there, without a password')
    expect((await hosts.check(world.rig.client as never)).missing).toEqual([expect.stringContaining('with sudo there')])
    await world.close()
  })

  it('says where the public key goes where a host refuses it', async () => {
    const world = await worldOn(bedOn(real, { settings: { user: 'daemon' } }), {
      realm: 'web-1',
      id: real.logins.leaver,
      label: 'jo',
    })
    await expect(world.find('lock')).rejects.toThrow("puts Latchkey's public key into the authorized_keys of daemon")
    await world.close()
  })
})

function shellOf(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.shell((error, channel) => {
      if (error) return reject(error)
      channel.on('data', () => resolve()).resume()
    })
  })
}

function answerOf(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      let out = ''
      channel.on('data', (data: Buffer) => {
        out += data
      })
      channel.on('close', () => resolve(out))
    })
  })
}
