/** A Samba domain for tests: started once a file, the leaver made anew for each bed, the truth read from its data base. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Attribute, Change } from 'ldapts'
import type { Choices } from '../../src/connector.ts'
import { type Samba, sambaInstalled, startSamba } from '../../src/sandbox/active-directory/index.ts'
import {
  addKeys,
  addLaptop,
  addPerson,
  dnOf,
  groupsOfCompany,
  laptopOf,
  loginOf,
  ou,
} from '../../src/sandbox/active-directory/people.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { leaverOf } from './leaver.ts'
import type { Bed } from './test-connector.ts'

export { leaverOf }

/** Where a real server is required the tests run, and fail for want of it. */
export const runsHere = (sambaInstalled() && existsSync('/usr/bin/kinit')) || process.env.REQUIRE_REAL === '1'

export const whySkipped =
  'NOT TESTED against a real directory: Samba or kinit is not installed here, or this is not root. `.ci/install-real-servers` installs it.'

/** Other test runs on this machine may hold the ports for a while. */
export async function sambaForTests(): Promise<Samba> {
  if (sambaInstalled()) return startSamba({ waitSeconds: 240 })
  throw new Error('REQUIRE_REAL=1, but Samba is not installed here, or this is not root: run .ci/install-real-servers')
}

export interface BedOptions {
  settings?: Record<string, unknown>
  choices?: Partial<Choices>
  expect?: Bed['expect']
}

/** The leaver as on the first day, whatever an earlier test did. */
export async function bedOn(samba: Samba, options: BedOptions = {}): Promise<Bed> {
  await renewLeaver(samba)
  const secrets = [samba.passwords.get(cast.leaver) as string, String(samba.servicePassword)]
  return {
    settings: { ...samba.settings, pageSize: 2, answerWithin: '2s', ...options.settings },
    servers: [],
    leaver: leaverOf(cast.leaver),
    stranger: { id: 'mailto:nobody@example.com', name: 'Nobody', emails: ['nobody@example.com'] },
    choices: options.choices ?? {},
    state: () => stateOf(samba),
    untouchable: () => othersIn(stateOf(samba)),
    secrets,
    pageSize: '2 entries a page: the leaver is in four groups',
    ...(options.expect ? { expect: options.expect } : {}),
    close: async () => undefined,
  }
}

export async function renewLeaver({ admin, passwords, settings }: Samba): Promise<void> {
  for (const name of [loginOf(cast.leaver), `${laptopOf(cast.leaver)}$`]) {
    const { searchEntries } = await admin.search(ou.company, { filter: `(sAMAccountName=${name})`, attributes: ['dn'] })
    for (const { dn } of searchEntries) await admin.del(dn)
  }
  await addPerson(admin, cast.leaver, passwords.get(cast.leaver) as string)
  await replace(admin, dnOf(cast.leaver), 'manager', dnOf(cast.manager))
  await addKeys(admin, cast.leaver, String(settings.ca))
  await addLaptop(admin, cast.leaver)
  for (const [name, emails] of groupsOfCompany())
    if (emails.includes(cast.leaver)) await modify(admin, 'add', groupDn(name), 'member', dnOf(cast.leaver))
}

export function groupDn(name: string): string {
  return `CN=${name},${ou.groups}`
}

export async function replace(admin: Samba['admin'], dn: string, type: string, ...values: string[]): Promise<void> {
  await modify(admin, 'replace', dn, type, ...values)
}

export async function modify(
  admin: Samba['admin'],
  operation: 'add' | 'delete' | 'replace',
  dn: string,
  type: string,
  ...values: (string | Buffer)[]
): Promise<void> {
  await admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values: values as string[] }) }))
}

export type State = Record<string, Record<string, string[]>>

/** Everything of the company, by distinguished name, read from the data base past the server. */
export function stateOf(samba: Samba): State {
  const ldif = execFileSync('ldbsearch', ['-H', samba.database, '-b', ou.company, '(objectClass=*)'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const state: State = {}
  for (const record of ldif.replaceAll('\n ', '').split('\n\n')) {
    const lines = record.split('\n').filter((line) => /^\w[^:]*:/.test(line))
    const dn = lines.find((line) => line.startsWith('dn: '))?.slice(4)
    if (!dn) continue
    const entry: Record<string, string[]> = {}
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]+)::? ?(.*)$/.exec(line) ?? []
      entry[name] = [...(entry[name] ?? []), value].sort()
    }
    state[dn] = entry
  }
  return state
}

/** Without the leaver and the leaver's laptop, and without what naming them elsewhere changes. */
export function othersIn(state: State): State {
  const own = [loginOf(cast.leaver), `${laptopOf(cast.leaver)}$`]
  const name = `CN=${employee(cast.leaver).name},`
  const stamps = ['whenChanged', 'uSNChanged']
  const others = Object.entries(state).filter(([, entry]) => !own.includes(entry.sAMAccountName?.[0] ?? ''))
  return Object.fromEntries(
    others.map(([dn, entry]) => [
      dn,
      Object.fromEntries(
        Object.entries(entry)
          .filter(([attribute]) => !stamps.includes(attribute))
          .map(([attribute, values]) => [attribute, values.filter((value) => !value.includes(name))]),
      ),
    ]),
  )
}
