/** Whether colleagues still see the leaver in the address book. */
import { z } from 'zod'
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import { syncedFact } from './contain.ts'
import type { Graph } from './graph.ts'
import { mailboxOf } from './mailbox.ts'
import { ask, path } from './odata.ts'
import { userOf } from './person.ts'

const Synced = z.object({ onPremisesSyncEnabled: z.boolean().nullish() })

export const addressLists: AutomaticStep<Graph> = {
  id: 'address-lists',
  title: 'Hide from address lists',
  area: 'applications',
  phase: 'remove',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    if (!at.client.settings.hideFromAddressLists) return []
    const user = await userOf(at)
    if (!user || !(await mailboxOf(at))) return []
    const shown = user.showInAddressList
    const finding = {
      id: 'address-lists',
      label: user.userPrincipalName,
      fact: `showInAddressList=${shown ?? 'unset'}`,
    }
    if (shown === false) return [{ ...finding, state: 'done' }]
    if (user.onPremisesSyncEnabled)
      return [{ ...finding, state: 'blocked', fact: `${syncedFact} (msExchHideFromAddressLists)` }]
    return [{ ...finding, state: 'open', before: { showInAddressList: shown ?? null } }]
  },
  async apply(at) {
    const user = await at.client.get(ask(path`/users/${at.account.id}`, { $select: 'onPremisesSyncEnabled' }), Synced)
    if (user?.onPremisesSyncEnabled) throw new Rejected(`${at.account.label} is ${syncedFact}.`)
    await at.client.patch(path`/users/${at.account.id}`, { showInAddressList: false })
  },
  async undo(at, finding) {
    const before = z.object({ showInAddressList: z.boolean().nullable() }).parse(finding.before)
    await at.client.patch(path`/users/${at.account.id}`, { showInAddressList: before.showInAddressList ?? true })
  },
}
