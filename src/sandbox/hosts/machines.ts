/** Who and what is on the pretend hosts on the first day. */
import { cast, employee, employees } from '../company.ts'
import { type Machine, put, userOf } from './machine.ts'

/** As the settings' rule makes it: jo_miller. */
export function loginOf(email: string): string {
  return (email.split('@')[0] ?? '').replaceAll('.', '_')
}

/** Public halves; nobody has the private ones. */
export const keyOf = (email: string) =>
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${Buffer.from(email.padEnd(31, '.')).toString('base64').slice(0, 42)}w ${email}`

const staff = [cast.leaver, cast.namesake, cast.it, cast.other, cast.protected]

export function linuxServer(): Machine {
  const machine = empty('linux')
  machine.users.set('root', userOf(0, 'root', 'root', { home: '/root' }))
  machine.users.set('www-data', userOf(33, 'www-data', 'www-data', { home: '/var/www', shell: '/usr/sbin/nologin' }))
  machine.users.set('latchkey', userOf(998, 'latchkey', 'Latchkey', { shell: '/bin/sh' }))
  machine.users.set('deploy', userOf(1001, 'deploy', 'Deployments'))
  people(machine, 1100, '/home')
  machine.groups = new Map([
    ['sudo', [loginOf(cast.leaver), loginOf(cast.it)]],
    ['docker', [loginOf(cast.leaver), loginOf(cast.other)]],
    ['www-data', []],
  ])
  const leaver = loginOf(cast.leaver)
  const uid = machine.users.get(leaver)?.uid ?? 0
  put(machine, '/home/deploy/.ssh/authorized_keys', `${keyOf(cast.other)}\n${keyOf(cast.leaver)}\n`, 1001)
  put(machine, `/var/spool/cron/crontabs/${leaver}`, '0 4 * * * /usr/bin/true\n', uid)
  put(machine, '/var/spool/cron/atjobs/a00001019c', '#!/bin/sh\n', uid)
  put(machine, `/var/lib/systemd/linger/${leaver}`, '')
  put(machine, '/etc/sudoers', '%sudo ALL=(ALL:ALL) ALL\n')
  put(machine, `/etc/sudoers.d/${leaver}`, `${leaver} ALL=(ALL) NOPASSWD: ALL\n`)
  put(machine, '/etc/crontab', '17 * * * * root run-parts /etc/cron.hourly\n')
  put(machine, '/etc/systemd/system/report.service', `[Service]\nUser=${leaver}\nExecStart=/opt/report\n`)
  machine.processes = [
    { pid: 1, uid: 0, loginUid: 4_294_967_295, tty: '?', command: 'systemd' },
    { pid: 410, uid, loginUid: uid, tty: 'pts/0', command: 'bash' },
    { pid: 411, uid, loginUid: uid, tty: '?', command: 'tmux: server' },
    { pid: 500, uid: uid + 1, loginUid: uid + 1, tty: 'pts/1', command: 'bash' },
  ]
  return machine
}

export function mac(): Machine {
  const machine = empty('macos')
  machine.users.set('root', userOf(0, 'root', 'System Administrator', { home: '/var/root' }))
  machine.users.set('latchkey', userOf(599, 'latchkey', 'Latchkey', { home: '/Users/latchkey' }))
  people(machine, 501, '/Users')
  const leaver = loginOf(cast.leaver)
  const other = loginOf(cast.other)
  machine.groups = new Map([
    ['admin', ['root', leaver, other]],
    ['com.apple.access_ssh', [leaver, other]],
  ])
  put(machine, `/private/var/at/tabs/${leaver}`, '0 4 * * * /usr/bin/true\n')
  put(machine, '/private/var/at/jobs/.lockfile', '')
  put(machine, `/private/etc/sudoers.d/${leaver}`, `${leaver} ALL=(ALL) ALL\n`)
  put(machine, '/private/etc/sudoers', '%admin ALL=(ALL) ALL\n')
  put(machine, '/Library/LaunchDaemons/com.example.report.plist', `<key>UserName</key>\n<string>${leaver}</string>\n`)
  put(machine, `/Users/${other}/.ssh/authorized_keys`, `${keyOf(cast.leaver)}\n`, machine.users.get(other)?.uid)
  const uid = machine.users.get(leaver)?.uid ?? 0
  machine.processes = [
    {
      pid: 300,
      uid,
      loginUid: uid,
      tty: '??',
      command: '/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder',
    },
    { pid: 301, uid, loginUid: uid, tty: 'ttys000', command: '-zsh' },
  ]
  machine.fileVault = [leaver, other]
  return machine
}

function empty(platform: Machine['platform']): Machine {
  return { platform, users: new Map(), groups: new Map(), files: new Map(), processes: [], fileVault: [] }
}

function people(machine: Machine, firstUid: number, homes: string): void {
  for (const [index, email] of staff.entries()) {
    const login = loginOf(email)
    const uid = firstUid + index
    const shell = machine.platform === 'macos' ? '/bin/zsh' : '/bin/bash'
    machine.users.set(login, userOf(uid, login, employee(email).name, { home: `${homes}/${login}`, shell }))
    put(machine, `${homes}/${login}/.ssh/authorized_keys`, `${keyOf(email)}\n`, uid)
  }
  const visitor = employees.find((one) => one.name === 'Ulla Virtanen')
  if (visitor)
    machine.users.set(
      loginOf(visitor.email),
      userOf(70_000, loginOf(visitor.email), visitor.name, {
        home: `${homes}/${loginOf(visitor.email)}`,
        fromDirectory: true,
      }),
    )
}
