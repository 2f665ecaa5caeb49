/** FileVault (fdesetup(8)): who may unlock the disk of a Mac before it starts. */
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import type { Host, Hosts } from './host.ts'
import { hereOf, targetOf } from './person.ts'

export const diskUnlock: AutomaticStep<Hosts> = {
  id: 'disk-unlock',
  title: "Take away unlocking the Mac's disk",
  area: 'devices',
  phase: 'remove',
  async find(at) {
    const here = await hereOf(at)
    if (here?.host.settings.platform !== 'macos') return []
    const users = await unlockers(here.host)
    if (!users.includes(here.person.login)) return []
    const named = { id: 'filevault', label: `FileVault of ${here.host.id}` }
    if (users.length > 1) return [{ ...named, state: 'open', fact: `may unlock it, with ${users.length - 1} more` }]
    return [{ ...named, state: 'blocked', fact: lastOne }]
  },
  async apply(at) {
    const { host, person } = await targetOf(at)
    const users = await unlockers(host)
    if (!users.includes(person.login)) return
    if (users.length === 1) throw new Rejected(`${host.id}: ${lastOne}`, { code: 'lastUnlocker' })
    const argv = ['fdesetup', 'remove', '-user', person.login] as const
    await host.run({ what: 'take away unlocking the disk', argv, writes: true })
  },
}

const lastOne =
  'the only one who can unlock the disk: IT first adds somebody (sudo fdesetup add -usertoadd NAME) or reads the recovery key, else what is on it is lost'

/** `jo,85632A00-…` a line. */
async function unlockers(host: Host): Promise<string[]> {
  const status = await host.run({ what: 'say whether FileVault is on', argv: ['fdesetup', 'status'] })
  if (status.out.includes('FileVault is Off')) return []
  const { out } = await host.run({ what: 'list who unlocks the disk', argv: ['fdesetup', 'list'] })
  return out.split('\n').flatMap((line) => (line.includes(',') ? [line.split(',')[0] as string] : []))
}
