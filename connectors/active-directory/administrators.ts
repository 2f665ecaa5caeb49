/** The last administrator of a domain is never taken away. */
import { AndFilter, EqualityFilter, ExtensibleFilter, NotFilter } from 'ldapts'
import type { Directory } from './directory.ts'
import { buffer, type Entry, text } from './entry.ts'
import type { User } from './user.ts'
import { flag, ridOf } from './values.ts'

/** Administrators, Domain Admins, Schema Admins and Enterprise Admins, by the last part of their SIDs. */
const ruling = new Set([544, 512, 518, 519])
const bitAnd = '1.2.840.113556.1.4.803'
const inChain = '1.2.840.113556.1.4.1941'

/** Why the leaver may not be disabled: some ruling group, also through another one, would be left with nobody. */
export async function lastOfAny(directory: Directory, user: User): Promise<string | undefined> {
  if (!user.isAdministrator) return undefined
  const { namingContext } = await directory.root()
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'adminCount', value: '1' }),
      new ExtensibleFilter({ matchType: 'member', rule: inChain, value: user.dn }),
    ],
  })
  const attributes = ['objectSid', 'sAMAccountName']
  for (const group of await directory.search({ base: namingContext, filter, attributes })) {
    const why = await lastAdministrator(directory, group, user)
    if (why) return why
  }
  return undefined
}

/** Why the leaver may not leave this group; undefined where somebody else who is enabled would remain in it. */
export async function lastAdministrator(directory: Directory, group: Entry, user: User): Promise<string | undefined> {
  if (!ruling.has(ridOf(buffer(group, 'objectSid')))) return undefined
  const { namingContext } = await directory.root()
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'objectCategory', value: 'person' }),
      new EqualityFilter({ attribute: 'objectClass', value: 'user' }),
      new ExtensibleFilter({ matchType: 'memberOf', rule: inChain, value: group.dn }),
      new NotFilter({
        filter: new ExtensibleFilter({ matchType: 'userAccountControl', rule: bitAnd, value: String(flag.disabled) }),
      }),
      new NotFilter({ filter: new EqualityFilter({ attribute: 'distinguishedName', value: user.dn }) }),
    ],
  })
  const remaining = await directory.search({ base: namingContext, filter, attributes: ['objectGUID'], most: 1 })
  if (remaining.length > 0) return undefined
  return `the leaver is the last enabled member of ${text(group, 'sAMAccountName')}: IT puts somebody else in first`
}
