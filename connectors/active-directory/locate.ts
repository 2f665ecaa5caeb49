/** Whose account it is: by user principal name, mail and proxy addresses, never by a display name. */
import { AndFilter, EqualityFilter, OrFilter } from 'ldapts'
import type { Account, KnownOfPerson, Leaver } from '../../src/connector.ts'
import type { Directory } from './directory.ts'
import { buffer, type Entry, text, texts } from './entry.ts'
import { protection } from './user.ts'
import { fromFiletime, guidOf } from './values.ts'

const attributes = [
  'objectGUID',
  'objectSid',
  'userPrincipalName',
  'sAMAccountName',
  'mail',
  'proxyAddresses',
  'displayName',
  'title',
  'department',
  'manager',
  'accountExpires',
  'isCriticalSystemObject',
]

export async function locate(directory: Directory, leaver: Leaver): Promise<readonly Account[]> {
  const { namingContext, domain } = await directory.root()
  const base = directory.settings.baseDn ?? namingContext
  const found = await directory.search({ base, filter: whoHas(leaver.emails), attributes })
  const wanted = new Set(leaver.emails.map((email) => email.toLowerCase()))
  // The directory takes é for e (MS-ADTS 3.1.1.2.2.4.13), which is somebody else's address.
  const exact = found.filter((entry) => addressesOf(entry).some((address) => wanted.has(address)))
  return Promise.all(exact.map((entry) => accountOf(directory, entry, domain)))
}

function whoHas(emails: readonly string[]): AndFilter {
  const any = emails.flatMap((email) => [
    new EqualityFilter({ attribute: 'userPrincipalName', value: email }),
    new EqualityFilter({ attribute: 'mail', value: email }),
    new EqualityFilter({ attribute: 'proxyAddresses', value: `smtp:${email}` }),
  ])
  return new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'objectCategory', value: 'person' }),
      new EqualityFilter({ attribute: 'objectClass', value: 'user' }),
      new OrFilter({ filters: any }),
    ],
  })
}

function addressesOf(entry: Entry): string[] {
  const proxies = texts(entry, 'proxyAddresses').flatMap((one) => (/^smtp:/i.test(one) ? [one.slice(5)] : []))
  const all = [...texts(entry, 'userPrincipalName'), ...texts(entry, 'mail'), ...proxies]
  return [...new Set(all.map((address) => address.toLowerCase()))]
}

async function accountOf(directory: Directory, entry: Entry, domain: string): Promise<Account> {
  const critical =
    text(entry, 'isCriticalSystemObject') === 'TRUE' ? 'an account that the domain itself needs' : undefined
  const why = (await protection(directory, buffer(entry, 'objectSid'))) ?? critical
  return {
    realm: domain,
    id: guidOf(buffer(entry, 'objectGUID')),
    label: text(entry, 'userPrincipalName') ?? text(entry, 'sAMAccountName') ?? entry.dn,
    known: await knownOf(directory, entry),
    ...(why ? { protected: why } : {}),
  }
}

async function knownOf(directory: Directory, entry: Entry): Promise<KnownOfPerson> {
  const managerDn = text(entry, 'manager')
  const manager = managerDn ? await directory.read(managerDn, ['displayName', 'mail', 'userPrincipalName']) : undefined
  const known = {
    name: text(entry, 'displayName'),
    title: text(entry, 'title'),
    department: text(entry, 'department'),
    managerName: manager && text(manager, 'displayName'),
    managerEmail: manager && (text(manager, 'mail') ?? text(manager, 'userPrincipalName'))?.toLowerCase(),
    endDate: fromFiletime(text(entry, 'accountExpires') ?? '')
      ?.toISOString()
      .slice(0, 10),
  }
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
  return { ...present, emails: addressesOf(entry) }
}
