/** Administrator roles, and the API tokens that act with them. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import {
  blocked,
  isSuper,
  lastSuperAdmin,
  orderUnlessGone,
  type Role,
  refuseUntouchable,
  rolesOf,
  unlessGone,
} from './person.ts'

type Step = AutomaticStep<Client>

/** Given for the whole org only. The others may be limited to some groups or apps, which the list does not tell. */
const unlimited = [
  'SUPER_ADMIN',
  'ORG_ADMIN',
  'READ_ONLY_ADMIN',
  'REPORT_ADMIN',
  'API_ACCESS_MANAGEMENT_ADMIN',
  'CUSTOM',
]

const adminRoles: Step = {
  id: 'admin-roles',
  title: 'Take administrator roles back',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const roles = (await unlessGone(rolesOf(at.client, at.account.id))) ?? []
    const direct = roles.filter((role) => role.assignmentType === 'USER')
    const last = direct.some(isSuper) ? await lastSuperAdmin(at.client, at.account.id) : undefined
    return direct.map((role): Finding => {
      const finding = { id: role.id, label: role.label || role.type, before: beforeOf(role) }
      if (last && isSuper(role)) return blocked(finding, `${at.account.label} ${last}`)
      return { ...finding, state: 'open', fact: `type=${role.type}` }
    })
  },
  async apply(at, finding) {
    if ((finding.before as { type: string }).type === 'SUPER_ADMIN') await refuseUntouchable(at)
    const where = path`/api/v1/users/${at.account.id}/roles/${finding.id}`
    await orderUnlessGone(at.client, 'roles', 'take an administrator role', where)
  },
  async undo(at, finding) {
    const json = finding.before as { type: string }
    if (!unlimited.includes(json.type))
      throw new Rejected(
        `${finding.label} may have been limited to some groups or apps: IT gives it back by hand (Security > Administrators).`,
      )
    if ((await rolesOf(at.client, at.account.id)).some((one) => sameRole(one, json))) return
    await at.client
      .api('roles')
      .order('give an administrator role back', path`/api/v1/users/${at.account.id}/roles`, { method: 'POST', json })
  },
}

function beforeOf(role: Role): { type: string; role?: string; 'resource-set'?: string } {
  const { type, role: custom, 'resource-set': resources } = role
  return { type, ...(custom && { role: custom }), ...(resources && { 'resource-set': resources }) }
}

function sameRole(role: Role, before: { type: string }): boolean {
  return role.assignmentType === 'USER' && JSON.stringify(beforeOf(role)) === JSON.stringify(before)
}

/**
 * Such a role goes with the group, which is left in an earlier step. One that is still there then comes through a group
 * that a rule or a directory fills.
 */
const groupRoles: Step = {
  id: 'group-admin-roles',
  title: 'Administrator roles that come through groups are gone',
  area: 'directory',
  phase: 'remove',
  after: ['okta/groups'],
  async find(at) {
    return (await throughGroups(at.client, at.account.id)).map(({ id, label, type }) => ({
      id,
      label: label || type,
      state: 'open',
      fact: `type=${type}, through a group; goes when the leaver leaves that group`,
    }))
  },
  async apply(at, finding) {
    if (!(await throughGroups(at.client, at.account.id)).some((one) => one.id === finding.id)) return
    throw new Rejected(
      `${finding.label} is still held through a group that Latchkey could not leave. IT takes the leaver out of it at its source.`,
      { code: 'groupRole' },
    )
  },
}

async function throughGroups(client: Client, userId: string): Promise<Role[]> {
  const roles = (await unlessGone(rolesOf(client, userId))) ?? []
  return roles.filter((role) => role.assignmentType === 'GROUP')
}

export const ApiToken = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  /** Whose it is; one that does not say so could be anybody's. */
  userId: z.string().min(1),
  lastUpdated: z.string().nullish(),
})

export async function tokensOf(client: Client, userId: string): Promise<z.infer<typeof ApiToken>[]> {
  const all = await client.list('tokens', 'list API tokens', '/api/v1/api-tokens', ApiToken)
  return all.filter((token) => token.userId === userId)
}

/** They stop with the account anyway; whoever else uses one is told by the task of the leftovers. */
const apiTokens: Step = {
  id: 'api-tokens',
  title: 'Revoke API tokens',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    return (await tokensOf(at.client, at.account.id)).map(({ id, name, lastUpdated }) => ({
      id,
      label: name,
      state: 'open',
      fact: `Made by the leaver${lastUpdated ? `, last changed ${lastUpdated.slice(0, 10)}` : ''}`,
    }))
  },
  async apply(at, finding) {
    await orderUnlessGone(at.client, 'tokens', 'revoke an API token', path`/api/v1/api-tokens/${finding.id}`)
  },
}

export const adminSteps: readonly Step[] = [adminRoles, apiTokens]
export const adminEnd: readonly Step[] = [groupRoles]
