/** As much GraphQL as is asked here: fields, arguments, variables. Unknown fields are refused as GitHub refuses them. */
import type { Answer } from '../server.ts'
import { ok } from './route.ts'
import { type Org, type State, userNamed } from './state.ts'

interface Selection {
  name: string
  args: Record<string, unknown>
  fields: Selection[]
}

type Value = string | number | boolean | null | Value[] | Resolver
/** A type: which fields it has, and what they are. */
interface Resolver {
  type: string
  fields: Record<string, (args: Record<string, unknown>) => Value>
}

class GraphqlError extends Error {}

export function graphql(body: Record<string, unknown>, org: Org, state: State, pageSize: number): Answer {
  try {
    const selections = parse(String(body.query ?? ''), (body.variables ?? {}) as Record<string, unknown>)
    const data = shown({ type: 'Query', fields: { organization: organizations(org, state, pageSize) } }, selections)
    return ok({ data })
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error
    const [type, message] = error.message.split('|')
    return ok({ data: null, errors: [{ type, message, path: ['query'] }] })
  }
}

function parse(text: string, variables: Record<string, unknown>): Selection[] {
  const tokens = text.match(/[A-Za-z_]\w*|\$\w+|\d+|"[^"]*"|[{}():[\]!]/g) ?? []
  let at = 0
  const take = () => tokens[at++] ?? ''
  const value = (): unknown => {
    const token = take()
    if (token.startsWith('$')) return variables[token.slice(1)]
    return /^\d/.test(token) ? Number(token) : token.replace(/"/g, '')
  }
  const args = () => {
    const found: Record<string, unknown> = {}
    if (tokens[at] !== '(') return found
    for (take(); tokens[at] !== ')'; ) {
      const name = take()
      take()
      found[name] = value()
    }
    take()
    return found
  }
  const selection = (): Selection[] => {
    const found: Selection[] = []
    if (tokens[at] !== '{') return found
    for (take(); tokens[at] !== '}'; ) found.push({ name: take(), args: args(), fields: selection() })
    take()
    return found
  }
  while (tokens[at] !== '{' && at < tokens.length) take()
  return selection()
}

function shown(value: Value, fields: readonly Selection[]): unknown {
  if (Array.isArray(value)) return value.map((one) => shown(one, fields))
  if (typeof value !== 'object' || value === null) return value
  const entries = fields.map(({ name, args, fields: inner }) => {
    const field = value.fields[name]
    if (!field) throw new GraphqlError(`undefinedField|Field '${name}' doesn't exist on type '${value.type}'`)
    return [name, shown(field(args), inner)]
  })
  return Object.fromEntries(entries)
}

function organizations(org: Org, state: State, pageSize: number) {
  return ({ login }: Record<string, unknown>): Value => {
    if (String(login).toLowerCase() !== org.login)
      throw new GraphqlError(`NOT_FOUND|Could not resolve to an Organization with the login of '${login}'.`)
    const connection = (args: Record<string, unknown>, nodes: Value[]) => connected(args, nodes, pageSize)
    return {
      type: 'Organization',
      fields: {
        samlIdentityProvider: () => {
          if (!org.installation?.permissions.organization_administration)
            throw new GraphqlError('FORBIDDEN|Resource not accessible by integration')
          if (!org.sso) return null
          const own = state.identities.filter((one) => one.org === org.login)
          const nodes = own.map((one) => identity(state, one))
          return {
            type: 'OrganizationIdentityProvider',
            fields: { externalIdentities: (args) => connection(args, nodes) },
          }
        },
        membersWithRole: (args) => {
          const active = state.members.filter((one) => one.org === org.login && one.state === 'active')
          return connection(
            args,
            active.map((one) => user(state, one.user)),
          )
        },
        teams: (args) => connection(args, teamsOf(state, org, args)),
        team: ({ slug }) => {
          const found = state.teams.find((one) => one.org === org.login && one.slug === slug)
          return found ? shownTeam(state, found) : null
        },
      },
    }
  }
}

function connected(args: Record<string, unknown>, all: Value[], pageSize: number): Resolver {
  const from = Number(args.after ?? 0)
  const to = from + Math.min(Number(args.first ?? 100), pageSize)
  const page = { hasNextPage: () => to < all.length, endCursor: () => (to < all.length ? String(to) : null) }
  const shownNodes = all.slice(from, to)
  return {
    type: 'Connection',
    fields: { nodes: () => shownNodes, edges: () => shownNodes, pageInfo: () => ({ type: 'PageInfo', fields: page }) },
  }
}

function identity(state: State, one: State['identities'][number]): Value {
  const emails = (): Value => [{ type: 'UserEmailMetadata', fields: { value: () => one.nameId } }]
  const saml = { nameId: () => one.nameId, username: () => null, emails }
  const scim = { username: () => one.scim ?? null, emails }
  return {
    type: 'ExternalIdentity',
    fields: {
      guid: () => one.guid,
      samlIdentity: () => ({ type: 'ExternalIdentitySamlAttributes', fields: saml }),
      scimIdentity: () => (one.scim ? { type: 'ExternalIdentityScimAttributes', fields: scim } : null),
      user: () => (one.user === undefined ? null : user(state, one.user)),
    },
  }
}

function user(state: State, id: number): Value {
  const found = state.users.find((one) => one.id === id)
  if (!found) return null
  const emails = (org: unknown) => state.verifiedEmails.filter((one) => one.org === org && one.user === id)
  return {
    type: 'User',
    fields: {
      databaseId: () => id,
      login: () => found.login,
      name: () => found.name,
      organizationVerifiedDomainEmails: ({ login }) => emails(login).map((one) => one.email),
    },
  }
}

function teamsOf(state: State, org: Org, args: Record<string, unknown>): Value[] {
  const wanted = (args.userLogins ?? []) as string[]
  const ids = wanted.map((login) => userNamed(state, login)?.id)
  const own = state.teams.filter((team) => team.org === org.login)
  const found = own.filter((team) => state.teamMembers.some((one) => one.team === team.id && ids.includes(one.user)))
  return found.map((team) => shownTeam(state, team))
}

function shownTeam(state: State, team: State['teams'][number]): Value {
  return {
    type: 'Team',
    fields: {
      databaseId: () => team.id,
      slug: () => team.slug,
      name: () => team.name,
      members: (asked) => {
        const inside = state.teamMembers.filter((one) => one.team === team.id)
        const like = inside.filter((one) =>
          state.users.find((known) => known.id === one.user)?.login.includes(String(asked.query ?? '').toLowerCase()),
        )
        const edges = like.map(
          (one): Value => ({
            type: 'TeamMemberEdge',
            fields: { role: () => one.role.toUpperCase(), node: () => user(state, one.user) },
          }),
        )
        return connected(asked, edges, 100)
      },
    },
  }
}
