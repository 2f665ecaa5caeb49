/** What the pretend machines hold of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { Machine, User } from './machine.ts'
import { keyOf, loginOf } from './machines.ts'

export function showsHosts(machines: Readonly<Record<string, Machine>>, email: string): Shown[] {
  return told(Object.entries(machines).flatMap(([name, machine]) => onMachine(name, machine, email)))
}

function onMachine(name: string, machine: Machine, email: string): Shown[] {
  const login = loginOf(email)
  const user = machine.users.get(login)
  const key = keyOf(email).split(' ')[1] ?? email
  const trusting = [...machine.files].filter(
    ([path, file]) => /\/authorized_keys2?$/.test(path) && file.text.includes(key),
  )
  const jobs = [...machine.files.keys()].filter(
    (path) => /\/(crontabs|tabs|linger|sudoers\.d)\/[^/]+$/.test(path) && path.endsWith(`/${login}`),
  )
  const groups = [...machine.groups].filter(([, members]) => members.includes(login)).map(([group]) => group)
  const running = user ? machine.processes.filter((one) => one.loginUid === user.uid || one.uid === user.uid) : []
  const at = (what: string) => `${name}: ${what}`
  return [
    ...(user ? [row('infrastructure', at(`login ${login}`), loginState(machine, user), !isShut(machine, user))] : []),
    ...there('infrastructure', at('group'), groups, 'member'),
    ...there(
      'infrastructure',
      at('key in'),
      trusting.map(([path]) => path),
      'lets them in',
    ),
    ...there('infrastructure', at('file'), jobs, 'runs or allows in their name'),
    ...(running.length > 0 ? [row('infrastructure', at('processes'), `${running.length} running`)] : []),
    ...(machine.fileVault.includes(login) ? [row('infrastructure', at('disk'), 'they can unlock it')] : []),
  ]
}

function isShut({ platform }: Machine, user: User): boolean {
  if (platform === 'macos') return user.authority.includes('DisabledUser') || /(nologin|false)$/.test(user.shell)
  const today = Date.now() / 86_400_000
  return (user.expires !== null && user.expires <= today) || (user.locked && /(nologin|false)$/.test(user.shell))
}

function loginState(machine: Machine, user: User): string {
  return isShut(machine, user) ? 'closed' : user.locked ? 'password locked' : 'open'
}
