/** Keeping the leaver out: password, recovery, sessions, second factors; before the account is suspended. */
import { randomBytes } from 'node:crypto'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { ask, order } from './ask.ts'
import type { Client } from './client.ts'
import {
  barredBySuperAdmin,
  blocked,
  changeUser,
  freshUser,
  type GoogleAt,
  masked,
  refuseUntouchable,
  userOf,
} from './person.ts'
import { BackupCodes } from './shapes.ts'

type Step = AutomaticStep<Client>

/** Google shows no time of the last password change, so what counts is that the order was answered. */
const password: Step = {
  id: 'password',
  title: 'Replace the password with one that nobody knows',
  area: 'directory',
  phase: 'contain',
  proof: 'none',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = { id: 'password', label: `Password of ${user.primaryEmail}` }
    const barred = await barredBySuperAdmin(at, user)
    if (barred) return [blocked(finding, barred)]
    return [ordered(at, finding, 'Google does not show when a password was changed')]
  },
  async apply(at) {
    await refuseUntouchable(at)
    await changeUser(at, 'replace the password', {
      password: randomBytes(48).toString('base64url'),
      changePasswordAtNextLogin: false,
    })
  },
}

const recovery: Step = {
  id: 'recovery',
  title: 'Clear the recovery e-mail address and phone',
  area: 'directory',
  phase: 'contain',
  // Both write the same user record.
  after: ['google-workspace/password'],
  async find(at) {
    const user = await userOf(at)
    const details = [user?.recoveryEmail, user?.recoveryPhone].flatMap((one) => (one ? [masked(one)] : []))
    if (!user || details.length === 0) return []
    const finding = { id: 'recovery', label: 'Recovery details' }
    const barred = await barredBySuperAdmin(at, user)
    if (barred) return [blocked(finding, barred)]
    return [{ ...finding, state: 'open', fact: details.join(', ') }]
  },
  async apply(at) {
    await changeUser(at, 'clear the recovery details', { recoveryEmail: '', recoveryPhone: '' })
  },
}

const sessions: Step = {
  id: 'sessions',
  title: 'Sign out everywhere',
  area: 'directory',
  phase: 'contain',
  proof: 'none',
  after: ['google-workspace/password'],
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    return [ordered(at, { id: 'sessions', label: 'All sessions' }, 'Google lists no sessions')]
  },
  async apply(at) {
    const userKey = at.account.id
    await order('sign the user out', () => at.client.directory('security').users.signOut({ userKey }))
  },
}

const backupCodes: Step = {
  id: 'backup-codes',
  title: 'Void the backup verification codes',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const userKey = at.account.id
    const list = await ask(
      'list backup codes',
      () => at.client.directory('security').verificationCodes.list({ userKey }),
      BackupCodes,
    )
    const count = list.items?.length ?? 0
    if (count === 0) return []
    const finding = { id: 'backup-codes', label: 'Backup verification codes' }
    // GAM wiki, Users-Deprovision: Google does not invalidate the codes of a suspended user.
    if (user.suspended)
      return [
        blocked(
          finding,
          `${count} codes; Google voids none while the account is suspended. Whoever lifts that voids them first.`,
        ),
      ]
    return [{ ...finding, state: 'open', fact: `${count} codes left` }]
  },
  async apply(at) {
    const userKey = at.account.id
    await order('void backup codes', () => at.client.directory('security').verificationCodes.invalidate({ userKey }))
  },
}

const twoStep: Step = {
  id: 'two-step',
  title: 'Take off 2-Step Verification and security keys',
  area: 'directory',
  phase: 'contain',
  needs: ['google-workspace/password'],
  after: ['google-workspace/sessions'],
  async find(at) {
    const user = at.client.settings.turnOffTwoStep ? await userOf(at) : undefined
    if (!user?.isEnrolledIn2Sv) return []
    const finding = { id: 'two-step', label: '2-Step Verification' }
    if (user.isEnforcedIn2Sv)
      return [blocked(finding, 'Enforced for this user. IT moves the user to a unit where it is not, or leaves it on.')]
    if (user.suspended) return [blocked(finding, 'On; Google does not turn it off while the account is suspended.')]
    return [{ ...finding, state: 'open', fact: 'isEnrolledIn2Sv=true' }]
  },
  async apply(at) {
    const userKey = at.account.id
    try {
      await order('turn 2-Step Verification off', () =>
        at.client.directory('security').twoStepVerification.turnOff({ userKey }),
      )
    } catch (error) {
      // Google refuses where it is off already.
      const user = error instanceof Rejected ? await freshUser(at.client, userKey) : undefined
      if (!user || user.isEnrolledIn2Sv) throw error
    }
  },
}

/** Where Google has nothing to show, the journal answers. */
function ordered(at: GoogleAt, finding: Pick<Finding, 'id' | 'label'>, why: string): Finding {
  const answered = at.applied(finding.id)?.answeredAt
  if (answered) return { ...finding, state: 'done', fact: `Google took the order at ${answered.toISOString()}; ${why}` }
  return { ...finding, state: 'open', fact: why }
}

export const signInSteps: readonly Step[] = [password, recovery, sessions, backupCodes, twoStep]
