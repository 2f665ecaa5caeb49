/** The account on an own instance: blocked, its tokens revoked, its SSH keys deleted. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { type Client, freshUser, isInstance, userOf } from './client.ts'
import { barredFrom } from './people.ts'

type Step = AutomaticStep<Client>

/** https://docs.gitlab.com/administration/moderate_users/ */
const blockedStates = ['blocked', 'ldap_blocked', 'banned']

const block: Step = {
  id: 'block',
  title: 'Block the account',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    // For guards and for the proof: never a shared read.
    const user = isInstance(at) ? await freshUser(at.client, at.account.id) : undefined
    if (!user) return []
    const head = { id: 'block', label: user.username, before: { state: user.state } }
    if (blockedStates.includes(user.state)) return [{ ...head, state: 'done', fact: `state=${user.state}` }]
    const barred = await barredFrom(at, user)
    if (barred) return [{ ...head, state: 'blocked', fact: barred }]
    const ldap = user.identities?.some((one) => one.provider.startsWith('ldap'))
    return [
      {
        ...head,
        state: 'open',
        fact: `state=${user.state}${ldap ? '; LDAP knows the person, and must end it too' : ''}`,
      },
    ]
  },
  async apply(at) {
    const user = await freshUser(at.client, at.account.id)
    if (!user || blockedStates.includes(user.state)) return
    const barred = await barredFrom(at, user)
    if (barred) throw new Rejected(barred, { code: 'guarded' })
    await at.client.rest.order('block the account', path`/users/${user.id}/block`, { method: 'POST' })
  },
  async undo(at) {
    const user = await freshUser(at.client, at.account.id)
    if (!user) throw new Rejected(`${at.account.label} is no longer there.`)
    if (user.state !== 'blocked') return
    await at.client.rest.order('unblock the account', path`/users/${user.id}/unblock`, { method: 'POST' })
  },
}

const Token = z.object({
  id: z.number(),
  name: z.string(),
  user_id: z.number(),
  scopes: z.array(z.string()),
  last_used_at: z.string().nullish(),
})
type Token = z.infer<typeof Token>

/** A blocked account's tokens rest, and would open again once somebody unblocks it. */
const accessTokens: Step = {
  id: 'access-tokens',
  title: 'Revoke personal access tokens',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    if (!isInstance(at) || !(await userOf(at))) return []
    const [own, others] = await Promise.all([
      at.client.every('list tokens', '/personal_access_tokens', Token, { user_id: at.account.id, state: 'active' }),
      at.client.every('list tokens', path`/users/${at.account.id}/impersonation_tokens`, Token, { state: 'active' }),
    ])
    const isTheirs = (one: Token) => String(one.user_id) === at.account.id
    const known = new Set(others.map((one) => one.id))
    return [
      ...own.filter((one) => isTheirs(one) && !known.has(one.id)).map((one) => tokenFinding(one, 'personal')),
      ...others.filter(isTheirs).map((one) => tokenFinding(one, 'impersonation')),
    ]
  },
  async apply(at, finding) {
    const [kind, id] = finding.id.split(':') as [string, string]
    const place =
      kind === 'personal'
        ? path`/personal_access_tokens/${id}`
        : path`/users/${at.account.id}/impersonation_tokens/${id}`
    await unlessStatus([404], at.client.rest.order('revoke a token', place, { method: 'DELETE' }))
  },
}

function tokenFinding(token: Token, kind: string): Finding {
  const used = token.last_used_at ? `last used ${token.last_used_at.slice(0, 10)}` : 'never used'
  const label = kind === 'personal' ? `Token "${token.name}"` : `Impersonation token "${token.name}"`
  return { id: `${kind}:${token.id}`, label, state: 'open', fact: `scopes=${token.scopes.join(',')}, ${used}` }
}

const Key = z.object({ id: z.number(), title: z.string(), key: z.string(), created_at: z.string().nullish() })

const sshKeys: Step = {
  id: 'ssh-keys',
  title: 'Delete SSH keys',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    if (!isInstance(at) || !(await userOf(at))) return []
    const keys = await at.client.every('list SSH keys', path`/users/${at.account.id}/keys`, Key)
    return keys.map(({ id, title, key, created_at }) => ({
      id: String(id),
      label: `SSH key "${title}"`,
      state: 'open' as const,
      fact: `added ${created_at?.slice(0, 10) ?? 'at an unknown time'}`,
      // The public half.
      before: { title, key },
    }))
  },
  async apply(at, finding) {
    const place = path`/users/${at.account.id}/keys/${finding.id}`
    await unlessStatus([404], at.client.rest.order('delete an SSH key', place, { method: 'DELETE' }))
  },
  async undo(at, finding) {
    const place = path`/users/${at.account.id}/keys`
    const { key } = finding.before as { key: string }
    if ((await at.client.every('list SSH keys', place, Key)).some((one) => one.key === key)) return
    await at.client.rest.order('add an SSH key again', place, { method: 'POST', json: finding.before })
  },
}

export const accountSteps: readonly Step[] = [block, accessTokens, sshKeys]
