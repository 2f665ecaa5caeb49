/** Nobody gets in any more: the account disabled, its password changed twice, its time over. */
import { randomInt } from 'node:crypto'
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { lastOfAny } from './administrators.ts'
import { setControl } from './control.ts'
import { change, type Directory } from './directory.ts'
import { number, text } from './entry.ts'
import { everywhere } from './read-back.ts'
import { goneFact, missingRight, obstacle, targetOf, type User, userOf, withRight } from './user.ts'
import {
  fromFiletime,
  guidDn,
  isDisabled,
  quotedPassword,
  toFiletime,
  withDisabled,
  withoutDisabled,
} from './values.ts'

type Standing = Omit<Finding, 'id' | 'label'>

const right = { control: 'write userAccountControl', reset: 'reset the password', expiry: 'write accountExpires' }

/** One finding about the account itself, or that it is not shown any more. */
async function aboutAccount(
  at: At<Directory>,
  id: string,
  standing: (user: User) => Promise<Standing> | Standing,
): Promise<Finding[]> {
  const { label } = at.account
  const user = await userOf(at)
  if (!user) return [{ id, label, state: 'unknown', fact: goneFact }]
  return [{ id, label, ...(await standing(user)) }]
}

function unreadable(attribute: string): Standing {
  const fact = `${attribute} cannot be read: IT delegates reading all properties of users to the service account`
  return { state: 'unknown', fact }
}

/**
 * Tickets given out before go on: a service ticket up to its end (10 h by default), a TGT until the controller looks at
 * the account again (about 20 min). The domain-wide way to end them, resetting krbtgt, is no step for one leaver.
 */
export const disable: AutomaticStep<Directory> = {
  id: 'disable',
  title: 'Disable the account',
  area: 'directory',
  phase: 'contain',
  find: (at) => aboutAccount(at, 'userAccountControl', (user) => signIn(at, user)),
  async apply(at) {
    const user = await targetOf(at)
    const last = await lastOfAny(at.client, user)
    if (last) throw new Rejected(last, { code: 'lastAdministrator' })
    await withRight(user, right.control, () => setControl(at.client, user.guid, withDisabled))
  },
  async undo(at) {
    const user = await targetOf(at)
    await withRight(user, right.control, () => setControl(at.client, user.guid, withoutDisabled))
  },
}

async function signIn(at: At<Directory>, user: User): Promise<Standing> {
  const { control } = user
  if (control === undefined) return unreadable('userAccountControl')
  const fact = `userAccountControl=${control}`
  if (isDisabled(control))
    return everywhere(at, { state: 'done', fact: `${fact}: disabled` }, 'userAccountControl', (entry) =>
      isDisabled(number(entry, 'userAccountControl') ?? 0),
    )
  const why = obstacle(user, 'userAccountControl') ?? (await lastOfAny(at.client, user))
  return why ? { state: 'blocked', fact: `${fact}: ${why}` } : { state: 'open', fact: `${fact}: enabled` }
}

/**
 * Twice, since a controller takes the previous password for another hour over NTLM (Microsoft's "Revoke user access in
 * Microsoft Entra ID" says so; a Samba controller does the same over LDAP). Nobody learns either password.
 */
export const resetPassword: AutomaticStep<Directory> = {
  id: 'password',
  title: 'Reset the password twice, to values nobody knows',
  area: 'directory',
  phase: 'contain',
  after: ['active-directory/disable'],
  find: (at) =>
    aboutAccount(at, 'unicodePwd', (user) => {
      const { pwdLastSet } = user
      if (pwdLastSet === undefined) return unreadable('pwdLastSet')
      const order = at.applied('unicodePwd')
      const ours = order?.answeredAt ? order.receipt?.pwdLastSet : undefined
      if (typeof ours === 'string') return sinceOurs(at, pwdLastSet, BigInt(ours))
      const fact = `last set ${shown(pwdLastSet)}`
      if (user.mayReset !== false) return { state: 'open', fact }
      return { state: 'blocked', fact: `${fact}: ${missingRight(user, right.reset)}` }
    }),
  async apply(at) {
    const user = await targetOf(at)
    const reset = () =>
      at.client.modify(guidDn(user.guid), [change('replace', 'unicodePwd', quotedPassword(randomPassword()))])
    await withRight(user, right.reset, reset)
    await withRight(user, right.reset, reset)
    const after = await at.client.read(guidDn(user.guid), ['pwdLastSet'])
    return { resets: 2, pwdLastSet: (after && text(after, 'pwdLastSet')) ?? '0' }
  },
}

/** Compared with what the directory said right after our second reset, so that no two clocks have to agree. */
function sinceOurs(at: At<Directory>, pwdLastSet: bigint, ours: bigint): Promise<Standing> | Standing {
  if (pwdLastSet > ours)
    return { state: 'open', fact: `set again at ${shown(pwdLastSet)}, after ours: somebody knows this one` }
  if (pwdLastSet < ours)
    return {
      state: 'pending',
      fact: `still says ${shown(pwdLastSet)}, from before ours: the controllers do not agree yet`,
    }
  const done = { state: 'done' as const, fact: `pwdLastSet=${shown(pwdLastSet)}, both resets answered` }
  return everywhere(at, done, 'pwdLastSet', (entry) => BigInt(text(entry, 'pwdLastSet') ?? 0) >= ours)
}

function shown(filetime: bigint): string {
  return fromFiletime(String(filetime))?.toISOString() ?? 'never'
}

/** Some of each kind, so that no password policy minds; 40 characters, since some filters mind long ones. */
const kinds = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%*+-.:=?@_']

function randomPassword(): string {
  const pick = (from: string) => from[randomInt(from.length)] as string
  return Array.from({ length: 40 }, (_, index) => pick(kinds[index % kinds.length] as string)).join('')
}

export const expire: AutomaticStep<Directory> = {
  id: 'expiry',
  title: 'Let the account expire',
  area: 'directory',
  phase: 'contain',
  find: (at) =>
    aboutAccount(at, 'accountExpires', (user) => {
      if (user.accountExpires === undefined) return unreadable('accountExpires')
      const date = fromFiletime(user.accountExpires)
      const fact = `accountExpires=${date ? date.toISOString() : 'never'}`
      if (date && date <= at.effectiveAt) return { state: 'done', fact }
      const why = obstacle(user, 'accountExpires')
      if (why) return { state: 'blocked', fact: `${fact}: ${why}` }
      return { state: 'open', fact, before: { accountExpires: user.accountExpires } }
    }),
  async apply(at) {
    const user = await targetOf(at)
    await setExpiry(at, user, toFiletime(at.effectiveAt))
  },
  async undo(at, { before }) {
    const { accountExpires } = before as { accountExpires: string }
    await setExpiry(at, await targetOf(at), accountExpires)
  },
}

async function setExpiry(at: At<Directory>, user: User, value: string): Promise<void> {
  await withRight(user, right.expiry, () =>
    at.client.modify(guidDn(user.guid), [change('replace', 'accountExpires', value)]),
  )
}
