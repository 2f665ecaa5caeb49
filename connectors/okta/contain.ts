/** Keeping the leaver out at once: suspended, signed out, tokens taken back, factors reset. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import {
  blocked,
  freshUser,
  lastSuperAdmin,
  livingUser,
  type OktaAt,
  orderUnlessGone,
  refuseUntouchable,
  sourceOf,
  type User,
  userOf,
} from './person.ts'

type Step = AutomaticStep<Client>

/** Okta suspends active users only; these become active when they get a password (Okta, "User lifecycle"). */
const wakeable = ['PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT']

const suspend: Step = {
  id: 'suspend',
  title: 'Suspend the account',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = { id: 'suspend', label: user.profile.login, before: { status: user.status } }
    const fact = `status=${user.status}`
    if (user.status === 'SUSPENDED' || user.status === 'DEPROVISIONED') return [{ ...finding, state: 'done', fact }]
    const why = (await lastSuperAdmin(at.client, user.id)) ?? unsuspendable(user)
    return [why ? blocked(finding, `${fact}; ${why}`) : { ...finding, state: 'open', fact }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    const user = await freshUser(at.client, at.account.id)
    if (!user || user.status === 'SUSPENDED' || user.status === 'DEPROVISIONED') return
    const why = unsuspendable(user)
    if (why) throw new Rejected(`${user.profile.login} has status ${user.status}: ${why}`)
    if (user.status !== 'ACTIVE') await wake(at.client, user)
    await order(at, 'suspend the account', 'suspend')
  },
  async undo(at) {
    const user = await freshUser(at.client, at.account.id)
    if (user?.status === 'SUSPENDED') await order(at, 'lift the suspension', 'unsuspend')
  },
}

function unsuspendable(user: User): string | undefined {
  if (user.status === 'ACTIVE') return undefined
  const never = 'IT deactivates it now (Directory > People > the person > More actions > Deactivate).'
  if (!wakeable.includes(user.status)) return `Okta suspends only accounts that were activated. ${never}`
  const source = sourceOf(user)
  return source && `Okta suspends active accounts only, and the password is kept in ${source}. ${never}`
}

/** Locked out and expired people could come back in by themselves; with a password that nobody knows they cannot. */
async function wake(client: Client, user: User): Promise<void> {
  const where = path`/api/v1/users/${user.id}`
  const credentials = { password: { value: `${randomBytes(24).toString('base64url')}aA1!` } }
  await client.api('users').order('replace the password', where, { method: 'POST', json: { credentials } })
  const now = await freshUser(client, user.id)
  if (now?.status === 'LOCKED_OUT')
    await client
      .api('users')
      .order('unlock the account to suspend it', path`/api/v1/users/${user.id}/lifecycle/unlock`, { method: 'POST' })
}

async function order(at: OktaAt, what: string, transition: string): Promise<void> {
  const where = path`/api/v1/users/${at.account.id}/lifecycle/${transition}`
  await at.client.api('users').order(what, where, { method: 'POST' })
}

/** Okta lists nobody's sessions, so what counts is that the order was answered. */
const sessions: Step = {
  id: 'sessions',
  title: 'End all sessions and revoke OAuth tokens',
  area: 'directory',
  phase: 'contain',
  proof: 'none',
  // Until the account is suspended a new session could begin.
  after: ['okta/suspend'],
  async find(at) {
    if (!(await livingUser(at))) return []
    const finding = { id: 'sessions', label: 'All sessions and tokens' }
    const answered = at.applied(finding.id)?.answeredAt
    const why = 'Okta lists no sessions; an app keeps its own until it ends'
    if (!answered) return [{ ...finding, state: 'open', fact: why }]
    return [{ ...finding, state: 'done', fact: `Okta took the order at ${answered.toISOString()}; ${why}` }]
  },
  async apply(at) {
    await orderUnlessGone(
      at.client,
      'users',
      'end the sessions',
      path`/api/v1/users/${at.account.id}/sessions`,
      'DELETE',
      {
        oauthTokens: true,
        forgetDevices: true,
      },
    )
  },
}

const OAuthClient = z.looseObject({ client_id: z.string().min(1), client_name: z.string().nullish() })

const appTokens: Step = {
  id: 'app-tokens',
  title: 'Take back what apps may do in the name of the leaver',
  area: 'applications',
  phase: 'contain',
  // A session that is still open could give it again.
  after: ['okta/sessions'],
  async find(at) {
    if (!(await livingUser(at))) return []
    const where = path`/api/v1/users/${at.account.id}/clients`
    const clients = await at.client.list('users', 'list apps with tokens', where, OAuthClient)
    return clients.map(
      ({ client_id: id, client_name: name }): Finding => ({
        id,
        label: name || id,
        state: 'open',
        fact: 'Holds tokens or consent of the leaver',
      }),
    )
  },
  async apply(at, finding) {
    const where = path`/api/v1/users/${at.account.id}/clients/${finding.id}`
    await orderUnlessGone(at.client, 'users', 'revoke the tokens of an app', `${where}/tokens`)
    await orderUnlessGone(at.client, 'users', 'take back the consent to an app', `${where}/grants`)
  },
}

const Factor = z.looseObject({ id: z.string().min(1), factorType: z.string().min(1), status: z.string().nullish() })

/** The list shows what the enrolment policy knows; the order resets all. An e-mail factor is the address itself. */
const factors: Step = {
  id: 'factors',
  title: 'Reset the second factors',
  area: 'directory',
  phase: 'contain',
  // Whoever still gets in with the password alone would be asked to set up new ones.
  needs: ['okta/suspend'],
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const where = path`/api/v1/users/${user.id}/factors`
    const listed = await at.client.list('users', 'list second factors', where, Factor)
    const kinds = [...new Set(listed.map((one) => one.factorType).filter((kind) => kind !== 'email'))]
    if (kinds.length === 0) return []
    const finding = { id: 'factors', label: 'Second factors' }
    if (user.status === 'DEPROVISIONED')
      return [
        blocked(finding, `${kinds.join(', ')}; Okta resets none of a deactivated account, and none lets anybody in`),
      ]
    const last = await lastSuperAdmin(at.client, user.id)
    if (last) return [blocked(finding, `${kinds.join(', ')}; ${at.account.label} ${last}`)]
    return [{ ...finding, state: 'open', fact: kinds.join(', ') }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    await order(at, 'reset the second factors', 'reset_factors')
  },
}

export const containSteps: readonly Step[] = [suspend, sessions, appTokens, factors]
