/** The end: the user itself, kept by Microsoft for 30 days. Only where the settings ask for it. */
import { z } from 'zod'
import type { AutomaticStep } from '../../src/connector.ts'
import { isLastAdministrator, lastOne, refuseLastAdministrator } from './administrators.ts'
import { syncedFact } from './contain.ts'
import { unlessGone } from './errors.ts'
import type { Graph } from './graph.ts'
import { path } from './odata.ts'
import { userOf } from './person.ts'

export const deleteUser: AutomaticStep<Graph> = {
  id: 'delete-user',
  title: 'Delete the user',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  needs: ['microsoft-365/licences', 'microsoft-365/device-licences'],
  // Without the user, nothing says any more which devices were theirs, and a pending wipe would look done.
  after: ['microsoft-365/wipe-devices', 'microsoft-365/retire-personal', 'microsoft-365/lock-pins'],
  async find(at) {
    const user = at.client.settings.deleteUsers ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'user', label: user.userPrincipalName }
    if (user.onPremisesSyncEnabled) return [{ ...finding, state: 'blocked', fact: syncedFact }]
    if (await isLastAdministrator(at)) return [{ ...finding, state: 'blocked', fact: lastOne }]
    return [{ ...finding, state: 'open', fact: 'exists; once deleted, Microsoft keeps it for 30 days' }]
  },
  async apply(at) {
    await refuseLastAdministrator(at)
    await at.client.remove(path`/users/${at.account.id}`)
  },
  async undo(at) {
    const restored = await unlessGone(at.client.post(path`/directory/deletedItems/${at.account.id}/restore`))
    z.object({ id: z.string() }).parse(restored)
  },
}
