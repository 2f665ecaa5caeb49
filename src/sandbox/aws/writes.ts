/** What IAM does when it is told to; it looks at the truth, however far behind the lists are. */
import { target } from './reads.ts'
import {
  type AwsAccount,
  AwsError,
  type Form,
  type IamUser,
  noSuchEntity,
  roleNamed,
  type Signer,
  type Status,
} from './state.ts'

export interface Order {
  form: Form
  account: AwsAccount
  signer: Signer
}

type Doing = (order: Order) => void

export const writes: Record<string, Doing> = {
  PutUserPolicy: putPolicy,
  DeleteUserPolicy: (order) => {
    const user = target(order)
    const name = order.form.PolicyName ?? ''
    if (!(name in user.inline)) throw noSuchEntity(`The user policy with name ${name} cannot be found.`)
    delete user.inline[name]
  },
  PutRolePolicy: ({ account, form }) => {
    const role = roleNamed(account, form.RoleName ?? '')
    role.inline = { ...role.inline, [form.PolicyName ?? '']: form.PolicyDocument ?? '' }
  },
  DeleteRolePolicy: ({ account, form }) => {
    const role = roleNamed(account, form.RoleName ?? '')
    const { [form.PolicyName ?? '']: gone, ...rest } = role.inline ?? {}
    if (gone === undefined) throw noSuchEntity(`The role policy with name ${form.PolicyName} cannot be found.`)
    role.inline = rest
  },
  UpdateAccessKey: (order) => setStatus(order, target(order).accessKeys, 'AccessKeyId', 'Access Key'),
  DeleteAccessKey: (order) => take(order, target(order).accessKeys, 'AccessKeyId', 'Access Key'),
  UpdateSigningCertificate: (order) => setStatus(order, target(order).certificates, 'CertificateId', 'Certificate'),
  DeleteSigningCertificate: (order) => take(order, target(order).certificates, 'CertificateId', 'Certificate'),
  UpdateSSHPublicKey: (order) => setStatus(order, target(order).sshKeys, 'SSHPublicKeyId', 'SSH Public Key'),
  DeleteSSHPublicKey: (order) => take(order, target(order).sshKeys, 'SSHPublicKeyId', 'SSH Public Key'),
  UpdateServiceSpecificCredential: (order) =>
    setStatus(order, target(order).serviceCredentials, 'ServiceSpecificCredentialId', 'service specific credential'),
  DeleteServiceSpecificCredential: (order) =>
    take(order, target(order).serviceCredentials, 'ServiceSpecificCredentialId', 'service specific credential'),
  DeleteLoginProfile: (order) => {
    const user = target(order)
    if (!user.login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`)
    delete user.login
  },
  DeactivateMFADevice: (order) => {
    const { devices } = target(order)
    const index = devices.findIndex((one) => one.serial === order.form.SerialNumber)
    if (index < 0) throw noSuchEntity(`MFA device with serial number ${order.form.SerialNumber} cannot be found.`)
    devices.splice(index, 1)
  },
  DeleteVirtualMFADevice: deleteVirtualDevice,
  AddUserToGroup: (order) => {
    const user = target(order)
    const name = groupNamed(order)
    if (!user.groups.includes(name)) user.groups.push(name)
  },
  // Someone who is not in the group is no error.
  RemoveUserFromGroup: (order) => {
    const user = target(order)
    const name = groupNamed(order)
    user.groups = user.groups.filter((one) => one !== name)
  },
  AttachUserPolicy: (order) => {
    const user = target(order)
    const arn = order.form.PolicyArn ?? ''
    if (!user.attached.some((one) => one.arn === arn)) user.attached.push({ name: arn.split('/').at(-1) ?? '', arn })
  },
  DetachUserPolicy: (order) => {
    const user = target(order)
    const index = user.attached.findIndex((one) => one.arn === order.form.PolicyArn)
    if (index < 0) throw noSuchEntity(`Policy ${order.form.PolicyArn} was not found.`)
    user.attached.splice(index, 1)
  },
  PutUserPermissionsBoundary: (order) => {
    target(order).boundary = order.form.PermissionsBoundary ?? ''
  },
  DeleteUserPermissionsBoundary: (order) => {
    const user = target(order)
    if (!user.boundary) throw noSuchEntity(`No permissions boundary is set for user ${user.name}.`)
    delete user.boundary
  },
  DeleteUser: deleteUser,
}

/** All inline policies of a user together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const inlineQuota = 2048

function putPolicy(order: Order): void {
  const user = target(order)
  const { PolicyName: name = '', PolicyDocument: document = '' } = order.form
  try {
    JSON.parse(document)
  } catch {
    throw new AwsError(400, 'MalformedPolicyDocument', 'Syntax errors in policy.')
  }
  const all = Object.entries({ ...user.inline, [name]: document })
  const size = all.reduce((sum, [, one]) => sum + one.replace(/\s/g, '').length, 0)
  if (size > inlineQuota)
    throw new AwsError(
      409,
      'LimitExceeded',
      `Maximum policy size of ${inlineQuota} bytes exceeded for user ${user.name}`,
    )
  user.inline[name] = document
}

function setStatus({ form }: Order, list: { id: string; status: Status }[], field: string, kind: string): void {
  const found = list.find((one) => one.id === form[field])
  if (!found) throw noSuchEntity(`The ${kind} with id ${form[field]} cannot be found.`)
  if (form.Status !== 'Active' && form.Status !== 'Inactive')
    throw new AwsError(400, 'ValidationError', `Value '${form.Status}' at 'status' failed to satisfy constraint`)
  found.status = form.Status
}

function take({ form }: Order, list: { id: string }[], field: string, kind: string): void {
  const index = list.findIndex((one) => one.id === form[field])
  if (index < 0) throw noSuchEntity(`The ${kind} with id ${form[field]} cannot be found.`)
  list.splice(index, 1)
}

function deleteVirtualDevice({ form, account }: Order): void {
  const serial = form.SerialNumber ?? ''
  if (!account.virtualDevices.includes(serial))
    throw noSuchEntity(`VirtualMFADevice with serial number ${serial} doesn't exist.`)
  if (account.users.some((user) => user.devices.some((one) => one.serial === serial)))
    throw new AwsError(409, 'DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.')
  account.virtualDevices = account.virtualDevices.filter((one) => one !== serial)
}

function groupNamed({ form, account }: Order): string {
  const group = account.groups.find((one) => one.name === form.GroupName)
  if (!group) throw noSuchEntity(`The group with name ${form.GroupName} cannot be found.`)
  return group.name
}

function deleteUser(order: Order): void {
  const { account } = order
  const user = target(order)
  const left = whatIsLeft(user)
  if (left) throw new AwsError(409, 'DeleteConflict', `Cannot delete entity, must ${left} first.`)
  account.users = account.users.filter((one) => one !== user)
}

/** What has to go before a user can: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
function whatIsLeft(user: IamUser): string | undefined {
  const obstacles: [boolean, string][] = [
    [user.login !== undefined, 'delete login profile'],
    [user.accessKeys.length > 0, 'delete access keys'],
    [user.certificates.length > 0, 'delete signing certificates'],
    [user.sshKeys.length > 0, 'delete SSH public keys'],
    [user.serviceCredentials.length > 0, 'delete service specific credentials'],
    [user.devices.length > 0, 'delete MFA device'],
    [Object.keys(user.inline).length > 0, 'delete policies'],
    [user.attached.length > 0, 'detach all policies'],
    [user.groups.length > 0, 'remove users from group'],
  ]
  return obstacles.find(([there]) => there)?.[1]
}
