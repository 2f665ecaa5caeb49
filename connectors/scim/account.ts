/** The account itself: switched off at once, deleted in the end where the settings say so. */
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { deleteUser, setActive } from './active.ts'
import type { Scim, ScimAt } from './client.ts'
import { barred, freshUser, type User, userToActOn } from './users.ts'

type Step = AutomaticStep<Scim>

const deactivate: Step = {
  id: 'deactivate',
  title: 'Switch the account off',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    // Where switching off deletes for good, that is the deletion, on its day.
    if (at.client.settings.off === 'deletes') return []
    const user = await freshUser(at.client, at.account.id)
    if (!user) return []
    const head = { id: 'active', label: at.account.label, before: { active: true } }
    if (user.active === false) return [{ ...head, state: 'done', fact: 'active=false' }]
    const why = barred(at.client, user)
    return [why ? { ...head, state: 'blocked', fact: why } : { ...head, ...standing(at, user) }]
  },
  async apply(at) {
    if (await userToActOn(at.client, at.account.id)) await setActive(at.client, at.account.id, false)
  },
  async undo(at) {
    if (!(await freshUser(at.client, at.account.id)))
      throw new Rejected(`${at.client.settings.title} has ended the membership: IT invites them again.`)
    await setActive(at.client, at.account.id, true)
  },
}

function standing(at: ScimAt, user: User): Pick<Finding, 'state' | 'fact'> {
  const ordered = at.applied('active')?.answeredAt
  if (user.active === true) {
    const again = `active=true, though it was switched off: where an identity provider keeps ${at.client.settings.title} up to date, IT takes the account away there, or it comes back`
    return { state: 'open', fact: ordered ? again : 'active=true' }
  }
  // "active" may be left out (RFC 7643, 4.1.1), and then nothing tells whether the order took effect.
  return ordered
    ? { state: 'unknown', fact: 'the order was taken, and the service does not say whether the account is active' }
    : { state: 'open', fact: 'the service does not say whether the account is active' }
}

/** `before`: every step of this connector whose work a deletion would make impossible. */
function deletion(before: readonly string[]): Step {
  return {
    id: 'delete',
    title: 'Delete the account',
    area: 'applications',
    phase: 'reclaim',
    irreversible: true,
    needs: before,
    async find(at) {
      const { off, deleteUser: wanted } = at.client.settings
      if (!wanted && off !== 'deletes') return []
      const user = await freshUser(at.client, at.account.id)
      // Some services keep who was deleted by switching off in their list, as inactive.
      if (!user || (!wanted && user.active === false)) return []
      const why = barred(at.client, user)
      const head = { id: 'user', label: at.account.label }
      if (why) return [{ ...head, state: 'blocked', fact: why }]
      return [{ ...head, state: 'open', fact: `${user.userName ?? 'the account'} is there` }]
    },
    async apply(at) {
      const { off, deleteUser: wanted } = at.client.settings
      if (!(await userToActOn(at.client, at.account.id))) return
      if (off === 'deletes' && !wanted) await setActive(at.client, at.account.id, false)
      else await deleteUser(at.client, at.account.id)
    },
  }
}

export { deactivate, deletion }
