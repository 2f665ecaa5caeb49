/** What the pretend AWS holds of one person: IAM users of each account, and IAM Identity Center. */
import { row, type Shown, there, told } from '../shown.ts'
import type { CenterState } from './center-state.ts'
import type { AwsState, IamUser } from './state.ts'

export function showsAws({ accounts, center }: AwsState, email: string): Shown[] {
  const login = email.split('@')[0] ?? email
  const own = Object.entries(accounts).flatMap(([account, { users }]) =>
    users.filter((user) => isOf(user, email, login)).flatMap((user) => ofUser(account, user)),
  )
  return told([...own, ...(center ? inCenter(center, email) : [])])
}

function isOf(user: IamUser, email: string, login: string): boolean {
  if (user.tags.some((tag) => tag.value.toLowerCase() === email)) return true
  return [email, login].includes(user.name.toLowerCase())
}

function ofUser(account: string, user: IamUser): Shown[] {
  const keyed = (kind: string, keys: readonly { id: string; status: string }[]) =>
    keys.map(({ id, status }) => row('infrastructure', `${account}: ${kind} ${id}`, status, status === 'Active'))
  const named = (kind: string, names: readonly string[], state?: string) =>
    there('infrastructure', `${account}: ${kind}`, names, state)
  return [
    row('infrastructure', `${account}: user ${user.name}`, 'there'),
    ...(user.login ? [row('infrastructure', `${account}: console password`, 'set')] : []),
    ...keyed('access key', user.accessKeys),
    ...keyed('SSH key', user.sshKeys),
    ...keyed('certificate', user.certificates),
    ...keyed('service credential', user.serviceCredentials),
    ...named(
      'MFA device',
      user.devices.map((one) => one.serial.split('/').at(-1) ?? one.serial),
    ),
    ...named('group', user.groups, 'member'),
    ...named(
      'policy',
      user.attached.map((one) => one.name),
      'attached',
    ),
    ...Object.keys(user.inline).map((name) => {
      const denies = user.inline[name]?.includes('"Deny"') ?? false
      return row('infrastructure', `${account}: inline policy ${name}`, denies ? 'denies everything' : 'there', !denies)
    }),
  ]
}

function inCenter(center: CenterState, email: string): Shown[] {
  const user = center.users.find((one) => one.emails.includes(email))
  if (!user) return []
  const setName = (arn: string) => center.permissionSets.find((one) => one.arn === arn)?.name ?? arn
  const groups = center.memberships.filter((one) => one.user === user.id)
  return [
    row('infrastructure', 'Identity Center user', user.disabled ? 'disabled' : 'enabled', !user.disabled),
    ...center.assignments
      .filter((one) => one.type === 'USER' && one.principal === user.id)
      .map((one) => row('infrastructure', `${one.account}: permission set ${setName(one.permissionSet)}`, 'assigned')),
    ...there(
      'infrastructure',
      'Identity Center group',
      groups.map((one) => center.groups.find(({ id }) => id === one.group)?.name ?? one.group),
      'member',
    ),
    ...there(
      'infrastructure',
      'Application',
      center.applications.filter((one) => one.principal === user.id).map((one) => one.arn.split('/').at(-1) ?? one.arn),
      'assigned',
    ),
  ]
}
