/** Whose keys, and which files and services, on a pretend host. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { type PretendHosts, pretendHosts } from '../../src/sandbox/hosts/index.ts'
import { put } from '../../src/sandbox/hosts/machine.ts'
import { keyOf, loginOf } from '../../src/sandbox/hosts/machines.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaverOf, stranger, worldOn } from './hosts-world.ts'

const login = loginOf(cast.leaver)

describe('keys and services on a pretend host', () => {
  let vendor: PretendHosts
  let bed: Bed
  beforeAll(async () => {
    vendor = await pretendHosts()
    bed = {
      settings: vendor.settings,
      servers: [],
      leaver: leaverOf(cast.leaver),
      stranger,
      state: () => structuredClone(vendor.machines),
      untouchable: () => undefined,
      secrets: vendor.secrets,
      close: () => vendor.close(),
    }
  })
  afterAll(() => vendor.close())

  const account = (realm: 'web-1') => {
    const uid = vendor.machines[realm].users.get(login)?.uid
    return { realm, id: `${uid}:${login}`, label: login }
  }

  it('leaves the keys in a home folder that is also somebody else’s to a person, whatever was found before', async () => {
    const { users, files } = vendor.machines['web-1']
    const home = users.get(login)?.home ?? ''
    const path = `${home}/.ssh/authorized_keys`
    const other = users.get('deploy')
    const was = other?.home ?? ''
    const world = await worldOn(bed, account('web-1'))
    if (!files.has(path)) put(vendor.machines['web-1'], path, `${keyOf(cast.leaver)}\n`)
    if (other) other.home = home
    expect(await world.find('keys')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('the home folder of deploy, too') },
    ])
    const finding = { id: path, label: '', state: 'open', fact: '' } as const
    expect(await world.order('keys', [finding])).toMatchObject([{ kind: 'rejected' }])
    expect(files.has(path)).toBe(true)
    if (other) other.home = was
    await world.close()
  })

  it("finds the leaver's key also with somebody who has no shell: such an account takes files and forwards ports", async () => {
    const machine = vendor.machines['web-1']
    put(machine, '/var/www/.ssh/authorized_keys', `command="internal-sftp" ${keyOf(cast.leaver)}\n`, 33)
    const world = await worldOn(bed, account('web-1'))
    const paths = (await world.find('keys-elsewhere')).map((one) => one.id.split('#')[0])
    expect(paths).toContain('/var/www/.ssh/authorized_keys')
    machine.files.delete('/var/www/.ssh/authorized_keys')
    await world.close()
  })

  it('reads a file of keys once over, however its lines were written', async () => {
    const machine = vendor.machines['web-1']
    const path = '/var/www/.ssh/authorized_keys'
    const [type, blob] = keyOf(cast.leaver).split(' ')
    const hostile = `${type} ${blob}${'\t'.repeat(300_000)}x\ry`
    put(machine, path, `${keyOf(cast.leaver)}\n${hostile}\n`, 33)
    const world = await worldOn(bed, account('web-1'))
    const found = (await world.find('keys-elsewhere')).filter((one) => one.id.startsWith(path))
    expect(found).toMatchObject([{ fact: expect.stringContaining("one of the leaver's own keys") }])
    machine.files.delete(path)
    await world.close()
  })

  it('does not take a file that cannot be read for one without the key', async () => {
    const file = vendor.machines['web-1'].files.get('/home/deploy/.ssh/authorized_keys')
    if (file) file.unreadable = true
    const world = await worldOn(bed, account('web-1'))
    await expect(world.find('keys-elsewhere')).rejects.toThrow('Permission denied')
    delete file?.unreadable
    await world.close()
  })

  it.each(['User = LOGIN', ' User="LOGIN"', 'User=UID'])('finds a service that runs by %j', async (line) => {
    const machine = vendor.machines['web-1']
    const uid = String(machine.users.get(login)?.uid)
    const path = '/etc/systemd/system/sync.service.d/user.conf'
    put(machine, path, `[Service]\n${line.replace('LOGIN', login).replace('UID', uid)}\n`)
    put(machine, '/etc/systemd/system/other.service', `[Service]\nUser=${login}x\n#User=${login}\n`)
    const world = await worldOn(bed, account('web-1'))
    const found = (await world.find('runs-as')).map((one) => one.id)
    expect(found).toContain(path)
    expect(found).not.toContain('/etc/systemd/system/other.service')
    for (const one of [path, '/etc/systemd/system/other.service']) machine.files.delete(one)
    await world.close()
  })
})
