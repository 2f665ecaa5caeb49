/** What IAM Identity Center keeps: its identity store, permission sets, who may use them where, and jobs under way. */
import { cast, employees } from '../company.ts'

export interface CenterState {
  account: string
  instanceArn: string
  storeId: string
  users: StoreUser[]
  groups: { id: string; name: string }[]
  memberships: { id: string; group: string; user: string }[]
  permissionSets: PermissionSet[]
  assignments: Assignment[]
  applications: { arn: string; principal: string }[]
  jobs: Job[]
}

export interface StoreUser {
  id: string
  userName: string
  displayName: string
  title: string
  emails: string[]
  /** Only people can do that, in the console. */
  disabled?: boolean
  /** Set where another directory provisions the user. */
  external?: { Issuer: string; Id: string }
}

export interface PermissionSet {
  arn: string
  name: string
  inline: string
  /** Accounts in which it is provisioned, and those of them that have its latest version. */
  accounts: string[]
  latest: string[]
}

export interface Assignment {
  account: string
  permissionSet: string
  type: 'USER' | 'GROUP'
  principal: string
}

export interface Job {
  id: string
  kind: 'deletion' | 'provisioning'
  /** Epoch ms, when it ends. */
  due: number
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'
  created: number
  /** Why it is going to fail. */
  failing?: string
  assignment?: Assignment
  permissionSet: string
}

export const storeId = 'd-9067example'.replace('example', 'a1b2c3')
const instanceArn = 'arn:aws:sso:::instance/ssoins-7223ab0f1e2d3c4b'

/** All staff are in it. The leaver has two permission sets, one more through a group, groups, and an application. */
export function seededCenter(accounts: readonly [string, string]): CenterState {
  const [main, second] = accounts
  const users = employees.map((person) => ({
    id: idOf(person.id),
    userName: person.email,
    displayName: person.name,
    title: person.title,
    emails: [person.email],
  }))
  const of = (email: string) => users.find((user) => user.emails.includes(email))?.id ?? ''
  const groups = ['Everyone', 'Sales', 'Sales-Reports'].map((name, index) => ({ id: idOf(900 + index), name }))
  const [everyone, sales, reports] = groups.map((group) => group.id) as [string, string, string]
  const members = [
    ...users.map((user) => [everyone, user.id]),
    ...[cast.leaver, cast.manager].flatMap((email) => [sales, reports].map((group) => [group, of(email)])),
  ] as [string, string][]
  const set = (name: string, index: number, inline = ''): PermissionSet => ({
    arn: `arn:aws:sso:::permissionSet/ssoins-7223ab0f1e2d3c4b/ps-00000000000000a${index}`,
    name,
    inline,
    accounts: [main, second],
    latest: [main, second],
  })
  const allow = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } })
  const sets = [set('ReadOnly', 1), set('SalesData', 2, allow), set('Reports', 3), set('Administrators', 4)]
  const [readOnly, salesData, reportSet, admins] = sets.map((one) => one.arn) as [string, string, string, string]
  const user = (account: string, permissionSet: string, email: string): Assignment => {
    return { account, permissionSet, type: 'USER', principal: of(email) }
  }
  return {
    ...{ account: main, instanceArn, storeId, users, groups, permissionSets: sets, jobs: [] },
    memberships: members.map(([group, id], index) => ({ id: idOf(2000 + index), group, user: id })),
    assignments: [
      user(main, readOnly, cast.leaver),
      user(second, readOnly, cast.leaver),
      user(main, salesData, cast.leaver),
      user(main, readOnly, cast.namesake),
      user(main, admins, cast.it),
      { account: main, permissionSet: reportSet, type: 'GROUP', principal: reports },
    ],
    applications: [
      {
        arn: `arn:aws:sso::${main}:application/ssoins-7223ab0f1e2d3c4b/apl-00000000000000b1`,
        principal: of(cast.leaver),
      },
      {
        arn: `arn:aws:sso::${main}:application/ssoins-7223ab0f1e2d3c4b/apl-00000000000000b2`,
        principal: of(cast.leaver),
      },
      {
        arn: `arn:aws:sso::${main}:application/ssoins-7223ab0f1e2d3c4b/apl-00000000000000b1`,
        principal: of(cast.manager),
      },
    ],
  }
}

/** `9067a1b2c3-` and a UUID, as identity stores give them. */
function idOf(number: number): string {
  return `9067a1b2c3-5f0c7a1e-0000-4000-8000-${String(number).padStart(12, '0')}`
}
