/**
 * A real Active Directory for the sandbox and for tests: a Samba domain controller on loopback, filled with the example
 * company. Its ports (88, 389, 464, 636, 3268, 3269) cannot be chosen, so one machine runs one at a time.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { Secret } from '../../connector.ts'
import { takeController } from './controller.ts'
import { delegate } from './delegation.ts'
import { controllerName, type Domain, provision, realm } from './domain.ts'
import { newPassword, ou, seed, serviceAccount } from './people.ts'

const prefix = 'latchkey-samba-'

export interface SambaOptions {
  /** How long another one on this machine is waited for; not at all when absent. */
  waitSeconds?: number
}

export interface Samba {
  /** For the connector: a service account with delegated rights only. */
  settings: Record<string, unknown>
  realm: string
  servicePassword: string
  /** What people's passwords are, by address. */
  passwords: ReadonlyMap<string, string>
  /** The domain's administrator, signed in. */
  admin: Client
  /** Signs in over LDAP with a user principal name; throws what the controller answers. */
  signIn(user: string, password: string): Promise<void>
  /** A file for `KRB5_CONFIG`. */
  krb5: string
  /** The data base itself, for `ldbsearch`. */
  database: string
  close(): Promise<void>
}

const needed = [
  '/usr/bin/flock',
  '/usr/sbin/samba',
  '/usr/bin/samba-tool',
  '/usr/bin/ldbmodify',
  '/usr/share/samba/setup/provision.ldif',
]

export function sambaInstalled(): boolean {
  return needed.every((path) => existsSync(path)) && process.getuid?.() === 0
}

/** Takes about twelve seconds. Throws a clear word where another one runs already. */
export async function startSamba(options: SambaOptions = {}): Promise<Samba> {
  const controller = await takeController(options.waitSeconds ?? 0)
  await clearLeftovers()
  const folder = await mkdtemp(join(tmpdir(), prefix))
  const stop = async () => {
    await controller.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const domain = await provision(join(folder, 'dc'), newPassword())
    await controller.start(domain.conf)
    return await filled(domain, await kerberos(folder), stop)
  } catch (error) {
    await stop()
    throw error
  }
}

/** Of processes that were killed. Whoever holds the lock is the only one, so these belong to nobody. */
async function clearLeftovers(): Promise<void> {
  const names = await readdir(tmpdir(), { withFileTypes: true })
  for (const one of names)
    if (one.isDirectory() && one.name.startsWith(prefix))
      await rm(join(tmpdir(), one.name), { recursive: true, force: true })
}

async function filled(domain: Domain, krb5: string, stop: () => Promise<void>): Promise<Samba> {
  const ca = await readFile(domain.ca, 'utf8')
  const admin = await signedIn(ca, domain.administrator.name, domain.administrator.password)
  const { passwords, servicePassword, serviceSid } = await seed(admin, ca)
  await delegate(domain, serviceSid)
  return {
    settings: {
      url: 'ldaps://127.0.0.1',
      ca,
      tlsServerName: controllerName,
      user: serviceAccount,
      password: new Secret(servicePassword),
      disabledOu: ou.leavers,
    },
    servicePassword,
    realm,
    passwords,
    admin,
    signIn: async (user, password) => void (await (await signedIn(ca, user, password)).unbind()),
    krb5,
    database: domain.sam,
    close: async () => {
      await admin.unbind()
      await stop()
    },
  }
}

async function signedIn(ca: string, user: string, password: string): Promise<Client> {
  const client = new Client({
    url: 'ldaps://127.0.0.1',
    timeout: 20_000,
    connectTimeout: 20_000,
    tlsOptions: { ca, servername: controllerName },
  })
  try {
    await client.bind(user, password)
    return client
  } catch (error) {
    await client.unbind()
    throw error
  }
}

/** What the Kerberos tools need to know of this domain. */
async function kerberos(folder: string): Promise<string> {
  const file = join(folder, 'krb5.conf')
  const name = realm.toUpperCase()
  const text = `[libdefaults]
  default_realm = ${name}
  dns_lookup_kdc = false
  dns_lookup_realm = false
[realms]
  ${name} = {
    kdc = 127.0.0.1
  }
`
  await writeFile(file, text)
  return file
}
