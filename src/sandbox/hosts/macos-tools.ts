/** What macOS answers: dscl(1), pwpolicy(8), dseditgroup(8), fdesetup(8), launchctl(1), by their manuals. */
import { type Machine, type Said, said, type Tool, type User } from './machine.ts'

export const macosTools: Readonly<Record<string, Tool>> = { dscl, pwpolicy, dseditgroup, fdesetup, launchctl }

const notFound = said('', 56, '<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)')

function local(machine: Machine, login: string): User | undefined {
  const user = machine.users.get(login)
  return user?.fromDirectory ? undefined : user
}

function dscl(machine: Machine, [, how, path = '', ...rest]: readonly string[]): Said {
  if (how === '-list') return said(listed(machine, rest[0] ?? ''))
  if (how === '-search') return said(found(machine, rest[1] ?? ''))
  const login = path.replace('/Users/', '')
  const user = local(machine, login)
  if (!user) return notFound
  if (how === '-read') return said(rest.map((key) => shown(key, attribute(user, key))).join('\n'))
  if (how === '-create' && rest[0] === 'UserShell') user.shell = rest[1] ?? ''
  return said('')
}

function attribute(user: User, key: string): string {
  const { uid, name, home, shell, authority } = user
  const all: Record<string, string> = {
    UniqueID: String(uid),
    RealName: name,
    NFSHomeDirectory: home,
    UserShell: shell,
    AuthenticationAuthority: authority,
  }
  return all[key] ?? ''
}

/** A value with blanks stands on a line of its own. */
function shown(key: string, value: string): string {
  return value.includes(' ') ? `${key}:\n ${value}` : `${key}: ${value}`
}

function listed(machine: Machine, key: string): string {
  const own = [...machine.users].filter(([, user]) => !user.fromDirectory)
  return own.map(([login, user]) => `${login.padEnd(24)} ${attribute(user, key)}`).join('\n')
}

function found(machine: Machine, login: string): string {
  const groups = [...machine.groups].filter(([, members]) => members.includes(login))
  return groups
    .map(([name, members]) => `${name}\t\tGroupMembership = (\n${members.map((one) => `    ${one}`).join(',\n')}\n)`)
    .join('\n')
}

function pwpolicy(machine: Machine, [, login = '', what]: readonly string[]): Said {
  const user = local(machine, login)
  if (!user) return said('', 1, `Error: unknown user ${login}`)
  const plain = user.authority.replace(';DisabledUser;', '')
  user.authority = what === '-disableuser' ? `;DisabledUser;${plain}` : plain
  return said('')
}

function dseditgroup(machine: Machine, args: readonly string[]): Said {
  const [, , how, login = '', , , group = ''] = args
  const members = machine.groups.get(group)
  if (!members) return said('', 64, 'Group not found.')
  const at = members.indexOf(login)
  if (how === '-a' && at < 0) members.push(login)
  if (how === '-d' && at >= 0) members.splice(at, 1)
  return said('')
}

function fdesetup(machine: Machine, [what, , login = '']: readonly string[]): Said {
  if (what === 'status') return said(machine.fileVault.length > 0 ? 'FileVault is On.' : 'FileVault is Off.')
  if (what === 'list') return said(machine.fileVault.map((one) => `${one},85632A00-1596-42D4-92BF-${one}`).join('\n'))
  if (!machine.fileVault.includes(login)) return said('', 11, `Error: User '${login}' could not be found.`)
  machine.fileVault = machine.fileVault.filter((one) => one !== login)
  return said('')
}

function launchctl(machine: Machine, [, target = '']: readonly string[]): Said {
  const uid = Number(target.replace('user/', ''))
  const theirs = machine.processes.filter((one) => one.uid === uid && one.tty === '??')
  if (theirs.length === 0) return said('', 3, 'Boot-out failed: 3: No such process')
  machine.processes = machine.processes.filter((one) => !theirs.includes(one))
  return said('')
}
