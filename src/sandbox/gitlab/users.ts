/** Users, their state, tokens, keys and addresses. */
import type { Answer } from '../server.ts'
import { type Call, type Endpoint, made, notFound, nothing, ok, refused } from './route.ts'
import type { State, Token, User } from './state.ts'

const since = '2025-02-03T09:00:00.000Z'

export const userEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/user', answer: ({ caller }) => ok(shownUser(caller, true)) },
  { method: 'GET', path: '/users', answer: list },
  { method: 'GET', path: '/users/{id}', answer: withUser((user, { caller }) => ok(shownUser(user, caller.isAdmin))) },
  { method: 'GET', path: '/users/{id}/emails', admin: true, answer: withUser(emails) },
  { method: 'POST', path: '/users/{id}/block', admin: true, answer: change(block) },
  { method: 'POST', path: '/users/{id}/unblock', admin: true, answer: change(unblock) },
  { method: 'GET', path: '/users/{id}/keys', answer: withUser(keys) },
  { method: 'POST', path: '/users/{id}/keys', admin: true, answer: addKey },
  { method: 'DELETE', path: '/users/{id}/keys/{key}', admin: true, answer: deleteKey },
  { method: 'GET', path: '/users/{id}/impersonation_tokens', admin: true, answer: withUser(impersonation) },
  { method: 'DELETE', path: '/users/{id}/impersonation_tokens/{token}', admin: true, answer: revoke },
  { method: 'GET', path: '/personal_access_tokens', answer: tokens },
  { method: 'GET', path: '/personal_access_tokens/self', answer: ownToken },
  { method: 'DELETE', path: '/personal_access_tokens/{token}', answer: revoke },
]

export function shownUser(user: User, toAdmin: boolean): Record<string, unknown> {
  const { id, username, name, state, isAdmin, bot, ldap, publicEmail = '' } = user
  const shown = { id, username, name, state, locked: false, public_email: publicEmail, bot, created_at: since }
  if (!toAdmin) return shown
  const identities = ldap ? [{ provider: 'ldapmain', extern_uid: `uid=${username}` }] : []
  return { ...shown, email: user.email, commit_email: user.email, confirmed_at: since, is_admin: isAdmin, identities }
}

function withUser(answer: (user: User, call: Call) => Answer) {
  return (call: Call): Answer => {
    const user = call.world.read().users.find((one) => String(one.id) === call.params.id)
    return user ? answer(user, call) : notFound('User ')
  }
}

/** "Search for users by name, username or public email"; an administrator finds private addresses too, whole ones. */
function list({ world, asked, caller, page }: Call): Answer {
  const text = (asked.query.get('search') ?? '').toLowerCase()
  const administrators = asked.query.get('admins') === 'true'
  const found = world.read().users.filter((one) => {
    const like = [one.name, one.username, one.publicEmail ?? ''].some((value) => value.toLowerCase().includes(text))
    const exact = caller.isAdmin && [one.email, ...one.emails.map((more) => more.email)].includes(text)
    return (!administrators || one.isAdmin) && (text === '' || like || exact || looksLike(one, text))
  })
  return page(found.map((one) => shownUser(one, caller.isAdmin)))
}

/** Likenesses come along: whoever has the part before the @ in the name. */
function looksLike({ username }: User, text: string): boolean {
  return username.startsWith((text.split('@')[0] ?? '').slice(0, 6))
}

function emails(user: User, { page }: Call): Answer {
  const primary = { id: user.id, email: user.email, confirmed_at: since }
  const more = user.emails.map(({ email, confirmed }, index) => ({
    ...{ id: user.id * 10 + index, email, confirmed_at: confirmed ? since : null },
  }))
  return page([primary, ...more])
}

function change(answer: (user: User, call: Call) => Answer) {
  return (call: Call): Answer =>
    call.world.write((state) => {
      const user = state.users.find((one) => String(one.id) === call.params.id)
      return user ? answer(user, call) : notFound('User ')
    })
}

function block(user: User, { caller }: Call): Answer {
  if (user.state === 'ldap_blocked')
    return refused(403, '403 Forbidden - LDAP blocked users cannot be modified by the API')
  if (user.id === caller.id) return refused(403, '403 Forbidden - The API initiating user cannot be blocked by the API')
  if (user.bot) return refused(403, '403 Forbidden - An internal user cannot be blocked')
  user.state = 'blocked'
  return made(true)
}

function unblock(user: User): Answer {
  if (user.state === 'ldap_blocked')
    return refused(403, '403 Forbidden - LDAP blocked users cannot be unblocked by the API')
  user.state = 'active'
  return made(true)
}

function keys(user: User, { world, page }: Call): Answer {
  const found = world.read().keys.filter((one) => one.user === user.id)
  return page(
    found.map(({ id, title, key }) => ({ id, title, key, created_at: since, expires_at: null, usage_type: 'auth' })),
  )
}

function addKey({ world, params, body }: Call): Answer {
  return world.write((state) => {
    const { title, key } = body as { title?: string; key?: string }
    if (!title || !key) return { status: 400, body: { error: 'title is missing, key is missing' } }
    if (state.keys.some((one) => one.key === key)) return refused(400, { fingerprint: ['has already been taken'] })
    const id = Math.max(...state.keys.map((one) => one.id)) + 1
    state.keys.push({ id, user: Number(params.id), title, key })
    return made({ id, title, key, created_at: since })
  })
}

function deleteKey({ world, params }: Call): Answer {
  return world.write((state) => {
    const index = state.keys.findIndex((one) => String(one.id) === params.key && String(one.user) === params.id)
    if (index < 0) return notFound('Key ')
    state.keys.splice(index, 1)
    return nothing
  })
}

function shownToken({ id, name, user, scopes }: Token) {
  const times = { created_at: since, last_used_at: since, expires_at: '2027-01-01' }
  return { id, name, user_id: user, scopes, revoked: false, active: true, ...times }
}

/** An administrator sees everybody's; impersonation tokens have a list of their own. */
function tokens({ world, asked, caller, page }: Call): Answer {
  const user = asked.query.get('user_id')
  if (user !== null && user !== String(caller.id) && !caller.isAdmin) return refused(401, '401 Unauthorized')
  const found = world.read().tokens.filter((one) => !one.impersonation && (user === null || String(one.user) === user))
  return page(found.map(shownToken))
}

function impersonation(user: User, { world, page }: Call): Answer {
  return page(
    world
      .read()
      .tokens.filter((one) => one.impersonation && one.user === user.id)
      .map((one) => ({ ...shownToken(one), impersonation: true })),
  )
}

function ownToken({ world, caller }: Call): Answer {
  const { scopes, expires } = world.read().token
  const token = shownToken({ id: 1, user: caller.id, name: 'latchkey', scopes, impersonation: false })
  return ok({ ...token, expires_at: expires ?? null })
}

function revoke({ world, params, asked }: Call): Answer {
  const impersonated = asked.path.includes('impersonation')
  return world.write((state: State) => {
    const index = state.tokens.findIndex((one) => String(one.id) === params.token && one.impersonation === impersonated)
    if (index < 0) return notFound('Personal Access Token ')
    state.tokens.splice(index, 1)
    return nothing
  })
}
