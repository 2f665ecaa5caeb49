/**
 * macOS: dscl(1) for the local node, pwpolicy(8), dseditgroup(8), launchctl(1). Disabling writes `;DisabledUser;` into
 * AuthenticationAuthority, which is what is read back.
 */
import { Rejected } from '../../src/connector.ts'
import type { Host } from './host.ts'
import type { Entry, Locked, Person, Platform } from './platform.ts'

/** eDSRecordNotFound, as dscl's exit code. */
const notFound = 56

export const macos: Platform = {
  // 501 is the first that Setup Assistant gives.
  firstUid: 501,
  who,
  lockState,
  async lock(host, login, id) {
    if (id === 'account')
      await host.run({ what: 'disable the account', argv: ['pwpolicy', '-u', login, '-disableuser'], writes: true })
    else await setShell(host, login, noShell)
  },
  async unlock(host, login, id, before) {
    if (id === 'shell') return setShell(host, login, (before as { shell: string }).shell)
    await host.run({ what: 'enable the account', argv: ['pwpolicy', '-u', login, '-enableuser'], writes: true })
  },
  async endSessions(host, { uid }) {
    // Fails where nobody is logged in; what is left is killed by uid.
    const argv = ['launchctl', 'bootout', `user/${uid}`] as const
    await host.run({ what: 'end sessions', argv, writes: true, answers: 'any' })
  },
  async groups(host, login) {
    const argv = ['dscl', '.', '-search', '/Groups', 'GroupMembership', login] as const
    const { out } = await host.run({ what: 'show the groups', argv })
    // `admin		GroupMembership = (`, then the members, further in, and `)`.
    return [...out.matchAll(/^(\S+)\t+GroupMembership = \(([^()]*)\)/gm)].flatMap(([, group = '', members = '']) =>
      members.split(/[\s,"]+/).includes(login) ? [group] : [],
    )
  },
  async leave(host, login, group) {
    const argv = ['dseditgroup', '-o', 'edit', '-d', login, '-t', 'user', group] as const
    await host.run({ what: `take them out of ${group}`, argv, writes: true })
  },
  async join(host, login, group) {
    const argv = ['dseditgroup', '-o', 'edit', '-a', login, '-t', 'user', group] as const
    await host.run({ what: `put them into ${group}`, argv, writes: true })
  },
  scheduleFolders: ['/private/var/at/tabs', '/private/var/at/jobs'],
  sudoers: { file: '/private/etc/sudoers', folder: '/private/etc/sudoers.d' },
}

const noShell = '/usr/bin/false'

async function setShell(host: Host, login: string, shell: string): Promise<void> {
  const argv = ['dscl', '.', '-create', `/Users/${login}`, 'UserShell', shell] as const
  await host.run({ what: 'set the shell', argv, writes: true })
}

async function person(host: Host, login: string): Promise<Person | undefined> {
  const own = await read(host, login, ['UniqueID', 'RealName', 'NFSHomeDirectory', 'UserShell'])
  if (own) return { ...entryOf(host, login, own), local: true }
  // 1: no such user, neither here nor in a directory.
  const id = await host.run({ what: 'look a user up', argv: ['id', '-u', login], answers: [0, 1] })
  if (id.code === 1) return undefined
  return { login, uid: uidOf(host, id.out), home: '', shell: '', local: false }
}

async function read(host: Host, login: string, keys: readonly string[]): Promise<Map<string, string> | undefined> {
  const argv = ['dscl', '.', '-read', `/Users/${login}`, ...keys] as const
  const { code, out } = await host.run({ what: 'look a local user up', argv, answers: [0, notFound] })
  if (code === notFound) return undefined
  // `UniqueID: 501`, or the value in the lines after, further in.
  const found = [...out.matchAll(/^(\w+):(.*(?:\n .*)*)/gm)]
  return new Map(found.map(([, key = '', value = '']) => [key, value.trim()]))
}

function entryOf(host: Host, login: string, record: Map<string, string>): Entry & { name?: string } {
  const name = record.get('RealName')
  return {
    login,
    uid: uidOf(host, record.get('UniqueID') ?? ''),
    home: record.get('NFSHomeDirectory') ?? '',
    shell: record.get('UserShell') ?? '',
    ...(name ? { name } : {}),
  }
}

function uidOf(host: Host, text: string): number {
  if (!/^\d+$/.test(text.trim())) throw new Rejected(`${host.id} named no uid that can be read`)
  return Number(text)
}

async function who(host: Host, login: string): Promise<{ person?: Person; others: readonly Entry[] }> {
  const found = await person(host, login)
  const others = (await everybody(host)).filter((one) => one.login !== login)
  return { ...(found ? { person: found } : {}), others }
}

async function everybody(host: Host): Promise<readonly Entry[]> {
  const list = async (key: string) => {
    const { out } = await host.run({ what: 'list its users', argv: ['dscl', '.', '-list', '/Users', key] })
    return new Map([...out.matchAll(/^(\S+) +(.+)$/gm)].map(([, login = '', value = '']) => [login, value.trim()]))
  }
  const [uids, homes, shells] = [await list('UniqueID'), await list('NFSHomeDirectory'), await list('UserShell')]
  return [...uids].flatMap(([login, uid]) =>
    /^\d+$/.test(uid)
      ? [{ login, uid: Number(uid), home: homes.get(login) ?? '', shell: shells.get(login) ?? '' }]
      : [],
  )
}

async function lockState(host: Host, login: string): Promise<Locked[]> {
  const record = await read(host, login, ['AuthenticationAuthority', 'UserShell'])
  const authority = record?.get('AuthenticationAuthority')
  const shell = record?.get('UserShell')
  if (authority === undefined || !shell)
    throw new Rejected(`${host.id} answered about the account of ${login} in words that are not known`)
  const disabled = authority.includes(';DisabledUser;')
  return [
    {
      id: 'account',
      label: `Account ${login}`,
      state: disabled ? 'done' : 'open',
      fact: disabled ? 'AuthenticationAuthority has ;DisabledUser;' : 'AuthenticationAuthority has no ;DisabledUser;',
      before: {},
    },
    {
      id: 'shell',
      label: `Shell of ${login}`,
      state: shell === noShell ? 'done' : 'open',
      fact: `UserShell ${shell}`,
      before: { shell },
    },
  ]
}
