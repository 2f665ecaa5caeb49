/** What Latchkey asks of Okta. Each token has one scope: one that is not granted then costs its own steps only. */
import type { Right } from '../../src/connector.ts'

export const scopes = {
  users: 'okta.users.manage',
  groups: 'okta.groups.manage',
  roles: 'okta.roles.manage',
  devices: 'okta.devices.manage',
  tokens: 'okta.apiTokens.manage',
  logs: 'okta.logs.read',
} as const
export type Part = keyof typeof scopes
export const parts = Object.keys(scopes) as Part[]

export const rights: readonly Right[] = [
  { name: scopes.users, for: 'find, suspend and deactivate the person; sessions, app tokens, factors, device list' },
  { name: scopes.groups, for: 'leave groups, and read which group rules put the person back' },
  { name: scopes.roles, for: 'take administrator roles back, and tell the last super administrator' },
  { name: scopes.devices, for: 'suspend and deactivate device registrations' },
  { name: scopes.tokens, for: 'revoke API tokens of the person' },
  { name: scopes.logs, for: 'name what the person set up: apps, hooks, tokens' },
]

/** Scopes that people grant along with the rest, each of which opens a whole part of the org. */
export const farTooBroad = [
  'okta.policies.manage',
  'okta.apps.manage',
  'okta.idps.manage',
  'okta.authorizationServers.manage',
]

/** Where IT grants a scope. */
export const grantedAt = 'Admin Console > Applications > Applications > the service app > Okta API Scopes'
