/** What `doctor` asks: is each host there, are we who we should be, and does sudo let us? */
import type { Health, Right } from '../../src/connector.ts'
import type { Host, Hosts } from './host.ts'
import { serverOf } from './key-files.ts'

export const rights: readonly Right[] = [
  { name: 'a user of its own on each host, with a key of its own', for: 'signing in' },
  { name: 'sudo: passwd -S, chage, usermod (macOS: pwpolicy, dscl)', for: 'locking the account and letting it expire' },
  {
    name: 'sudo: sshd -T, find, grep, cat, mkdir, mv',
    for: 'finding keys, crontabs and sudo rules and moving them aside',
  },
  { name: 'sudo: ps, pkill, loginctl (macOS: launchctl)', for: 'ending sessions and processes' },
  { name: 'sudo: getent, gpasswd (macOS: dscl, dseditgroup)', for: 'leaving groups' },
  { name: 'sudo: fdesetup (macOS)', for: 'taking away unlocking the disk' },
]

export async function check(hosts: Hosts): Promise<Health> {
  const told = await Promise.all(hosts.all.map(checkHost))
  const names = hosts.all.map((host) => `${host.user}@${host.id}`)
  const asRoot = hosts.all.filter((host) => host.user === 'root').map((host) => host.id)
  return {
    as: names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`,
    missing: told.filter((one) => one !== undefined),
    ...(asRoot.length > 0
      ? { warnings: [`signs in as root on ${asRoot.join(', ')}: IT makes a user of its own that uses sudo`] }
      : {}),
  }
}

/** One host that is down must not hide what is missing on the others. */
async function checkHost(host: Host): Promise<string | undefined> {
  try {
    await host.run({ what: 'let us use sudo', argv: ['true'] })
    await serverOf(host, host.user)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
