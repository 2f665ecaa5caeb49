/** What Linux answers: forms and exit codes as shadow 4.13, procps 4 and systemd 252 of Debian 12 gave them. */
import { type Machine, nameOf, type Said, said, type Tool, type User } from './machine.ts'

const dayMs = 86_400_000

export const linuxTools: Readonly<Record<string, Tool>> = { getent, passwd, chage, usermod, gpasswd, loginctl }

function getent(machine: Machine, args: readonly string[]): Said {
  const filesOnly = args[0] === '-s'
  const [base, key] = filesOnly ? args.slice(2) : args
  const lines = base === 'group' ? groupLines(machine) : passwdLines(machine, filesOnly)
  const found = key === undefined ? lines : lines.filter((line) => line.startsWith(`${key}:`))
  return found.length > 0 ? said(found.join('\n')) : said('', 2)
}

function passwdLines(machine: Machine, filesOnly: boolean): string[] {
  return [...machine.users].flatMap(([login, { uid, name, home, shell, fromDirectory }]) =>
    filesOnly && fromDirectory ? [] : [`${login}:x:${uid}:${uid}:${name},,,:${home}:${shell}`],
  )
}

function groupLines(machine: Machine): string[] {
  return [...machine.groups].map(([name, members], index) => `${name}:x:${100 + index}:${members.join(',')}`)
}

function withUser(machine: Machine, login: string, noSuch: Said, work: (user: User) => Said): Said {
  const user = machine.users.get(login)
  return user && !user.fromDirectory ? work(user) : noSuch
}

function passwd(machine: Machine, [, login = '']: readonly string[]): Said {
  const noSuch = said('', 1, `passwd: user '${login}' does not exist`)
  return withUser(machine, login, noSuch, ({ locked }) =>
    said(`${login} ${locked ? 'L' : 'P'} 2026-11-01 0 99999 7 -1`),
  )
}

function chage(machine: Machine, args: readonly string[]): Said {
  const login = args.at(-1) ?? ''
  return withUser(machine, login, said('', 1, `chage: user '${login}' does not exist in /etc/passwd`), (user) => {
    if (args[0] === '-l') return said(ages(user))
    user.expires = args[1] === '-1' ? null : Date.parse(`${args[1]}`) / dayMs
    return said('')
  })
}

function ages({ expires }: User): string {
  const shown = expires === null ? 'never' : spelt(new Date(expires * dayMs))
  return [
    'Last password change\t\t\t\t\t: Nov 01, 2026',
    'Password expires\t\t\t\t\t: never',
    'Password inactive\t\t\t\t\t: never',
    `Account expires\t\t\t\t\t\t: ${shown}`,
    'Minimum number of days between password change\t\t: 0',
    'Maximum number of days between password change\t\t: 99999',
    'Number of days of warning before password expires\t: 7',
  ].join('\n')
}

function spelt(date: Date): string {
  return date.toLocaleDateString('en-US', { month: 'short', day: '2-digit', year: 'numeric', timeZone: 'UTC' })
}

function usermod(machine: Machine, args: readonly string[]): Said {
  const login = args.at(-1) ?? ''
  return withUser(machine, login, said('', 6, `usermod: user '${login}' does not exist`), (user) => {
    const expiry = args.indexOf('-e')
    if (expiry >= 0) user.expires = Date.parse(`${args[expiry + 1]}`) / dayMs
    if (args.includes('-L')) user.locked = true
    if (args.includes('-U')) user.locked = false
    return said('')
  })
}

function gpasswd(machine: Machine, [how, login = '', group = '']: readonly string[]): Said {
  const members = machine.groups.get(group)
  if (!members) return said('', 3, `gpasswd: group '${group}' does not exist in /etc/group`)
  if (how === '-a') members.push(login)
  else if (members.includes(login)) members.splice(members.indexOf(login), 1)
  else return said('', 3, `gpasswd: user '${login}' is not a member of '${group}'`)
  return said(`${how === '-a' ? 'Adding' : 'Removing'} user ${login} ${how === '-a' ? 'to' : 'from'} group ${group}`)
}

const lingering = '/var/lib/systemd/linger'

function loginctl(machine: Machine, [what, login = '']: readonly string[]): Said {
  const user = machine.users.get(login)
  if (!user) return said('', 1, `Failed to look up user ${login}: No such process`)
  if (what === 'disable-linger') machine.files.delete(`${lingering}/${login}`)
  if (what === 'enable-linger') machine.files.set(`${lingering}/${login}`, { type: 'f', uid: 0, text: '' })
  if (what === 'terminate-user') {
    if (!machine.processes.some((one) => one.tty !== '?' && nameOf(machine, one.uid) === login))
      return said('', 1, `Failed to terminate user: User ID ${user.uid} is not logged in or lingering`)
    machine.processes = machine.processes.filter((one) => one.uid !== user.uid || one.tty === '?')
  }
  return said('')
}
