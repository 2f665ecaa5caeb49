/** Live sessions and everything that runs as the leaver: ended, and counted again. */
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import type { Host, Hosts } from './host.ts'
import { hereOf, targetOf } from './person.ts'
import { platformOf } from './platform.ts'

export const sessions: AutomaticStep<Hosts> = {
  id: 'sessions',
  title: 'End live sessions and processes',
  area: 'infrastructure',
  phase: 'contain',
  // A session that ends before the account is locked is opened again.
  after: ['hosts/lock', 'hosts/keys', 'hosts/schedules', 'hosts/linger'],
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const running = await runningAs(here.host, here.person.uid)
    if (running.length === 0) return []
    const label = `Everything that runs as ${here.person.login}`
    return [{ id: 'processes', label, state: 'open', fact: told(running) }]
  },
  async apply(at) {
    const { host, person } = await targetOf(at)
    await platformOf(host).endSessions(host, person)
    // By real and by effective uid; 1: there is none.
    for (const by of ['-U', '-u']) {
      const argv = ['pkill', '-KILL', by, String(person.uid)] as const
      await host.run({ what: 'end processes', argv, writes: true, answers: [0, 1] })
    }
  },
}

interface Process {
  terminal: string
  command: string
}

async function runningAs(host: Host, uid: number): Promise<Process[]> {
  const columns = ['stat', 'tty', 'comm'].flatMap((name) => ['-o', `${name}=`])
  const argv = ['ps', '-U', String(uid), '-u', String(uid), ...columns] as const
  const { out, err } = await host.run({ what: 'list processes', argv, answers: [0, 1] })
  // 1: there is none, or it does not know what it was asked.
  if (err.trim() !== '') throw new Rejected(`${host.id} could not list processes: ${err.trim().slice(0, 200)}`)
  return out.split('\n').flatMap((line) => {
    const [, state = '', terminal = '', command = ''] = /^\s*(\S+)\s+(\S+)\s+(.*)$/s.exec(line) ?? []
    // What has ended and is only not yet asked after by its parent.
    return state === '' || state.startsWith('Z') ? [] : [{ terminal, command }]
  })
}

function told(running: readonly Process[]): string {
  const names = [...new Set(running.map((one) => one.command.split('/').at(-1) ?? ''))]
  const terminals = [...new Set(running.map((one) => one.terminal))].filter((one) => !/^\?+$|^-$/.test(one))
  const on = terminals.length > 0 ? `, on ${terminals.slice(0, 4).join(', ')}` : ''
  const more = names.length > 6 ? ' and others' : ''
  return `${running.length} running${on}: ${names.slice(0, 6).join(', ')}${more}`
}
