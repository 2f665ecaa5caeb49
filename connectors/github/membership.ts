/** Being in the organisation: as a member, from outside on single repositories, or invited. */
import { type Finding, path, Rejected } from '../../src/connector.ts'
import type { Org } from './client.ts'
import { everyOf } from './lists.ts'
import {
  addressesIn,
  identitiesIn,
  invitationsIn,
  locateIn,
  membershipOf,
  outsideIn,
  personOf,
  User,
} from './people.ts'
import { isMember, isoDay, type On, personStep, type Step, unlessGone } from './step.ts'

const membership: Step = personStep({
  id: 'membership',
  title: 'Remove from the organisation',
  area: 'applications',
  phase: 'contain',
  async look({ org, user }) {
    const found = await membershipOf(org, user.login)
    // An invitation has a step of its own; a login that somebody else has by now is no membership of the leaver's.
    if (found?.state !== 'active' || (found.user && found.user.id !== user.id)) return []
    const head = { id: 'membership', label: `${org.login}/${user.login}`, before: { role: found.role } }
    if (found.direct_membership === false) return [{ ...head, state: 'blocked', fact: enterpriseTeamFact }]
    const barred = await lastOwner({ org, user }, found.role)
    return [
      { ...head, ...(barred ? { state: 'blocked', fact: barred } : { state: 'open', fact: `role=${found.role}` }) },
    ]
  },
  async act({ org, user }) {
    const now = await membershipOf(org, user.login)
    if (!now || (now.user && now.user.id !== user.id)) return
    const barred = await lastOwner({ org, user }, now.role)
    if (barred) throw new Rejected(barred, { code: 'lastOwner' })
    await unlessGone(
      org.rest.order('remove a member', path`/orgs/${org.login}/memberships/${user.login}`, { method: 'DELETE' }),
    )
  },
})

const enterpriseTeamFact =
  'only an enterprise team makes them a member: an enterprise owner takes them off it (Enterprise > People > Enterprise teams)'

/** GitHub itself lets the last owner be removed by an App, and nobody could then get in. */
async function lastOwner({ org, user }: Pick<On, 'org' | 'user'>, role: string): Promise<string | undefined> {
  if (role !== 'admin') return undefined
  const owners = await ownersOf(org)
  if (owners.some((one) => one.id !== user.id)) return undefined
  return `the only owner of ${org.login}: IT makes somebody else an owner (${org.login} > People > Change role), then tries again`
}

function ownersOf(org: Org): Promise<User[]> {
  return everyOf(org.rest, 'list owners', path`/orgs/${org.login}/members`, User, { role: 'admin' })
}

/** One order takes them off all repositories. */
const outsideCollaborator: Step = personStep({
  id: 'outside-collaborator',
  title: 'Remove as outside collaborator from all repositories',
  area: 'applications',
  phase: 'contain',
  async look({ org, user }) {
    if (!(await outsideIn(org)).some((one) => one.id === user.id)) return []
    const label = `${user.login} from outside`
    return [
      { id: 'outside-collaborator', label, state: 'open', fact: `listed as outside collaborator of ${org.login}` },
    ]
  },
  act: ({ org, user }) =>
    unlessGone(
      org.rest.order('remove a collaborator', path`/orgs/${org.login}/outside_collaborators/${user.login}`, {
        method: 'DELETE',
      }),
    ),
})

/** Of somebody known to GitHub or not: who was invited may come in with any account of theirs. */
const invitations: Step = {
  id: 'invitations',
  title: 'Cancel invitations',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    const org = at.client.org(at.account.realm)
    const login = (await personOf(at))?.login.toLowerCase()
    const emails = at.leaver.emails.map((one) => one.toLowerCase())
    const all = await invitationsIn(org)
    const theirs = all.filter(
      (one) =>
        at.account.id === `invitation:${one.id}` ||
        (one.email ? emails.includes(one.email.toLowerCase()) : login && one.login?.toLowerCase() === login),
    )
    if (theirs.length === 0) return await accepted(at.client.org(at.account.realm), at)
    return theirs.map((one) => ({
      id: String(one.id),
      label: `Invitation to ${one.email ?? one.login}`,
      state: 'open' as const,
      fact: `role=${one.role}, sent ${isoDay(one.created_at)}`,
    }))
  },
  async apply(at, finding) {
    const org = at.client.org(at.account.realm)
    const order = { method: 'DELETE' as const }
    await unlessGone(org.rest.order('cancel an invitation', path`/orgs/${org.login}/invitations/${finding.id}`, order))
  },
}

/** An invitation is also gone once it was accepted, and then nothing of what was planned takes them out again. */
async function accepted(org: Org, at: Parameters<Step['find']>[0]): Promise<Finding[]> {
  if (!at.account.id.startsWith('invitation:')) return []
  const [come] = (await locateIn(at.client, org, at.leaver)).filter((one) => /^\d+$/.test(one.id))
  if (!come) return []
  const fact = `${come.label} accepted it meanwhile: start another offboarding, which finds the account itself`
  return [{ id: 'accepted', label: at.account.label, state: 'blocked', fact }]
}

/** Left behind, it would let them in again at the next single sign-on. */
const scimIdentity: Step = {
  id: 'scim-identity',
  title: 'Delete the provisioned identity (SCIM)',
  area: 'directory',
  phase: 'contain',
  needs: ['github/membership'],
  async find(at) {
    const org = at.client.org(at.account.realm)
    const emails = at.leaver.emails.map((one) => one.toLowerCase())
    const all = (await identitiesIn(org)) ?? []
    const theirs = all.filter(
      (one) =>
        one.scimIdentity &&
        (one.user
          ? String(one.user.databaseId) === at.account.id
          : addressesIn(one).some((address) => emails.includes(address))),
    )
    return theirs.map((one) => ({
      id: one.guid,
      label: one.scimIdentity?.username ?? one.guid,
      state: 'open' as const,
      fact: one.user ? `linked to ${one.user.login}` : 'not linked to anybody yet',
    }))
  },
  async apply(at, finding) {
    const org = at.client.org(at.account.realm)
    const user = await personOf(at)
    // Deleting it removes a member too, and the guard for owners is the other step's.
    if (user && (await isMember(org, user)))
      throw new Rejected(`${user.login} is still a member of ${org.login}; that ends first.`, { code: 'member' })
    const order = { method: 'DELETE' as const }
    await unlessGone(
      org.rest.order('delete a SCIM identity', path`/scim/v2/organizations/${org.login}/Users/${finding.id}`, order),
    )
  },
}

export const membershipSteps: readonly Step[] = [membership, outsideCollaborator, invitations, scimIdentity]
