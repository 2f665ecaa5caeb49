/** What SCIM cannot do, as tasks that say where to click. */
import type { ManualStep } from '../../src/connector.ts'
import type { Scim } from './client.ts'

const dayMs = 86_400_000

/** Kept out by other means until the deletion's day, since this service knows no suspension. */
export const keepOut: ManualStep<Scim> = {
  id: 'keep-out',
  title: 'Keep them out until the account is deleted',
  area: 'applications',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * 3_600_000,
  applies: (at) => at.client.settings.off === 'deletes',
  ask: ({ client: { settings }, account }) =>
    `${settings.title} cannot suspend an account: switching ${account.label} off deletes it for good, so Latchkey does that on the deletion's day. Until then IT takes ${settings.title} from them at the identity provider, ends their sessions, and takes their role down to the least there is.`,
}

export const leftovers: ManualStep<Scim> = {
  id: 'leftovers',
  title: 'Look after what lives on',
  area: 'applications',
  phase: 'contain',
  owner: 'it',
  dueIn: dayMs,
  applies: (at) => at.client.settings.leftovers !== false,
  ask: ({ client: { settings }, account }) =>
    `Still to do in ${settings.title} for ${account.label}: ${settings.leftovers}`,
}

/** SCIM hands nothing over, and what a deleted account owned may go with it. */
export const handOver: ManualStep<Scim> = {
  id: 'hand-over',
  title: 'Hand over what they own, before the account is deleted',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 7 * dayMs,
  applies: ({ client: { settings } }) => settings.deleteUser || settings.off === 'deletes',
  ask({ client: { settings }, account, choices, handOverTo }) {
    const receiver = handOverTo?.label ?? choices.handOverTo?.name
    const to = receiver ? `to ${receiver}` : 'to somebody whom IT and the manager choose'
    return `${settings.title} will delete ${account.label}, and SCIM hands nothing over. IT gives what they own there ${to} first.`
  },
}
