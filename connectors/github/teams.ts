/** Teams and organisation roles: gone with the membership, listed one by one so that they can be given back. */
import { z } from 'zod'
import { everyPage, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { everyOf } from './lists.ts'
import { nextOf } from './people.ts'
import { type On, personStep, type Step, unlessGone } from './step.ts'

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() })
const Members = z.object({
  pageInfo: PageInfo,
  edges: z.array(z.object({ role: z.enum(['MEMBER', 'MAINTAINER']), node: z.object({ databaseId: z.number() }) })),
})
type Member = z.infer<typeof Members>['edges'][number]
const Team = z.object({
  databaseId: z.number(),
  slug: z.string(),
  name: z.string(),
  members: Members,
})
const Teams = z.object({
  organization: z.object({ teams: z.object({ pageInfo: PageInfo, nodes: z.array(Team) }) }),
})

const OneTeam = z.object({ organization: z.object({ team: z.object({ members: Members }).nullable() }) })

/** `query` looks for likenesses; who it is, is told by the id. Members of child teams are left out. */
const membersOf = `members(first: 100, after: $inside, query: $login, membership: IMMEDIATE) {
  pageInfo { hasNextPage endCursor }
  edges { role node { databaseId } } }`

const teamsQuery = `query ($org: String!, $login: String!, $logins: [String!], $after: String, $inside: String) {
  organization(login: $org) { teams(first: 50, after: $after, userLogins: $logins) {
    pageInfo { hasNextPage endCursor }
    nodes { databaseId slug name ${membersOf} } } } }`

const teamQuery = `query ($org: String!, $slug: String!, $login: String!, $inside: String) {
  organization(login: $org) { team(slug: $slug) { ${membersOf} } } }`

const teams: Step = personStep({
  id: 'teams',
  title: 'Leave all teams',
  area: 'applications',
  phase: 'contain',
  async look(on) {
    return (await teamsOf(on)).map(({ databaseId, slug, name, role }) => ({
      id: String(databaseId),
      label: name,
      state: 'open' as const,
      fact: `role=${role}`,
      before: { slug, role },
    }))
  },
  async act(on, finding) {
    // A team may have been renamed since it was found.
    const now = (await teamsOf(on)).find((one) => String(one.databaseId) === finding.id)
    if (now) await unlessGone(on.org.rest.order('leave a team', placeIn(on, now.slug), { method: 'DELETE' }))
  },
  async giveBack(on, finding) {
    const { slug, role } = finding.before as { slug: string; role: string }
    const { rest, login } = on.org
    const now = await rest.find('read a team', path`/orgs/${login}/teams/${slug}`, z.object({ id: z.number() }))
    // A team may have been renamed since, and another one may have its name by now.
    if (String(now?.id) !== finding.id)
      throw new Rejected(`${finding.label} is not called ${slug} any more: an owner of ${login} adds them by hand.`)
    await on.org.rest.order('join a team again', placeIn(on, slug), { method: 'PUT', json: { role } })
  },
})

function placeIn({ org, user }: On, slug: string): string {
  return path`/orgs/${org.login}/teams/${slug}/memberships/${user.login}`
}

async function teamsOf({ org, user }: On) {
  const variables = { org: org.login, login: user.login, logins: [user.login], inside: null }
  const all = await everyPage('GitHub', '', async (after) => {
    const asked = { ...variables, after: after || null }
    const { organization } = await org.graphql('list teams', teamsQuery, asked, Teams)
    return { items: organization.teams.nodes, next: nextOf(organization.teams.pageInfo) }
  })
  const found = await Promise.all(
    all.map(async ({ members, ...team }) => {
      const mine = await memberIn({ org, user }, team.slug, members)
      return mine ? [{ ...team, role: mine.role.toLowerCase() }] : []
    }),
  )
  return found.flat()
}

/** A short login is like many others, and may come on a later page of them. */
async function memberIn(
  { org, user }: Pick<On, 'org' | 'user'>,
  slug: string,
  { edges, pageInfo }: z.infer<typeof Members>,
): Promise<Member | undefined> {
  const isMine = (one: Member) => one.node.databaseId === user.id
  const next = nextOf(pageInfo)
  if (next === undefined || edges.some(isMine)) return edges.find(isMine)
  const more = await everyPage('GitHub', next, async (inside) => {
    const asked = { org: org.login, slug, login: user.login, inside }
    const { organization } = await org.graphql('list members of a team', teamQuery, asked, OneTeam)
    const page = organization.team?.members
    return { items: page?.edges ?? [], next: nextOf(page?.pageInfo) }
  })
  return more.find(isMine)
}

const Role = z.object({ id: z.number(), name: z.string() })
const Roles = z.object({ roles: z.array(Role) })
const Holder = z.object({ id: z.number(), login: z.string(), assignment: z.string().optional() })

const organizationRoles: Step = personStep({
  id: 'organization-roles',
  title: 'Take organisation roles back',
  area: 'applications',
  phase: 'contain',
  async look(on) {
    return (await rolesOf(on)).map(({ id, name }) => ({
      id: String(id),
      label: `Role ${name}`,
      state: 'open' as const,
      fact: 'assigned directly',
    }))
  },
  act: (on, finding) => unlessGone(on.org.rest.order('take a role back', roleOf(on, finding.id), { method: 'DELETE' })),
  giveBack: (on, finding) => on.org.rest.order('give a role again', roleOf(on, finding.id), { method: 'PUT' }),
})

function roleOf({ org, user }: On, role: string): string {
  return path`/orgs/${org.login}/organization-roles/users/${user.login}/${role}`
}

/** What a team gives goes with the team. */
async function rolesOf({ org, user }: On) {
  const base = path`/orgs/${org.login}/organization-roles`
  // The only list of these that is not in pages.
  const { roles } = await org.rest.ask('list roles', base, Roles)
  const held = await Promise.all(
    roles.map(async (role) => {
      const list = everyOf(org.rest, 'list who has a role', `${base}${path`/${role.id}/users`}`, Holder)
      // A role that was deleted a moment ago is held by nobody.
      const holders = (await unlessStatus([404], list)) ?? []
      return holders.some((one) => one.id === user.id && one.assignment !== 'indirect')
    }),
  )
  return roles.filter((_role, index) => held[index])
}

export const teamSteps: readonly Step[] = [organizationRoles, teams]
