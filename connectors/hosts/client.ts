/** All hosts of the settings, each with a connection of its own that is made when it is first asked. */
import { type Gate, Rejected } from '../../src/connector.ts'
import { connectionTo } from './connection.ts'
import { type Hosts, hostOver } from './host.ts'
import { loginPattern, type Settings } from './settings.ts'

export async function openHosts(settings: Settings, gate: Gate): Promise<Hosts> {
  const { default: ssh2 } = await import('ssh2')
  const key = ssh2.utils.parseKey(settings.privateKey.reveal(), settings.passphrase?.reveal())
  if (key instanceof Error)
    throw new Rejected(
      "the setting 'privateKey' of hosts cannot be read as a private key: IT puts in the whole file, and 'passphrase' where it has one",
    )
  const make = () => new ssh2.Client()
  return {
    all: Object.entries(settings.hosts).map(([id, host]) =>
      hostOver(id, host, host.user ?? settings.user, connectionTo(id, settings, make), gate),
    ),
    domains: settings.domains,
    loginOf: (email) => loginOf(email.toLowerCase(), settings),
  }
}

const separators = {
  'local-part': '.',
  'without-dots': '',
  'dots-to-underscores': '_',
  'dots-to-dashes': '-',
} as const

function loginOf(email: string, { domains, loginRule, logins }: Settings): string | undefined {
  const named = Object.hasOwn(logins, email) ? logins[email] : undefined
  if (named || loginRule === 'none') return named
  const at = email.lastIndexOf('@')
  if (!domains.includes(email.slice(at + 1))) return undefined
  const login = email.slice(0, at).replaceAll('.', separators[loginRule])
  // Somebody else's by name, so it is not this one's by rule.
  if (!loginPattern.test(login) || Object.values(logins).includes(login)) return undefined
  return login
}
