/** The example company on GitHub: `acme` with single sign-on, `acme-labs` without. */
import { cast, employee, employees } from '../company.ts'
import type { State, User } from './state.ts'

export const main = 'acme'
export const second = 'acme-labs'

const usual = {
  members: 'write',
  organization_administration: 'write',
  organization_personal_access_tokens: 'write',
  organization_personal_access_token_requests: 'write',
  organization_custom_org_roles: 'read',
  organization_copilot_seat_management: 'write',
  administration: 'read',
  metadata: 'read',
}

/** Engineers and whoever else works with code; the leaver's login is not their address. */
const people = [cast.leaver, cast.namesake, cast.manager, cast.it, cast.other, 'nils.berg@example.com']

export function loginOf(email: string): string {
  if (email === cast.leaver) return 'jomill'
  return employee(email)
    .name.toLowerCase()
    .replace(/[^a-z]+/g, '-')
}

function userOf(email: string): User {
  const { id, name } = employee(email)
  return { id: 5_000_000 + id, login: loginOf(email), name }
}

export function idOf(email: string): number {
  return userOf(email).id
}

const since = '2025-02-03T09:00:00Z'

const [jo, namesake, ada, ivo, lena, nils] = people.map(idOf) as [number, number, number, number, number, number]

export function seed(): State {
  return { ...memberships(), ...work() }
}

function memberships() {
  return {
    users: [...employees.map((one) => userOf(one.email)), { id: 99, login: 'jo-miller', name: 'Jo Miller' }],
    orgs: [
      {
        id: 11,
        login: main,
        sso: true,
        enterprise: true,
        installation: { id: 4711, permissions: { ...usual }, selection: 'all' },
      },
      {
        id: 12,
        login: second,
        sso: false,
        enterprise: false,
        installation: { id: 4712, permissions: { ...usual }, selection: 'all' },
      },
    ],
    members: [
      ...[jo, namesake, ada, lena, nils].map((user) => ({
        ...{ org: main, user, role: 'member' as const, state: 'active' as const, direct: true },
      })),
      { org: main, user: ivo, role: 'admin', state: 'active', direct: true },
      { org: second, user: ivo, role: 'admin', state: 'active', direct: true },
      { org: second, user: lena, role: 'member', state: 'active', direct: true },
    ],
    outside: [
      { org: second, user: jo, repo: 'lab' },
      { org: main, user: idOf('ulla.virtanen@example.com'), repo: 'site' },
    ],
    invitations: [
      { id: 31, org: main, email: 'someone.else@example.com', role: 'direct_member', at: since },
      { id: 32, org: main, login: 'zoe-laurent', role: 'direct_member', at: since },
      { id: 33, org: second, login: 'yuki-mori', role: 'direct_member', at: since },
      { id: 34, org: second, email: cast.leaver, role: 'direct_member', at: since },
    ],
    teams: ['site', 'api', 'oncall', 'design'].map((slug, index) => ({
      ...{ id: 41 + index, org: main, slug, name: slug[0]?.toUpperCase() + slug.slice(1) },
    })),
    teamMembers: [
      { team: 41, user: jo, role: 'member' },
      { team: 43, user: jo, role: 'maintainer' },
      { team: 43, user: lena, role: 'member' },
      { team: 44, user: namesake, role: 'maintainer' },
    ],
    roles: ['all_repo_read', 'security_manager', 'ci_cd_admin'].map((name, index) => ({
      id: 8132 + index,
      org: main,
      name,
    })),
    roleHolders: [
      { role: 8133, user: jo, assignment: 'direct' },
      { role: 8133, user: lena, assignment: 'direct' },
      { role: 8134, user: jo, assignment: 'indirect' },
    ],
  } satisfies Partial<State>
}

function work() {
  const repos = ['site', 'api', 'infra', 'mobile'].map((name, index) => ({ id: 700 + index, org: main, name }))
  return {
    credentials: [
      { id: 161195, org: main, user: jo, type: 'personal access token', title: 'deploy from laptop' },
      { id: 161196, org: main, user: jo, type: 'SSH key', title: 'jo@macbook' },
      { id: 161197, org: main, user: namesake, type: 'SSH key', title: 'millar@imac' },
    ],
    tokens: [
      { id: 25381, org: main, user: jo, name: 'release bot' },
      { id: 25382, org: main, user: lena, name: 'nightly' },
    ],
    requests: [
      { id: 25391, org: main, user: jo, name: 'one more' },
      { id: 25392, org: main, user: lena, name: 'docs' },
    ],
    seats: [
      { org: main, user: jo, created: since },
      { org: main, user: lena, created: since },
    ],
    codespaces: [
      { id: 1, name: 'jomill-fuzzy-engine', org: main, user: jo, repo: 'api', state: 'Available', unpushed: true },
      { id: 2, name: 'jomill-old-train', org: main, user: jo, repo: 'site', state: 'Shutdown', unpushed: false },
      { id: 3, name: 'lena-green-potato', org: main, user: lena, repo: 'api', state: 'Available', unpushed: true },
    ],
    repos: [...repos, { id: 720, org: second, name: 'lab' }],
    keys: [
      { id: 91, org: main, repo: 'infra', title: 'build server', addedBy: 'jomill', readOnly: false },
      { id: 92, org: main, repo: 'site', title: 'mirror', addedBy: 'lena-fischer', readOnly: true },
    ],
    identities: people.slice(0, 5).map((email, index) => ({
      ...{ guid: `5fc0c238-1112-11e8-8e45-920c6e4e000${index}`, org: main },
      ...{ user: idOf(email), nameId: email, scim: email },
    })),
    verifiedEmails: [{ org: main, user: nils, email: 'nils.berg@example.com' }],
    audit: [
      { org: main, user: jo, action: 'hook.create', repo: 'acme/api', hook: 6001, at: 1_760_000_000_000 },
      { org: main, user: lena, action: 'hook.create', repo: 'acme/site', hook: 6002, at: 1_760_000_000_000 },
    ],
  } satisfies Partial<State>
}
