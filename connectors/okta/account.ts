/** The end of the account: deactivated after everything is handed over, deleted where the settings say so. */
import { z } from 'zod'
import { type AutomaticStep, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import {
  blocked,
  freshUser,
  lastSuperAdmin,
  type OktaAt,
  refuseUntouchable,
  sourceOf,
  type User,
  unlessGone,
  userOf,
} from './person.ts'

type Step = AutomaticStep<Client>

const AppLink = z.looseObject({ label: z.string().nullish() })

/** Okta, "Deactivate a user": destroys all app assignments, "permanently deletes" some apps' data, cannot be recovered. */
const deactivate: Step = {
  id: 'deactivate',
  title: 'Deactivate the account and end its apps',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  // Okta resets no factor of a deactivated account; provisioned apps may delete what was not handed over.
  needs: ['okta/suspend', 'okta/factors', 'google-workspace/transfer-files'],
  after: ['okta/groups', 'okta/admin-roles', 'okta/devices-deactivate', 'microsoft-365/onedrive-access'],
  async find(at) {
    const user = at.client.settings.deactivate ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'deactivate', label: user.profile.login, before: { status: user.status } }
    const fact = `status=${user.status}`
    if (user.transitioningToStatus)
      return [{ ...finding, state: 'pending', fact: `${fact}, transitioningToStatus=${user.transitioningToStatus}` }]
    if (user.status === 'DEPROVISIONED') return [{ ...finding, state: 'done', fact }]
    const why = await untouchable(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact: `${fact}; ends ${await appsOf(at)}` }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    const user = await freshUser(at.client, at.account.id)
    if (!user || user.status === 'DEPROVISIONED' || user.transitioningToStatus === 'DEPROVISIONED') return
    const why = await untouchable(at, user)
    if (why) throw new Rejected(`${user.profile.login}: ${why}`)
    await at.client.api('users').order('deactivate the account', path`/api/v1/users/${user.id}/lifecycle/deactivate`, {
      method: 'POST',
      query: { sendEmail: false },
      headers: { prefer: 'respond-async' },
    })
  },
}

async function appsOf(at: OktaAt): Promise<string> {
  const where = path`/api/v1/users/${at.account.id}/appLinks`
  const links = await at.client.list('users', 'list apps', where, AppLink)
  const names = [...new Set(links.flatMap((one) => (one.label ? [one.label] : [])))]
  if (names.length === 0) return 'no app'
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more apps` : ''}`
}

const deletion: Step = {
  id: 'delete',
  title: 'Delete the account',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  needs: ['okta/deactivate'],
  async find(at) {
    const user = at.client.settings.deleteUser ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'account', label: user.profile.login }
    const why = user.status === 'DEPROVISIONED' ? undefined : await untouchable(at, user)
    return [
      why
        ? blocked(finding, why)
        : { ...finding, state: 'open', fact: `status=${user.status}; Okta cannot bring it back` },
    ]
  },
  async apply(at) {
    const user = await freshUser(at.client, at.account.id)
    if (!user) return
    await refuseUntouchable(at)
    // The same call on any other status would only deactivate.
    if (user.status !== 'DEPROVISIONED' || user.transitioningToStatus)
      throw new Rejected('The account is not deactivated yet, and Okta deletes no other. Try again when it is.', {
        code: 'notDeactivated',
      })
    const where = path`/api/v1/users/${user.id}`
    await unlessGone(
      at.client.api('users').order('delete the account', where, { method: 'DELETE', query: { sendEmail: false } }),
    )
  },
}

/** A synced account is ended at its source: the next import would bring it back. */
async function untouchable(at: OktaAt, user: User): Promise<string | undefined> {
  const last = await lastSuperAdmin(at.client, user.id)
  if (last) return last
  const source = sourceOf(user)
  return (
    source && `status=${user.status}; kept in ${source}. IT disables it there, and the next import deactivates it here.`
  )
}

export const accountSteps: readonly Step[] = [deactivate, deletion]
