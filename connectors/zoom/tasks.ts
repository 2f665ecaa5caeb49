/** What Zoom has no method for. */
import type { ManualStep } from '../../src/connector.ts'
import type { Zoom } from './client.ts'
import { freshUser } from './person.ts'

const dayMs = 86_400_000

export const handOver: ManualStep<Zoom> = {
  id: 'hand-over',
  title: 'Hand over meetings and recordings by hand',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 7 * dayMs,
  applies: ({ client, choices }) => client.settings.end === 'keep' && choices.handOverTo !== undefined,
  ask({ account, handOverTo, choices }) {
    const to = handOverTo?.label ?? choices.handOverTo?.name ?? 'the receiver'
    return `Zoom hands over only when it ends an account, and ${account.label} stays, deactivated. IT downloads the recordings that ${to} needs (Account Management > Recording Management), and has ${to} set up the coming meetings anew.`
  },
}

/** Whoever administers or builds apps may have left credentials that work without them. */
export const apps: ManualStep<Zoom> = {
  id: 'apps',
  title: 'Look after apps and keys they made',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: dayMs,
  async applies(at) {
    const user = await freshUser(at.client, at.account.id)
    return user !== undefined && user.role_id !== '2' && user.role_name?.toLowerCase() !== 'member'
  },
  ask: ({ account }) =>
    `${account.label} has a role beyond member. IT looks at the apps they made or could see (marketplace.zoom.us > Manage), makes new secrets for Server-to-Server OAuth apps and webhooks they knew, and looks at devices, rooms and phone queues that were theirs.`,
}
