/**
 * What runs as the leaver by the host's own set-up, or was begun by them as somebody else: it stops, or goes on, and only
 * a person can tell which is right. Nothing here is done by Latchkey; each is done when it is gone.
 */
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { grep } from './files.ts'
import { type Host, type Hosts, literal } from './host.ts'
import { hereOf } from './person.ts'
import type { Person } from './platform.ts'

export const runsAs: AutomaticStep<Hosts> = {
  id: 'runs-as',
  title: 'Find out what runs as the leaver, or was left running',
  area: 'infrastructure',
  phase: 'remove',
  after: ['hosts/sessions'],
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const { host, person } = here
    if (host.settings.platform === 'macos') return daemons(host, person)
    return [...(await units(host, person)), ...(await tables(host, person)), ...(await leftRunning(host, person))]
  },
  async apply(_at, finding) {
    throw new Rejected(`${finding.label} is dealt with by a person: ${finding.fact}`, { code: 'byHand' })
  },
}

const stops = 'stops or fails without the account: IT gives it an account of its own, or takes it away'

function service(path: string): Finding {
  return { id: path, label: path, state: 'blocked', fact: `runs as the leaver, and ${stops}` }
}

/** By name or by number, and with blanks or quotes, as systemd reads it (systemd.syntax(7)); drop-ins too. */
async function units(host: Host, { login, uid }: Person): Promise<Finding[]> {
  const folders = ['/etc/systemd/system', '/usr/lib/systemd/system', '/usr/local/lib/systemd/system']
  const user = literal(`^[[:space:]]*User[[:space:]]*=[[:space:]]*["]?(${login}|${uid})["]?[[:space:]]*$`)
  return servicesIn(await grep(host, ['-r', '-E'], [user], folders))
}

function servicesIn(hits: readonly { path: string }[]): Finding[] {
  return [...new Set(hits.map((hit) => hit.path))].map(service)
}

/** In the tables of the system the sixth word is the user, or the second after `@daily` and its like (crontab(5)). */
async function tables(host: Host, { login }: Person): Promise<Finding[]> {
  const hits = await grep(host, ['-r', '-F'], [login], ['/etc/crontab', '/etc/cron.d'])
  const theirs = hits.filter(({ line }) => {
    const words = line.trim().split(/\s+/)
    return !line.trim().startsWith('#') && words[line.trim().startsWith('@') ? 1 : 5] === login
  })
  return servicesIn(theirs)
}

async function daemons(host: Host, { login }: Person): Promise<Finding[]> {
  return servicesIn(await grep(host, ['-r', '-F'], [literal(`<string>${login}</string>`)], ['/Library/LaunchDaemons']))
}

/** The kernel keeps who signed in (loginuid, pam_loginuid(8)) through su and sudo; 4294967295 where nobody did. */
async function leftRunning(host: Host, { login, uid }: Person): Promise<Finding[]> {
  const folders = ['-maxdepth', '2', '-path', literal('/proc/[0-9]*/loginuid')]
  const argv = ['find', '/proc', ...folders, '-exec', 'grep', '-sHx', String(uid), literal('{}'), '+'] as const
  // Processes end while they are looked at, so neither exit code nor complaints tell anything.
  const { out } = await host.run({ what: 'see who began what', argv: argv, answers: 'any' })
  const pids = [...out.matchAll(/^\/proc\/(\d+)\/loginuid:/gm)].map(([, pid = '']) => pid)
  if (pids.length === 0) return []
  const columns = ['pid', 'user', 'comm'].flatMap((name) => ['-o', `${name}=`])
  const shown = await host.run({
    what: 'list processes',
    argv: ['ps', '-ww', '-p', pids.slice(0, 500).join(','), ...columns],
    answers: [0, 1],
  })
  return shown.out.split('\n').flatMap((line) => {
    const [, pid = '', user = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/s.exec(line) ?? []
    if (pid === '' || user === login) return []
    const fact = `runs as ${user}, begun by the leaver with su or sudo: IT finds out what it is for, and restarts or ends it`
    return [{ id: `process/${pid}`, label: `Process ${pid} (${command})`, state: 'blocked' as const, fact }]
  })
}
