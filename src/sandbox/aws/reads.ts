/** IAM's answers to questions. A page holds what was asked for, and never more than the pretend vendor's own limit. */
import {
  type AwsAccount,
  AwsError,
  allows,
  type Form,
  type IamUser,
  noSuchEntity,
  roleNamed,
  type Signer,
  userNamed,
} from './state.ts'
import type { Xml } from './xml.ts'

export interface Question {
  form: Form
  id: string
  account: AwsAccount
  signer: Signer
  pageSize: number
}

type Answering = (question: Question) => Xml

export const reads: Record<string, Answering> = {
  GetUser: (asked) => ({ User: userXml(asked.id, target(asked), true) }),
  // The real one leaves the tags and the boundary out here.
  ListUsers: (asked) =>
    page(
      asked,
      'Users',
      asked.account.users.map((user) => userXml(asked.id, user, false)),
    ),
  GetAccountAuthorizationDetails: accountDetails,
  ListUserTags: (asked) => page(asked, 'Tags', tagsXml(target(asked))),
  ListAccessKeys: (asked) => {
    const user = target(asked)
    const keys = user.accessKeys.map((key) => ({
      UserName: user.name,
      AccessKeyId: key.id,
      Status: key.status,
      CreateDate: key.created,
    }))
    return page(asked, 'AccessKeyMetadata', keys)
  },
  GetAccessKeyLastUsed: lastUsed,
  GetLoginProfile: (asked) => {
    const user = target(asked)
    if (!user.login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`)
    const profile = { UserName: user.name, CreateDate: user.login.created, PasswordResetRequired: false }
    return { LoginProfile: profile }
  },
  ListMFADevices: (asked) => {
    const user = target(asked)
    const devices = user.devices.map((one) => ({
      UserName: user.name,
      SerialNumber: one.serial,
      EnableDate: one.enabled,
    }))
    return page(asked, 'MFADevices', devices)
  },
  ListVirtualMFADevices: virtualDevices,
  ListSigningCertificates: (asked) => {
    const user = target(asked)
    const certificates = user.certificates.map((one) => ({
      UserName: user.name,
      CertificateId: one.id,
      CertificateBody: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----',
      Status: one.status,
      UploadDate: one.uploaded,
    }))
    return page(asked, 'Certificates', certificates)
  },
  ListSSHPublicKeys: (asked) => {
    const user = target(asked)
    const keys = user.sshKeys.map((one) => ({
      UserName: user.name,
      SSHPublicKeyId: one.id,
      Status: one.status,
      UploadDate: one.uploaded,
    }))
    return page(asked, 'SSHPublicKeys', keys)
  },
  ListServiceSpecificCredentials: (asked) => {
    const user = target(asked)
    const found = user.serviceCredentials.map((one) => ({
      UserName: user.name,
      Status: one.status,
      ServiceUserName: `${user.name}-at-${asked.id}`,
      CreateDate: one.created,
      ServiceSpecificCredentialId: one.id,
      ServiceName: one.service,
    }))
    return page(asked, 'ServiceSpecificCredentials', found)
  },
  ListGroupsForUser: (asked) => {
    const user = target(asked)
    const groups = asked.account.groups.filter((group) => user.groups.includes(group.name))
    return page(
      asked,
      'Groups',
      groups.map((group) => groupXml(asked.id, group)),
    )
  },
  ListAttachedUserPolicies: (asked) => {
    const policies = target(asked).attached.map((one) => ({ PolicyName: one.name, PolicyArn: one.arn }))
    return page(asked, 'AttachedPolicies', policies)
  },
  ListUserPolicies: (asked) => page(asked, 'PolicyNames', Object.keys(target(asked).inline)),
  GetUserPolicy: (asked) => {
    const user = target(asked)
    const name = asked.form.PolicyName ?? ''
    const document = user.inline[name]
    if (document === undefined) throw noSuchEntity(`The user policy with name ${name} cannot be found.`)
    return { UserName: user.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) }
  },
  GetRole: (asked) => {
    const { id, name } = roleNamed(asked.account, asked.form.RoleName ?? '')
    const Arn = `arn:aws:iam::${asked.id}:role/${name}`
    const trust = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}')
    const Role = { Path: '/', RoleName: name, RoleId: id ?? 'AROAEXAMPLE', Arn, CreateDate: '2024-01-02T03:04:05Z' }
    return { Role: { ...Role, AssumeRolePolicyDocument: trust, MaxSessionDuration: 3600 } }
  },
  GetRolePolicy: (asked) => {
    const role = roleNamed(asked.account, asked.form.RoleName ?? '')
    const name = asked.form.PolicyName ?? ''
    const document = role.inline?.[name]
    if (document === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`)
    return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) }
  },
  SimulatePrincipalPolicy: simulated,
}

