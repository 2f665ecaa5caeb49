/** The end of the account, and what a person has to see to. */
import { type AutomaticStep, type ManualStep, path, Rejected, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { blocked, type CloudAt, freshUser, sourceOf, type User, userOf } from './person.ts'

export const deletion: AutomaticStep<Client> = {
  id: 'delete',
  title: 'Delete the user',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  // Devices are the leaver's by their binding, which goes with the user; Google and Microsoft accounts may go too.
  needs: ['jumpcloud/suspend', 'jumpcloud/recovery-keys', 'google-workspace/transfer-files'],
  after: [
    'jumpcloud/groups',
    'jumpcloud/device-groups',
    'jumpcloud/bindings',
    'jumpcloud/system-bindings',
    'jumpcloud/erase',
  ],
  async find(at) {
    const user = at.client.settings.deleteUser ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'user', label: user.username || user.email }
    const why = keptElsewhere(user)
    if (why) return [blocked(finding, why)]
    return [{ ...finding, state: 'open', fact: `state=${user.state}; JumpCloud cannot bring it back` }]
  },
  async apply(at) {
    const user = await freshUser(at.client, at.account.id)
    const why = user && keptElsewhere(user)
    if (why) throw new Rejected(`${at.account.label}: ${why}`)
    const where = path`/api/systemusers/${at.account.id}`
    await unlessStatus([404], at.client.api.order('delete the user', where, { method: 'DELETE' }))
  },
}

/** The next sync would make it anew. */
function keptElsewhere(user: User): string | undefined {
  const source = sourceOf(user)
  return source && `state=${user.state}; kept in ${source}. IT deletes it there, or takes it out of the sync first.`
}

const day = 86_400_000

/** Others may live on these; JumpCloud publishes no way to hand them over. */
export const leftovers: ManualStep<Client> = {
  id: 'leftovers',
  title: 'See to what others use of this account',
  area: 'infrastructure',
  phase: 'preserve',
  owner: 'it',
  dueIn: 3 * day,
  applies: async (at) => (await leftoversOf(at)).length > 0,
  ask: async (at) => (await leftoversOf(at)).join(' '),
}

async function leftoversOf(at: CloudAt): Promise<string[]> {
  const user = await userOf(at)
  const found: string[] = []
  const name = at.account.label
  if (user?.ldap_binding_user)
    found.push(
      `Services sign in to JumpCloud LDAP as ${name} (ldap_binding_user) and stop with the suspension: give each a binding user of its own, with a new password.`,
    )
  if (user?.samba_service_user)
    found.push(`Samba signs in to JumpCloud LDAP as ${name} (samba_service_user): name another service user.`)
  if (user?.admin)
    found.push(
      `${name} is also an administrator of JumpCloud (${user.admin.roleName ?? 'role unknown'}), with an API key of their own: make somebody else one if it is the last, delete it in Settings > Administrators, and give whatever uses that key a service account.`,
    )
  return found
}
