import type { CenterState } from './center-state.ts'

/** What AWS keeps, as far as IAM goes, one entry an account. Dates are ISO 8601. */
export interface AwsState {
  accounts: Record<string, AwsAccount>
  /** IAM Identity Center, where the company has one. */
  center?: CenterState
}

export interface AwsAccount {
  users: IamUser[]
  groups: { id: string; name: string }[]
  roles: IamRole[]
  /** All virtual devices of the account, whether somebody has them or not. */
  virtualDevices: string[]
}

export interface IamRole {
  /** AROA… */
  id?: string
  name: string
  /** ARNs that its trust policy names. */
  trusts: string[]
  externalId?: string
  /** Actions that its policies allow on everything: `iam:Get*`. */
  may: string[]
  /** Of those, what they do not allow after all (`iam:PutUserPolicy`). */
  lacks: string[]
  /** Inline policies by name. */
  inline?: Record<string, string>
}

export type Status = 'Active' | 'Inactive'

export interface IamUser {
  id: string
  name: string
  created: string
  passwordLastUsed?: string
  tags: { key: string; value: string }[]
  login?: { created: string }
  accessKeys: { id: string; status: Status; created: string; lastUsed?: { at: string; service: string } }[]
  devices: { serial: string; enabled: string }[]
  certificates: { id: string; status: Status; uploaded: string }[]
  sshKeys: { id: string; status: Status; uploaded: string }[]
  serviceCredentials: { id: string; service: string; status: Status; created: string }[]
  /** Names. */
  groups: string[]
  attached: { name: string; arn: string }[]
  inline: Record<string, string>
  boundary?: string
  /** As a role's; only the user that programs sign in as needs it here. */
  may?: string[]
}

/** Whom a request's signature names. */
export interface Signer {
  account: string
  arn: string
  userId: string
  /** A user of the account, who may leave out UserName; a role's session may not. */
  userName?: string
  may: readonly string[]
  lacks: readonly string[]
}

/** Whether its policies allow an action on everything; `*` at the end of a pattern stands for anything. */
export function allows({ may, lacks }: Pick<Signer, 'may' | 'lacks'>, action: string): boolean {
  const fits = (pattern: string) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action
  return may.some(fits) && !lacks.includes(action)
}

/** AWS's own refusal; `status` is the HTTP status. */
export class AwsError extends Error {
  readonly status: number
  readonly code: string
  /** Further members of an error in JSON. */
  readonly more: object
  constructor(status: number, code: string, message: string, more: object = {}) {
    super(message)
    this.more = more
    this.status = status
    this.code = code
  }
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError(404, 'NoSuchEntity', message)
}

/** User names are told apart without regard to case. */
export function userNamed(account: AwsAccount, name: string): IamUser {
  const user = account.users.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`)
  return user
}

/** The fields of a request, keys as sent: `Tags.member.1.Key`. */
export type Form = Readonly<Record<string, string>>

export function roleNamed(account: AwsAccount, name: string): IamRole {
  const role = account.roles.find((one) => one.name === name)
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return role
}