/** The user that is asked about. Without a name IAM takes the caller, where that is a user. */
export function target({ form, account, signer }: Pick<Question, 'form' | 'account' | 'signer'>): IamUser {
  const name = form.UserName ?? signer.userName
  if (name !== undefined) return userNamed(account, name)
  throw new AwsError(400, 'ValidationError', 'Must specify userName when calling with non-User credentials')
}

function page(asked: Question, name: string, items: readonly Xml[]): Xml {
  const start = asked.form.Marker ? Number(Buffer.from(asked.form.Marker, 'base64url').toString()) : 0
  if (!Number.isInteger(start)) throw new AwsError(400, 'ValidationError', 'Invalid Marker.')
  const most = Math.min(Number(asked.form.MaxItems ?? 100), asked.pageSize)
  const end = start + most
  if (end >= items.length) return { IsTruncated: false, [name]: items.slice(start) }
  const marker = Buffer.from(String(end)).toString('base64url')
  return { IsTruncated: true, [name]: items.slice(start, end), Marker: marker }
}

function userXml(account: string, user: IamUser, whole: boolean): { readonly [name: string]: Xml } {
  const boundary = user.boundary && {
    PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
    PermissionsBoundaryArn: user.boundary,
  }
  return {
    Path: '/',
    UserName: user.name,
    UserId: user.id,
    Arn: `arn:aws:iam::${account}:user/${user.name}`,
    CreateDate: user.created,
    PasswordLastUsed: user.passwordLastUsed,
    ...(whole && boundary ? { PermissionsBoundary: boundary } : {}),
    ...(whole && user.tags.length > 0 ? { Tags: tagsXml(user) } : {}),
  }
}

function tagsXml(user: IamUser): readonly Xml[] {
  return user.tags.map((tag) => ({ Key: tag.key, Value: tag.value }))
}

function groupXml(account: string, group: AwsAccount['groups'][number]): Xml {
  return {
    Path: '/',
    GroupName: group.name,
    GroupId: group.id,
    Arn: `arn:aws:iam::${account}:group/${group.name}`,
    CreateDate: '2021-03-01T09:00:00Z',
  }
}

function accountDetails(asked: Question): Xml {
  const details = asked.account.users.map((user) => {
    const { PasswordLastUsed: _, ...said } = userXml(asked.id, user, true)
    return {
      ...said,
      GroupList: user.groups,
      AttachedManagedPolicies: user.attached.map((one) => ({ PolicyName: one.name, PolicyArn: one.arn })),
    }
  })
  const users = page(asked, 'UserDetailList', details)
  return { ...(users as object), GroupDetailList: [], RoleDetailList: [], Policies: [] }
}

function lastUsed({ form, account }: Question): Xml {
  const id = form.AccessKeyId ?? ''
  const user = account.users.find((one) => one.accessKeys.some((key) => key.id === id))
  const key = user?.accessKeys.find((one) => one.id === id)
  if (!user || !key) throw new AwsError(403, 'AccessDenied', `The Access Key with id ${id} cannot be found.`)
  const { lastUsed: used } = key
  const said = used
    ? { LastUsedDate: used.at, ServiceName: used.service, Region: 'us-east-1' }
    : { ServiceName: 'N/A', Region: 'N/A' }
  return { UserName: user.name, AccessKeyLastUsed: said }
}

function virtualDevices(asked: Question): Xml {
  const status = asked.form.AssignmentStatus ?? 'Any'
  const devices = asked.account.virtualDevices.map((serial) => {
    const owner = asked.account.users.find((user) => user.devices.some((one) => one.serial === serial))
    const enabled = owner?.devices.find((one) => one.serial === serial)?.enabled
    return {
      SerialNumber: serial,
      ...(owner ? { User: userXml(asked.id, owner, false), EnableDate: enabled } : {}),
    }
  })
  const wanted = devices.filter((one) => status === 'Any' || 'User' in one === (status === 'Assigned'))
  return page(asked, 'VirtualMFADevices', wanted)
}

function simulated(asked: Question): Xml {
  const source = asked.form.PolicySourceArn ?? ''
  const role = asked.account.roles.find((one) => source.endsWith(`:role/${one.name}`))
  const user = asked.account.users.find((one) => source.endsWith(`:user/${one.name}`))
  if (!role && !user) throw noSuchEntity(`The principal ${source} cannot be found.`)
  const policies = role ?? { may: user?.may ?? [], lacks: [] }
  const actions = Object.entries(asked.form).filter(([name]) => name.startsWith('ActionNames.member.'))
  const results = actions.map(([, action]) => ({
    EvalActionName: action,
    EvalResourceName: asked.form['ResourceArns.member.1'] ?? '*',
    EvalDecision: allows(policies, action) ? 'allowed' : 'implicitDeny',
  }))
  return page(asked, 'EvaluationResults', results)
}
