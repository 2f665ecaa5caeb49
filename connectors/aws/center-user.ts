/** Which user of the identity store is the leaver's, and what every step of Identity Center has in common. */
import type { User } from '@aws-sdk/client-identitystore'
import {
  type Account,
  type At,
  type AutomaticStep,
  type Finding,
  type Leaver,
  type Receipt,
  Rejected,
} from '../../src/connector.ts'
import { isCode } from './answers.ts'
import { type Center, everyToken, type Instance } from './center.ts'
import type { Aws, Caller } from './client.ts'

const own = 'the Identity Center user that Latchkey itself signs in as'

/** Where and on whom: handed to what reads and acts. */
export interface InCenter {
  center: Center
  instance: Instance
  userId: string
  /** To be given to every call. */
  signal: { abortSignal: AbortSignal }
}

/**
 * By every address among the user's and as the user name, whatever its case; GetUserId would find one attribute only,
 * and as it is written.
 */
export async function locateInCenter(client: Aws, center: Center, leaver: Leaver): Promise<Account[]> {
  const { storeId } = await center.instance()
  const users = await everyToken(
    (page) => center.inStore(new center.store.ListUsersCommand({ IdentityStoreId: storeId, ...page })),
    (page) => page.Users,
  )
  const addresses = new Set(leaver.emails.map((address) => address.toLowerCase()))
  const theirs = users.filter((user) => [user.UserName, ...emailsOf(user)].some((one) => isOneOf(addresses, one)))
  const caller = theirs.length > 0 ? await client.caller() : undefined
  return theirs.map((user) => ({
    realm: storeId,
    id: user.UserId ?? '',
    label: user.UserName ?? '',
    known: knownOf(user),
    ...(caller && signsIn(caller, user) ? { protected: own } : {}),
  }))
}

function isOneOf(addresses: ReadonlySet<string>, value: string | undefined): boolean {
  return value !== undefined && addresses.has(value.toLowerCase())
}

function emailsOf(user: User): string[] {
  return (user.Emails ?? []).flatMap((email) => (email.Value ? [email.Value.toLowerCase()] : []))
}

function knownOf(user: User) {
  return {
    emails: emailsOf(user),
    ...(user.DisplayName ? { name: user.DisplayName } : {}),
    ...(user.Title ? { title: user.Title } : {}),
  }
}

/** A session from a permission set is called after the user: `…:assumed-role/AWSReservedSSO_Admin_1f2e…/jo@example.com`. */
function signsIn(caller: Caller, user: User): boolean {
  const [, session] = /:assumed-role\/AWSReservedSSO_[^/]*\/(.+)$/.exec(caller.arn) ?? []
  return session !== undefined && session.toLowerCase() === user.UserName?.toLowerCase()
}

/** Whoever provisions the user by SCIM leaves its own id there. */
export function sourceOf(user: User): string | undefined {
  const [external] = user.ExternalIds ?? []
  return external && (external.Issuer ?? 'another directory')
}

export interface CenterStep extends Omit<AutomaticStep<Aws>, 'area' | 'find' | 'apply' | 'undo'> {
  look(on: InCenter, user: User, at: At<Aws>): Promise<readonly Finding[]>
  act(on: InCenter, finding: Finding, at: At<Aws>): Promise<Receipt | void>
  giveBack?(on: InCenter, finding: Finding): Promise<void>
}

/** Nothing to do in realms that are AWS accounts; there, the steps for IAM users are. */
export function centerStep(step: CenterStep): AutomaticStep<Aws> {
  const { look, act, giveBack, ...head } = step
  return {
    ...head,
    area: 'infrastructure',
    async find(at) {
      const on = await here(at)
      if (!on) return []
      const user = await at.once('center-user', () => currentUser(on))
      if (!user) return []
      const findings = await look(on, user, at)
      return (await isOwn(at, user)) ? findings.map(refused) : findings
    },
    async apply(at, finding) {
      const on = await toActOn(at)
      if (on) return act(on, finding, at)
    },
    ...(giveBack ? { undo: (at, finding) => undo(at, finding, giveBack) } : {}),
  }
}

export async function here(at: At<Aws>): Promise<InCenter | undefined> {
  const { center } = at.client
  if (!center || at.client.realms.has(at.account.realm)) return undefined
  const instance = await center.instance()
  if (instance.storeId !== at.account.realm)
    throw new Rejected(
      `The identity store ${at.account.realm} is not the one in the settings any more (identityCenter).`,
    )
  return { center, instance, userId: at.account.id, signal: { abortSignal: at.signal } }
}

/** By its immutable id. Undefined only where AWS says of this very user that there is none. */
export async function currentUser({ center, instance, userId, signal }: InCenter): Promise<User | undefined> {
  try {
    const question = { IdentityStoreId: instance.storeId, UserId: userId }
    const user = await center.inStore(new center.store.DescribeUserCommand(question), signal)
    if (user.UserId === userId) return user
    throw new Rejected(`AWS's answer about the user ${userId} is not about that user, so nothing is known of it.`)
  } catch (error) {
    if (isCode(error, 'ResourceNotFound/USER')) return undefined
    throw error
  }
}

/** Read afresh at the moment of acting; undefined where the user is gone. */
async function toActOn(at: At<Aws>): Promise<InCenter | undefined> {
  const on = await here(at)
  const user = on && (await currentUser(on))
  if (user && (await isOwn(at, user)))
    throw new Rejected(`AWS Identity Center: ${user.UserName} is ${own}; nothing was done.`)
  return user && on
}

async function isOwn(at: At<Aws>, user: User): Promise<boolean> {
  return signsIn(await at.client.caller(), user)
}

function refused(finding: Finding): Finding {
  if (finding.state !== 'open') return finding
  return { ...finding, state: 'blocked', fact: `This is ${own}. IT gives Latchkey another one first.` }
}

async function undo(at: At<Aws>, finding: Finding, giveBack: NonNullable<CenterStep['giveBack']>): Promise<void> {
  const on = await toActOn(at)
  if (!on) throw new Rejected(`The Identity Center user ${at.account.label} is deleted; IT creates a new one for them.`)
  await giveBack(on, finding)
}

/** "Already gone" is success for an order to take away; what is really so is read afterwards. */
export async function unlessNotFound<T>(order: Promise<T>): Promise<T | undefined> {
  try {
    return await order
  } catch (error) {
    if (error instanceof Rejected && /^ResourceNotFound(\/|$)/.test(error.code ?? '')) return undefined
    throw error
  }
}
