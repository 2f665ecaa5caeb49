/** The example company's two AWS accounts. Everybody in IT, Product and Support has a user; the leaver has everything. */
import { cast, type Employee, employee, employees } from '../company.ts'
import type { AwsAccount, AwsState, IamUser } from './state.ts'

export const mainAccount = '111122223333'
export const secondAccount = '444455556666'
export const externalId = 'latchkey-example'
export const roleName = 'Latchkey'
/** The user that Latchkey signs in as. */
export const ownUser = { name: 'latchkey', id: 'AIDALATCHKEYSIGNSIN01' }
export const ownArn = `arn:aws:iam::${mainAccount}:user/${ownUser.name}`

/** What the role may do, on everything: IAM users, and nothing that gives anybody new access or reads data. */
export const leastRights = [
  'iam:Get*',
  'iam:List*',
  'iam:SimulatePrincipalPolicy',
  'iam:UpdateAccessKey',
  'iam:UpdateSigningCertificate',
  'iam:UpdateSSHPublicKey',
  'iam:UpdateServiceSpecificCredential',
  'iam:DeleteUser*',
  'iam:DeleteLoginProfile',
  'iam:DeleteAccessKey',
  'iam:DeleteSigningCertificate',
  'iam:DeleteSSHPublicKey',
  'iam:DeleteServiceSpecificCredential',
  'iam:DeleteVirtualMFADevice',
  'iam:DeactivateMFADevice',
  'iam:RemoveUserFromGroup',
  'iam:AddUserToGroup',
  'iam:PutUser*',
  'iam:AttachUserPolicy',
  'iam:DetachUserPolicy',
]

/** What the role needs besides, where there is Identity Center. */
export const centerRights = [
  'identitystore:Get*',
  'identitystore:List*',
  'identitystore:Describe*',
  'identitystore:DeleteGroupMembership',
  'identitystore:CreateGroupMembership',
  'identitystore:DeleteUser',
  'sso:Get*',
  'sso:List*',
  'sso:Describe*',
  'sso:DeleteAccountAssignment',
  'sso:CreateAccountAssignment',
  'sso:DeleteApplicationAssignment',
  'sso:CreateApplicationAssignment',
  'sso:PutInlinePolicyToPermissionSet',
  'sso:DeleteInlinePolicyFromPermissionSet',
  'sso:ProvisionPermissionSet',
]

const departments = ['IT', 'Product', 'Support']

export function seeded(): AwsState {
  return {
    accounts: {
      [mainAccount]: account(mainAccount, {}),
      [secondAccount]: account(secondAccount, { externalId }),
    },
  }
}

function account(id: string, trust: { externalId?: string }): AwsAccount {
  const leaver = employee(cast.leaver)
  const people = employees.filter((one) => departments.includes(one.department) || one.email === leaver.email)
  const users = people.map((one) => (one.email === leaver.email ? everything(id, one) : colleague(id, one)))
  if (id === mainAccount) users.push(own())
  users.sort((one, other) => one.name.localeCompare(other.name))
  return {
    users,
    groups: ['Administrators', 'Developers', 'Billing', 'ReadOnly', 'Sales-Data'].map((name, index) => ({
      id: `AGPA${id}GROUP0${index}`,
      name,
    })),
    roles: [{ name: roleName, trusts: [ownArn], may: [...leastRights], lacks: [], ...trust }],
    virtualDevices: users.flatMap((user) =>
      user.devices.map((one) => one.serial).filter((one) => one.includes(':mfa/')),
    ),
  }
}

function blank(id: string, name: string): IamUser {
  return {
    id,
    name,
    created: '2022-05-02T08:00:00Z',
    tags: [],
    accessKeys: [],
    devices: [],
    certificates: [],
    sshKeys: [],
    serviceCredentials: [],
    groups: [],
    attached: [],
    inline: {},
  }
}

function own(): IamUser {
  const key = { id: 'AKIALATCHKEYSIGNSIN0', status: 'Active' as const, created: '2026-01-10T08:00:00Z' }
  const inline = { AssumeLatchkey: allow('sts:AssumeRole', `arn:aws:iam::*:role/${roleName}`) }
  return { ...blank(ownUser.id, ownUser.name), accessKeys: [key], inline, may: [...leastRights] }
}

/** Twenty-one characters, as AWS's are: which person and account can be read in it. */
function userId(account: string, person: Employee): string {
  return `AIDA${account.slice(0, 6)}${String(person.id).padStart(11, 'P')}`
}

function colleague(account: string, person: Employee): IamUser {
  const name = person.email.split('@')[0] ?? person.email
  return {
    ...blank(userId(account, person), name),
    tags: [{ key: 'email', value: person.email }],
    login: { created: '2022-05-02T08:05:00Z' },
    passwordLastUsed: '2026-11-01T07:30:00Z',
    accessKeys: [{ id: keyId('AKIA', account, person, 1), status: 'Active', created: '2025-02-03T10:00:00Z' }],
    devices: [{ serial: `arn:aws:iam::${account}:mfa/${name}`, enabled: '2022-05-02T08:10:00Z' }],
    groups: person.department === 'IT' ? ['Administrators'] : ['Developers'],
  }
}

function keyId(prefix: string, account: string, person: Employee, index: number): string {
  return `${prefix}${account.slice(0, 4)}${String(person.id).padStart(10, 'K')}0${index}`
}

function everything(account: string, person: Employee): IamUser {
  const key = (prefix: string, index: number) => keyId(prefix, account, person, index)
  const status = 'Active' as const
  const at = '2024-09-09T09:09:09Z'
  return {
    ...colleague(account, person),
    accessKeys: [
      { id: key('AKIA', 1), status, created: at, lastUsed: { at: '2026-11-02T16:20:00Z', service: 's3' } },
      { id: key('AKIA', 2), status, created: '2026-08-01T12:00:00Z' },
    ],
    devices: [
      { serial: `arn:aws:iam::${account}:mfa/jo.miller`, enabled: at },
      { serial: `arn:aws:iam::${account}:u2f/user/jo.miller/key-${account.slice(0, 4)}`, enabled: at },
    ],
    certificates: [{ id: `CERT${account}JOMILLER`, status, uploaded: at }],
    sshKeys: [{ id: key('APKA', 1), status, uploaded: at }],
    serviceCredentials: [
      { id: key('ACCA', 1), service: 'codecommit.amazonaws.com', status, created: at },
      { id: key('ACCA', 2), service: 'bedrock.amazonaws.com', status, created: at },
    ],
    groups: ['Billing', 'ReadOnly', 'Sales-Data'],
    attached: [
      { name: 'AmazonS3ReadOnlyAccess', arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' },
      { name: 'SalesReports', arn: `arn:aws:iam::${account}:policy/SalesReports` },
    ],
    inline: {
      SalesBucket: allow('s3:GetObject', 'arn:aws:s3:::example-sales/*'),
      OldDashboard: allow('quicksight:*', '*'),
    },
    boundary: `arn:aws:iam::${account}:policy/SalesBoundary`,
  }
}

function allow(action: string, resource: string): string {
  const statement = { Effect: 'Allow', Action: action, Resource: resource }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
}
