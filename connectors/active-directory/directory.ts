/** The directory as the steps see it: reads and writes, each one call through the gate. */
import { Attribute, Change, type Client, type Control, type Filter, ResultCodeError } from 'ldapts'
import type { Gate } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { type Connection, connectionTo } from './connection.ts'
import { buffers, completed, type Entry, entryOf, text } from './entry.ts'
import { callFailure, classify, code } from './errors.ts'
import { AccessListOnly } from './security.ts'
import type { Settings } from './settings.ts'
import { domainOf } from './values.ts'

/** What ldapts would otherwise try to read as text. */
const binary = ['objectGUID', 'objectSid', 'userCertificate', 'tokenGroups', 'nTSecurityDescriptor']

/** What the controller says of itself and of us (MS-ADTS 3.1.1.3.2). */
export interface Root {
  namingContext: string
  /** `corp.example.com` */
  domain: string
  controller: string
  /** The controller's own entry, as roles name it. */
  service: string
  /** SIDs, in hex, of the account that we are signed in as: its own and its groups'. */
  ownSids: ReadonlySet<string>
}

export interface Search {
  base: string
  filter: Filter
  attributes: readonly string[]
  /** Only so many, where a sample will do. */
  most?: number
}

/** A no that a step looks at itself, because it may mean "already so". */
export interface Refused {
  code: number
  error: Rejected
}

export interface Directory {
  settings: Settings
  /** Read once; it does not change while the process lives. */
  root(): Promise<Root>
  /** All pages, everything below the base. */
  search(search: Search): Promise<readonly Entry[]>
  /** One entry by name, long attributes whole; undefined where it is not, or is not shown to us. */
  read(dn: string, attributes: readonly string[]): Promise<Entry | undefined>
  /** Throws Rejected, except for the codes in `look`: those are answered. */
  modify(dn: string, changes: readonly Change[], look?: readonly number[]): Promise<Refused | undefined>
  move(dn: string, newDn: string, look?: readonly number[]): Promise<Refused | undefined>
  /** The other controllers, for reading back. */
  others: readonly { host: string; read(dn: string, attributes: readonly string[]): Promise<Entry | undefined> }[]
}

export function openDirectory(settings: Settings, gate: Gate): Directory {
  const main = connectionTo(settings, settings)
  let root: Root | undefined

  async function write(method: string, look: readonly number[], work: (client: Client) => Promise<void>) {
    return call(gate, main, { method, writes: true }, async (client) => {
      try {
        await work(client)
        return undefined
      } catch (error) {
        const known = error instanceof ResultCodeError && look.includes(error.code)
        if (!known) throw error
        return { code: error.code, error: callFailure(error, main.host, true) as Rejected }
      }
    })
  }

  return {
    settings,
    async root() {
      root ??= await readRoot(gate, main)
      return root
    },
    search: (search) => searchAll(gate, main, search, settings.pageSize),
    read: (dn, attributes) => readOne(gate, main, dn, attributes),
    modify: (dn, changes, look = []) => write('MODIFY', look, (client) => client.modify(dn, [...changes])),
    move: (dn, newDn, look = []) => write('MODIFYDN', look, (client) => client.modifyDN(dn, newDn)),
    others: settings.extraControllers.map((one) => {
      const other = connectionTo(typeof one === 'string' ? { url: one } : one, settings)
      return { host: other.host, read: (dn, attributes) => readOne(gate, other, dn, attributes) }
    }),
  }
}

export function change(
  operation: 'add' | 'delete' | 'replace',
  type: string,
  ...values: readonly (string | Buffer)[]
): Change {
  return new Change({ operation, modification: new Attribute({ type, values: values as string[] }) })
}

async function call<T>(
  gate: Gate,
  connection: Connection,
  kind: { method: string; writes: boolean },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const scheduled = { url: `ldap://${connection.host}/`, ...kind, classify }
  return gate.schedule(scheduled, async (signal) => {
    try {
      return await connection.use(signal, work)
    } catch (error) {
      throw callFailure(error, connection.host, kind.writes)
    }
  })
}

async function searchAll(gate: Gate, connection: Connection, search: Search, pageSize: number): Promise<Entry[]> {
  const { base, filter, attributes, most } = search
  return call(gate, connection, { method: 'SEARCH', writes: false }, async (client) => {
    const { searchEntries } = await client.search(base, {
      scope: 'sub',
      filter,
      attributes: [...attributes],
      explicitBufferAttributes: binary,
      ...(most ? { sizeLimit: most } : { paged: { pageSize } }),
    })
    return searchEntries.map(entryOf)
  })
}

async function readOne(
  gate: Gate,
  connection: Connection,
  dn: string,
  attributes: readonly string[],
): Promise<Entry | undefined> {
  const ask = (wanted: readonly string[]) =>
    call(gate, connection, { method: 'READ', writes: false }, async (client) => {
      const options = { scope: 'base' as const, attributes: [...wanted], explicitBufferAttributes: binary }
      try {
        const { searchEntries } = await client.search(dn, options, controlsFor(wanted))
        return searchEntries[0] && entryOf(searchEntries[0])
      } catch (error) {
        if (error instanceof ResultCodeError && error.code === code.noSuchObject) return undefined
        throw error
      }
    })
  const entry = await ask(attributes)
  return entry && completed(entry, (attribute) => ask([attribute]))
}

/** Without the control, a security descriptor is shown to administrators only. */
function controlsFor(attributes: readonly string[]): Control[] {
  return attributes.includes('nTSecurityDescriptor') ? [new AccessListOnly()] : []
}

async function readRoot(gate: Gate, connection: Connection): Promise<Root> {
  const attributes = ['defaultNamingContext', 'dnsHostName', 'dsServiceName', 'tokenGroups']
  const entry = await readOne(gate, connection, '', attributes)
  const namingContext = entry && text(entry, 'defaultNamingContext')
  if (!entry || !namingContext)
    throw new Rejected(
      `${connection.host} names no defaultNamingContext, so it is no domain controller of Active Directory`,
    )
  return {
    namingContext,
    domain: domainOf(namingContext),
    controller: text(entry, 'dnsHostName') ?? connection.host,
    service: text(entry, 'dsServiceName') ?? '',
    ownSids: new Set(buffers(entry, 'tokenGroups').map((sid) => sid.toString('hex'))),
  }
}
