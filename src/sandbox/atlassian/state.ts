/** An Atlassian organisation with managed accounts, and a guest who brought an account of their own. */
import { cast, employee } from '../company.ts'

export interface User {
  id: string
  email: string
  name: string
  type: 'atlassian' | 'customer' | 'app'
  status: 'active' | 'inactive' | 'closed'
  managed: boolean
  verified: boolean
  source: 'invited' | 'synced'
  roles: string[]
  /** Why Atlassian lets nobody switch it on or off. */
  held?: string
  /** By directory. */
  access: Record<string, 'active' | 'suspended'>
}

export interface State {
  org: { id: string; name: string }
  directories: { id: string; name: string }[]
  users: User[]
  tokens: { id: string; user: string; label: string }[]
}

export const guest = 'ulla.virtanen@example.com'
const people = [cast.leaver, cast.namesake, cast.manager, cast.it, cast.other, guest]

export function idOf(email: string): string {
  return `712020:${String(employee(email).id).padStart(8, '0')}-4f2e-4c1b-9a77-52d1c0a1e0aa`
}

export const orgId = '8f1c2d3e-0b1a-4c5d-9e8f-112233445566'

export function seed(): State {
  const access = { 'dir-1': 'active', 'dir-2': 'active' } as const
  const users = people.map((email): User => {
    const managed = email !== guest
    const roles = email === cast.it || email === cast.leaver ? ['atlassian/org-admin'] : ['atlassian/user']
    const told = { id: idOf(email), email, name: employee(email).name, roles, managed, access: { ...access } }
    return { ...told, type: 'atlassian', status: 'active', verified: true, source: managed ? 'synced' : 'invited' }
  })
  const portal: User = {
    ...{ id: 'qm:portal-1', email: cast.leaver, name: 'Jo Miller', type: 'customer', status: 'active', roles: [] },
    ...{ managed: false, verified: true, source: 'invited', access: {} },
  }
  return {
    org: { id: orgId, name: 'Acme' },
    directories: [
      { id: 'dir-1', name: 'acme.atlassian.net' },
      { id: 'dir-2', name: 'acme-labs.atlassian.net' },
    ],
    users: [...users, portal],
    tokens: [
      { id: 'tok-1', user: idOf(cast.leaver), label: 'jira cli' },
      { id: 'tok-2', user: idOf(cast.leaver), label: 'dashboard' },
      { id: 'tok-3', user: idOf(cast.other), label: 'release notes' },
    ],
  }
}
