/** Settings and people for the connector on a real server. */
import { readFileSync } from 'node:fs'
import hosts from '../../connectors/hosts/index.ts'
import type { Account, AutomaticStep, Choices, Finding, Leaver } from '../../src/connector.ts'
import { Secret } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { cast } from '../../src/sandbox/company.ts'
import { leaverOf } from '../support/leaver.ts'
import type { RealHost } from '../support/sshd.ts'
import {
  at,
  automatic,
  type Bed,
  type Explained,
  mustLook,
  mustOrder,
  openRig,
  order,
  type Place,
  places,
  type Rig,
} from '../support/test-connector-rig.ts'

export { leaverOf }

/** The sudo rule as the documents give it: what they allow is all that the tests have. */
export function documentedSudoRule(): string {
  const page = readFileSync(new URL('../../docs/connectors/hosts.md', import.meta.url), 'utf8')
  const rule = /```sudoers\n(.*?)```/s.exec(page)?.[1]
  if (!rule) throw new Error('docs/connectors/hosts.md gives no sudo rule')
  return rule
}

export const stranger: Leaver = { id: 'mailto:no.one@example.com', name: 'No One', emails: ['no.one@example.com'] }

export function settingsOf(real: RealHost, more: Record<string, unknown> = {}): Record<string, unknown> {
  const host = { address: '127.0.0.1', port: real.port, hostKey: real.hostKey }
  return {
    hosts: { 'web-1': host },
    user: real.logins.bot,
    privateKey: new Secret(real.keys.bot),
    domains: ['example.com'],
    loginRule: 'without-dots',
    logins: { [cast.leaver]: real.logins.leaver, [cast.namesake]: real.logins.namesake },
    connectWithin: '3s',
    ...more,
  }
}

export interface BedOptions {
  settings?: Record<string, unknown>
  choices?: Partial<Choices>
  expect?: Bed['expect']
}

export function bedOn(real: RealHost, options: BedOptions = {}): Bed {
  real.renewLeaver()
  return {
    settings: settingsOf(real, options.settings),
    servers: [],
    leaver: leaverOf(cast.leaver),
    stranger,
    choices: options.choices ?? {},
    state: () => real.state(),
    untouchable: () => {
      const { [real.logins.leaver]: _leaver, ...others } = real.state()
      return others
    },
    secrets: [real.password, real.keys.bot.split('\n')[2] as string, hashOf(real.logins.leaver)],
    ...(options.expect ? { expect: options.expect } : {}),
    close: async () => undefined,
  }
}

function hashOf(login: string): string {
  const line = readFileSync('/etc/shadow', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${login}:`))
  return line?.split(':')[1] ?? 'none'
}

export interface World {
  rig: Rig
  account: Account
  find(step: string): Promise<readonly Finding[]>
  /** Orders everything open; throws where one is refused. */
  run(step: string): Promise<readonly Finding[]>
  order(step: string, findings: readonly Finding[]): Promise<Explained[]>
  undo(step: string, finding: Finding): Promise<void>
  close(): Promise<void>
}

export async function worldOn(bed: Bed, account?: Account): Promise<World> {
  const rig = await openRig(hosts, bed)
  const place: Place = account ? { account } : ((await places(rig))[0] as Place)
  return {
    rig,
    account: place.account,
    find: (step) => mustLook(rig, stepOf(step), place),
    async run(step) {
      const findings = await mustLook(rig, stepOf(step), place)
      const open = findings.filter((finding) => finding.state === 'open')
      await mustOrder(rig, stepOf(step), place, open)
      return open
    },
    order: (step, findings) => order(rig, stepOf(step), place, findings),
    undo: async (step, finding) => stepOf(step).undo?.(at(rig, stepOf(step), place, new SharedReads()), finding),
    close: () => rig.close(),
  }
}

export function stepOf(id: string): AutomaticStep {
  const step = automatic(hosts).find((one) => one.id === id)
  if (!step) throw new Error(`hosts has no step ${id}`)
  return step
}
