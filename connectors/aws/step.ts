/** What every step here has in common: it acts on the pinned user, never on ourselves, and a user that is gone holds nothing. */
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import type { Aws, Realm } from './client.ts'
import { currentUser, isOwnPrincipal, type Named, nameToActOn, ownPrincipal, realmOf } from './user.ts'

/** Where and on whom: handed to what reads and acts. */
export interface On {
  realm: Realm
  userName: string
  signal: AbortSignal
}

export interface UserStep extends Omit<AutomaticStep<Aws>, 'area' | 'find' | 'apply' | 'undo'> {
  look(on: On, user: Named, at: At<Aws>): Promise<readonly Finding[]>
  act(on: On, finding: Finding, at: At<Aws>): Promise<void>
  giveBack?(on: On, finding: Finding): Promise<void>
}

export function userStep(step: UserStep): AutomaticStep<Aws> {
  const { look, act, giveBack, ...head } = step
  return {
    ...head,
    area: 'infrastructure',
    async find(at) {
      if (isInCenter(at)) return []
      const user = await at.once('user', () => currentUser(at))
      if (!user) return []
      const findings = await look(on(at, user.UserName), user, at)
      return (await isOwnPrincipal(at)) ? findings.map(refused) : findings
    },
    async apply(at, finding) {
      const userName = await nameToActOn(at)
      if (userName) await act(on(at, userName), finding, at)
    },
    ...(giveBack ? { undo: (at, finding) => undo(at, finding, giveBack) } : {}),
  }
}

/** A user of Identity Center holds none of what an IAM user does. */
function isInCenter(at: At<Aws>): boolean {
  return at.client.center !== undefined && !at.client.realms.has(at.account.realm) && /^d-/.test(at.account.realm)
}

function on(at: At<Aws>, userName: string): On {
  return { realm: realmOf(at), userName, signal: at.signal }
}

function refused(finding: Finding): Finding {
  if (finding.state !== 'open') return finding
  return { ...finding, state: 'blocked', fact: `This is ${ownPrincipal}. IT gives Latchkey another one first.` }
}

async function undo(at: At<Aws>, finding: Finding, giveBack: NonNullable<UserStep['giveBack']>): Promise<void> {
  const userName = await nameToActOn(at)
  if (!userName) throw new Rejected(`The IAM user ${at.account.label} is deleted; IT creates a new one for them.`)
  await giveBack(on(at, userName), finding)
}

export function isoDay(date: Date | undefined): string {
  return date ? date.toISOString().slice(0, 10) : 'an unknown day'
}

/** Enough of an id to recognise it: `AKIA…7Q`. */
export function shortened(id: string): string {
  return id.length > 8 ? `${id.slice(0, 4)}…${id.slice(-2)}` : id
}
