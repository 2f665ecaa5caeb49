/** Leaving groups. Who is in a group is asked of the group's `member`, which alone is true, and of the user's `memberOf`. */
import { AndFilter, EqualityFilter } from 'ldapts'
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { lastAdministrator, lastOfAny } from './administrators.ts'
import { change, type Directory, type Refused } from './directory.ts'
import { buffer, type Entry, number, text } from './entry.ts'
import { code } from './errors.ts'
import { goneFact, targetOf, type User, userOf, writableOf } from './user.ts'
import { guidDn, guidOf, ridOf } from './values.ts'

const attributes = ['objectGUID', 'objectSid', 'sAMAccountName', 'adminCount', 'allowedAttributesEffective']

/** Domain Users and Domain Guests: everybody is in one of them, and every account must be. */
const everybodys = new Set([513, 514])

export const groups: AutomaticStep<Directory> = {
  id: 'groups',
  title: 'Leave groups',
  area: 'directory',
  phase: 'remove',
  async find(at) {
    const user = await userOf(at)
    if (!user) return [{ id: 'groups', label: at.account.label, state: 'unknown', fact: goneFact }]
    const shown = await groupsWith(at, user)
    const found: Finding[] = []
    for (const group of shown)
      if (!everybodys.has(ridOf(buffer(group, 'objectSid')))) found.push(await standing(at, user, group))
    const known = new Set(shown.map((group) => group.dn.toLowerCase()))
    const hidden = user.memberOf.filter((dn) => !known.has(dn.toLowerCase()))
    for (const dn of hidden) found.push(...(await hiddenGroup(at, dn)))
    return [...found, ...(await primaryGroup(at, user))]
  },
  async apply(at, { id }) {
    const user = await targetOf(at)
    const group = await at.client.read(guidDn(id), attributes)
    if (!group) return
    const last = await lastBy(at.client, group, user)
    if (last) throw new Rejected(last, { code: 'lastAdministrator' })
    const look = [code.noSuchAttribute, code.insufficientAccess, code.unwilling]
    const refused = await at.client.modify(guidDn(id), [change('delete', 'member', user.dn)], look)
    if (refused && (await isMember(at, id, user))) throw told(refused, group)
  },
  async undo(at, { id }) {
    const user = await targetOf(at)
    const look = [code.insufficientAccess, code.unwilling, code.alreadyExists]
    const refused = await at.client.modify(guidDn(id), [change('add', 'member', user.dn)], look)
    if (refused && !(await isMember(at, id, user))) throw refused.error
  },
}

async function groupsWith(at: At<Directory>, user: User): Promise<readonly Entry[]> {
  const { namingContext } = await at.client.root()
  const filter = new EqualityFilter({ attribute: 'member', value: user.dn })
  return at.client.search({ base: namingContext, filter, attributes })
}

async function isMember(at: At<Directory>, group: string, user: User): Promise<boolean> {
  const { namingContext } = await at.client.root()
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'member', value: user.dn }),
      new EqualityFilter({ attribute: 'objectGUID', value: guidBytes(group) }),
    ],
  })
  return (await at.client.search({ base: namingContext, filter, attributes: ['objectGUID'] })).length > 0
}

/** Also a group that is in a ruling one (adminCount=1, by AdminSDHolder): leaving it may leave that one with nobody. */
async function lastBy(directory: Directory, group: Entry, user: User): Promise<string | undefined> {
  const last = await lastAdministrator(directory, group, user)
  return last ?? (number(group, 'adminCount') === 1 ? lastOfAny(directory, user) : undefined)
}

async function standing(at: At<Directory>, user: User, group: Entry): Promise<Finding> {
  const id = guidOf(buffer(group, 'objectGUID'))
  const finding = { id, label: nameOf(group), before: { group: group.dn } }
  const last = await lastBy(at.client, group, user)
  if (last) return { ...finding, state: 'blocked', fact: last }
  if (!writableOf(group).has('member')) return { ...finding, state: 'blocked', fact: notOurs(group) }
  return { ...finding, state: 'open', fact: `member of ${group.dn}` }
}

/** In `memberOf`, but the group does not show its members to us, or itself. */
async function hiddenGroup(at: At<Directory>, dn: string): Promise<Finding[]> {
  const group = await at.client.read(dn, attributes)
  const id = group ? guidOf(buffer(group, 'objectGUID')) : dn
  const fact = `memberOf names ${dn}, whose members Latchkey may not read: IT removes the leaver by hand, or delegates reading and writing members`
  return [{ id, label: group ? nameOf(group) : dn, state: 'blocked', fact }]
}

/** It is no value of `member` and cannot be left before another one takes its place. */
async function primaryGroup(at: At<Directory>, user: User): Promise<Finding[]> {
  if (user.primaryGroup === undefined || everybodys.has(user.primaryGroup)) return []
  const sid = Buffer.from(user.sid)
  sid.writeUInt32LE(user.primaryGroup, sid.length - 4)
  const { namingContext } = await at.client.root()
  const filter = new EqualityFilter({ attribute: 'objectSid', value: sid })
  const [group] = await at.client.search({ base: namingContext, filter, attributes })
  const label = group ? nameOf(group) : `Group ${user.primaryGroup}`
  const fact = `${label} is the primary group (primaryGroupID=${user.primaryGroup}): IT makes Domain Users the primary group, then removes the leaver from it`
  return [
    {
      id: group ? guidOf(buffer(group, 'objectGUID')) : `primaryGroupID-${user.primaryGroup}`,
      label,
      state: 'blocked',
      fact,
    },
  ]
}

function nameOf(group: Entry): string {
  return text(group, 'sAMAccountName') ?? group.dn
}

function notOurs(group: Entry): string {
  const whose = number(group, 'adminCount') === 1 || ridOf(buffer(group, 'objectSid')) < 1000
  return whose
    ? `Latchkey may not change the members of ${nameOf(group)}, an administrators' group that AdminSDHolder guards: a domain administrator removes the leaver by hand`
    : `Latchkey may not change the members of ${nameOf(group)}: IT delegates writing members on it to the service account, or removes the leaver by hand`
}

function told(refused: Refused, group: Entry): Rejected {
  if (refused.code !== code.insufficientAccess) return refused.error
  return new Rejected(notOurs(group), { status: 50, code: 'insufficientAccessRights', cause: refused.error })
}

function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex')
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((index) => bytes[index] as number))
}
