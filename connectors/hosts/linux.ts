/** Linux with shadow's tools (passwd(1), chage(1), usermod(8), gpasswd(1)) and glibc's getent(1). */
import { Rejected } from '../../src/connector.ts'
import type { Host } from './host.ts'
import type { Entry, Locked, Person, Platform } from './platform.ts'

export const linux: Platform = {
  // UID_MIN of login.defs as all large distributions ship it.
  firstUid: 1000,
  who,
  lockState,
  async lock(host, login) {
    // One order for both: a locked password alone leaves keys working, expiry ends both.
    const argv = ['usermod', '-L', '-e', '1970-01-02', login] as const
    await host.run({ what: 'lock the account', argv, writes: true })
  },
  async unlock(host, login, _id, before) {
    const { locked, expires } = before as { locked: boolean; expires: string | null }
    const end = expires ?? '-1'
    await host.run({ what: 'give the expiry back', argv: ['chage', '-E', end, login], writes: true })
    if (locked) return
    await host.run({ what: 'unlock the password', argv: ['usermod', '-U', login], writes: true })
  },
  async endSessions(host, { login }) {
    // Without systemd there is no such thing, and without a session it refuses: what is left is killed by uid.
    const argv = ['loginctl', 'terminate-user', login] as const
    await host.run({ what: 'end sessions', argv, writes: true, answers: 'any' })
  },
  async groups(host, login) {
    const { out } = await host.run({ what: 'show the groups', argv: ['getent', '-s', 'files', 'group'] })
    return out.split('\n').flatMap((line) => {
      const [name = '', , , members = ''] = line.split(':')
      return members.split(',').includes(login) ? [name] : []
    })
  },
  async leave(host, login, group) {
    // 3: not a member.
    const argv = ['gpasswd', '-d', login, group] as const
    await host.run({ what: `take them out of ${group}`, argv, writes: true, answers: [0, 3] })
  },
  async join(host, login, group) {
    await host.run({ what: `put them into ${group}`, argv: ['gpasswd', '-a', login, group], writes: true })
  },
  scheduleFolders: ['/var/spool/cron', '/var/spool/at'],
  sudoers: { file: '/etc/sudoers', folder: '/etc/sudoers.d' },
}

async function who(host: Host, login: string): Promise<{ person?: Person; others: readonly Entry[] }> {
  const { out } = await host.run({ what: 'list its users', argv: ['getent', '-s', 'files', 'passwd'] })
  const everybody = entriesIn(out)
  const own = everybody.find((one) => one.login === login)
  const person = own ? { ...own, local: true } : await elsewhere(host, login)
  return { ...(person ? { person } : {}), others: everybody.filter((one) => one.login !== login) }
}

async function elsewhere(host: Host, login: string): Promise<Person | undefined> {
  // 2: one or more supplied key could not be found, neither here nor in a directory.
  const answer = await host.run({ what: 'look a user up', argv: ['getent', 'passwd', login], answers: [0, 2] })
  const found = entriesIn(answer.out).find((one) => one.login === login)
  return found && { ...found, local: false }
}

function entriesIn(passwd: string): (Entry & { name?: string })[] {
  return passwd.split('\n').flatMap((line) => {
    const [login = '', , uid = '', , gecos = '', home = '', shell = ''] = line.split(':')
    if (!/^\d+$/.test(uid)) return []
    const name = gecos.split(',')[0]?.trim()
    return [{ login, uid: Number(uid), home, shell, ...(name ? { name } : {}) }]
  })
}

async function lockState(host: Host, login: string): Promise<Locked[]> {
  const status = await host.run({ what: 'show the state of a password', argv: ['passwd', '-S', login] })
  const ageing = await host.run({ what: 'show when an account expires', argv: ['chage', '-l', login] })
  const word = status.out.split(' ')[1]?.trim()
  const date = /^Account expires\s*: (.+)$/m.exec(ageing.out)?.[1]?.trim()
  if (!word || !date)
    throw new Rejected(`${host.id} answered about the account of ${login} in words that are not known`)
  // L on Debian, LK on Red Hat.
  const locked = word === 'L' || word === 'LK'
  const expires = date === 'never' ? null : isoDate(date, host)
  const over = expires !== null && expires <= new Date().toISOString().slice(0, 10)
  return [
    {
      id: 'account',
      label: `Account ${login}`,
      state: locked && over ? 'done' : 'open',
      fact: `password ${locked ? 'locked' : 'not locked'} (${word}), account expires ${date}`,
      before: { locked, expires },
    },
  ]
}

/** `Jan 02, 1970`, as chage writes it in English. */
function isoDate(text: string, host: Host): string {
  const date = new Date(`${text} UTC`)
  if (Number.isNaN(date.getTime())) throw new Rejected(`${host.id} gave a date that cannot be read: ${text}`)
  return date.toISOString().slice(0, 10)
}
