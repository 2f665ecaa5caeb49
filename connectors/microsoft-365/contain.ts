/** Nobody gets in any more: sign-in blocked, password changed, sessions ended. */
import { randomBytes } from 'node:crypto'
import type { At, AutomaticStep, Finding } from '../../src/connector.ts'
import { isLastAdministrator, lastOne, refuseLastAdministrator } from './administrators.ts'
import type { Graph } from './graph.ts'
import { path } from './odata.ts'
import { type User, userOf } from './person.ts'

export const syncedFact = 'synced from on-premises: do it in Active Directory'

/** Microsoft's stamps are whole seconds, and its clock is not ours: so much older may a stamp be and still be ours. */
const clockSlackMs = 5000

/** Whether Microsoft's own time stamp shows what this offboarding ordered, and was told done. */
function changedSince(at: At<Graph>, findingId: string, stamp: string | null | undefined): boolean {
  const order = at.applied(findingId)
  if (!order?.answeredAt || !stamp) return false
  return Date.parse(stamp) >= order.intentAt.getTime() - clockSlackMs
}

/** What we may not change in the cloud, or not at all. */
async function obstacle(at: At<Graph>, user: User): Promise<string | undefined> {
  if (user.onPremisesSyncEnabled) return syncedFact
  return (await isLastAdministrator(at)) ? lastOne : undefined
}

export const blockSignIn: AutomaticStep<Graph> = {
  id: 'block-sign-in',
  title: 'Block sign-in',
  area: 'directory',
  phase: 'contain',
  // An app without the role Privileged Authentication Administrator may not disable an administrator.
  after: ['microsoft-365/directory-roles'],
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = { id: 'sign-in', label: user.userPrincipalName, fact: `accountEnabled=${user.accountEnabled}` }
    if (!user.accountEnabled) return [{ ...finding, state: 'done' }]
    const fact = await obstacle(at, user)
    return [fact ? { ...finding, state: 'blocked', fact } : { ...finding, state: 'open' }]
  },
  async apply(at) {
    await refuseLastAdministrator(at)
    await at.client.patch(path`/users/${at.account.id}`, { accountEnabled: false })
  },
  async undo(at) {
    await at.client.patch(path`/users/${at.account.id}`, { accountEnabled: true })
  },
}

export const scramblePassword: AutomaticStep<Graph> = {
  id: 'scramble-password',
  title: 'Change the password to a random one that nobody knows',
  area: 'directory',
  phase: 'contain',
  after: ['microsoft-365/directory-roles'],
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const user = await userOf(at)
    // A guest's password is kept by the guest's own organisation.
    if (!user || isGuest(user)) return []
    const stamp = user.lastPasswordChangeDateTime
    const finding = {
      id: 'password',
      label: user.userPrincipalName,
      fact: `lastPasswordChangeDateTime=${stamp ?? 'never'}`,
    }
    if (changedSince(at, finding.id, stamp)) return [{ ...finding, state: 'done' }]
    const fact = await obstacle(at, user)
    return [fact ? { ...finding, state: 'blocked', fact } : { ...finding, state: 'open' }]
  },
  async apply(at) {
    await refuseLastAdministrator(at)
    // 64 random characters of four kinds; it is thrown away, so nobody can give it away.
    const password = `${randomBytes(45).toString('base64url')}aA1!`
    const passwordProfile = { password, forceChangePasswordNextSignIn: false }
    await at.client.patch(path`/users/${at.account.id}`, { passwordProfile })
  },
}

export const revokeSessions: AutomaticStep<Graph> = {
  id: 'revoke-sessions',
  title: 'End all sessions',
  area: 'directory',
  phase: 'contain',
  // The other way round, a new session could begin in between.
  after: ['microsoft-365/block-sign-in', 'microsoft-365/scramble-password'],
  supersededBy: 'microsoft-365/delete-user',
  async find(at): Promise<Finding[]> {
    const user = await userOf(at)
    // A guest's sessions are kept by the guest's own organisation; Graph's call does not touch them.
    if (!user || isGuest(user)) return []
    const stamp = user.signInSessionsValidFromDateTime
    const done = changedSince(at, 'sessions', stamp)
    const fact = `signInSessionsValidFromDateTime=${stamp ?? 'never'}`
    return [{ id: 'sessions', label: user.userPrincipalName, state: done ? 'done' : 'open', fact }]
  },
  async apply(at) {
    await at.client.post(path`/users/${at.account.id}/revokeSignInSessions`)
  },
}

function isGuest(user: User): boolean {
  return user.userType === 'Guest'
}
