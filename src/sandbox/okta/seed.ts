/** The example company at Okta. */
import { cast, employees } from '../company.ts'
import type { State, User } from './state.ts'

const at = '2024-03-01T08:00:00.000Z'

export function seed(now: number): State {
  const users = employees.map(({ id, name, email, title, department, manager }): User => {
    const [firstName = '', ...rest] = name.split(' ')
    return {
      id: idOf(id),
      status: 'ACTIVE',
      login: email,
      email,
      secondEmail: '',
      firstName,
      lastName: rest.join(' '),
      title,
      department,
      manager: manager ?? '',
      provider: 'OKTA',
      sessions: 1,
      passwords: 1,
    }
  })
  const id = (email: string) => users.find((one) => one.email === email)?.id ?? ''
  const [leaver, namesake, manager, it] = [cast.leaver, cast.namesake, cast.manager, cast.it].map(id) as [
    string,
    string,
    string,
    string,
  ]
  // Somebody else's private address: no proof of who they are.
  for (const user of users) if (user.id === namesake) user.secondEmail = cast.leaver
  const everybody = users.map((one) => one.id)
  return {
    users,
    serial: 100,
    ...groupsAndRoles(everybody, leaver, namesake, manager, it),
    ...accessOf(leaver, manager, it),
    ...madeBy(leaver, it, now),
  }
}

function groupsAndRoles(
  everybody: string[],
  leaver: string,
  namesake: string,
  manager: string,
  it: string,
): Pick<State, 'groups' | 'rules' | 'roles'> {
  const group = (number: number, name: string, members: string[]) => ({
    id: `00g${number}okta`,
    name,
    type: 'OKTA_GROUP' as const,
    members,
  })
  return {
    groups: [
      { ...group(1, 'Everyone', everybody), type: 'BUILT_IN' },
      group(2, 'Sales', [leaver, manager, namesake]),
      group(3, 'Forecast editors', [leaver, manager]),
      group(4, 'Travel', [leaver, it]),
      group(5, 'Operators', [leaver, it]),
    ],
    rules: [
      { id: '0pr1okta', name: 'Sales by department', status: 'INACTIVE', groupIds: ['00g2okta'], exclude: [] },
      { id: '0pr2okta', name: 'Travel for all but some', status: 'ACTIVE', groupIds: ['00g4okta'], exclude: [leaver] },
      { id: '0pr3okta', name: 'Everybody of IT', status: 'ACTIVE', groupIds: ['00g9okta'], exclude: [] },
    ],
    roles: [
      { id: 'ra1okta', user: leaver, type: 'SUPER_ADMIN', label: 'Super Administrator', assignmentType: 'USER' },
      {
        id: 'ra2okta',
        user: leaver,
        type: 'HELP_DESK_ADMIN',
        label: 'Help Desk Administrator',
        assignmentType: 'USER',
      },
      {
        id: 'ra3okta',
        user: leaver,
        type: 'CUSTOM',
        label: 'Report readers',
        assignmentType: 'USER',
        role: 'cr0okta',
        resourceSet: 'iam0okta',
      },
      {
        id: 'ra4okta',
        user: leaver,
        type: 'APP_ADMIN',
        label: 'Application Administrator',
        assignmentType: 'GROUP',
        group: '00g5okta',
      },
      { id: 'ra5okta', user: it, type: 'SUPER_ADMIN', label: 'Super Administrator', assignmentType: 'USER' },
    ],
  }
}

function accessOf(
  leaver: string,
  manager: string,
  it: string,
): Pick<State, 'factors' | 'clients' | 'apiTokens' | 'devices' | 'apps'> {
  return {
    factors: [
      { id: 'fct1okta', user: leaver, factorType: 'push', provider: 'OKTA' },
      { id: 'fct2okta', user: leaver, factorType: 'webauthn', provider: 'FIDO' },
      { id: 'fct3okta', user: leaver, factorType: 'email', provider: 'OKTA' },
      { id: 'fct4okta', user: manager, factorType: 'push', provider: 'OKTA' },
    ],
    clients: [
      { user: leaver, id: '0oa1notes', name: 'Field notes', tokens: 2, grants: 1 },
      { user: leaver, id: '0oa2plans', name: 'Route planner', tokens: 0, grants: 1 },
      { user: manager, id: '0oa1notes', name: 'Field notes', tokens: 1, grants: 1 },
    ],
    apiTokens: [
      { id: '00T1okta', name: 'CRM export', user: leaver, lastUpdated: at },
      { id: '00T2okta', name: 'Terraform', user: it, lastUpdated: at },
    ],
    devices: [
      {
        id: 'guo1okta',
        status: 'ACTIVE',
        displayName: "Jo's MacBook",
        platform: 'MACOS',
        serialNumber: 'C02OKTA1',
        users: [leaver],
      },
      {
        id: 'guo2okta',
        status: 'ACTIVE',
        displayName: "Jo's iPhone",
        platform: 'IOS',
        serialNumber: 'F17OKTA2',
        users: [leaver],
      },
      {
        id: 'guo3okta',
        status: 'ACTIVE',
        displayName: "Ada's MacBook",
        platform: 'MACOS',
        serialNumber: 'C02OKTA3',
        users: [manager],
      },
    ],
    apps: [
      { user: leaver, label: 'Salesforce' },
      { user: leaver, label: 'Google Workspace' },
      { user: manager, label: 'Salesforce' },
    ],
  }
}

function madeBy(leaver: string, it: string, now: number): Pick<State, 'events'> {
  return {
    events: [
      {
        eventType: 'application.lifecycle.create',
        actor: leaver,
        published: new Date(now - 30 * 86_400_000).toISOString(),
        target: 'Lead importer',
        targetType: 'AppInstance',
      },
      {
        eventType: 'event_hook.created',
        actor: leaver,
        published: new Date(now - 20 * 86_400_000).toISOString(),
        target: 'Sales pings',
        targetType: 'EventHook',
      },
      {
        eventType: 'application.lifecycle.create',
        actor: it,
        published: new Date(now - 10 * 86_400_000).toISOString(),
        target: 'Wiki',
        targetType: 'AppInstance',
      },
      {
        eventType: 'user.session.start',
        actor: leaver,
        published: new Date(now - 5 * 86_400_000).toISOString(),
        target: 'Jo Miller',
        targetType: 'User',
      },
    ],
  }
}

function idOf(number: number): string {
  return `00u${String(number).padStart(4, '0')}okta`
}
