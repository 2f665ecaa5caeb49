/** REST: credentials, tokens, Copilot seats, codespaces, repositories and their keys, the audit log. */
import type { Answer } from '../server.ts'
import { type Call, type Endpoint, notFound, nothing, ok, refused } from './route.ts'
import { shownCodespace, shownRepo, shownUser } from './shapes.ts'
import { memberOf, type State, type Token, type User, userNamed } from './state.ts'

const since = '2025-02-03T09:00:00Z'
const tokens = '/orgs/{org}/personal-access-tokens'
const requests = '/orgs/{org}/personal-access-token-requests'
const codespace = '/orgs/{org}/members/{username}/codespaces/{name}'

export const workEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/orgs/{org}/credential-authorizations', needs: admin('read'), answer: credentials },
  { method: 'DELETE', path: '/orgs/{org}/credential-authorizations/{id}', needs: admin('write'), answer: revoke },
  { method: 'GET', path: tokens, needs: ['organization_personal_access_tokens', 'read'], answer: listTokens('tokens') },
  {
    ...{ method: 'POST', path: `${tokens}/{id}`, needs: ['organization_personal_access_tokens', 'write'] as const },
    answer: review('tokens', ['revoke']),
  },
  {
    ...{ method: 'GET', path: requests, needs: ['organization_personal_access_token_requests', 'read'] as const },
    answer: listTokens('requests'),
  },
  {
    ...{
      method: 'POST',
      path: `${requests}/{id}`,
      needs: ['organization_personal_access_token_requests', 'write'] as const,
    },
    answer: review('requests', ['approve', 'deny']),
  },
  { method: 'GET', path: '/orgs/{org}/members/{username}/copilot', needs: copilot('read'), answer: readSeat },
  {
    method: 'DELETE',
    path: '/orgs/{org}/copilot/billing/selected_users',
    needs: copilot('write'),
    answer: cancelSeats,
  },
  { method: 'GET', path: '/orgs/{org}/codespaces', ownersOnly: true, answer: listCodespaces },
  { method: 'POST', path: `${codespace}/stop`, ownersOnly: true, answer: stop },
  { method: 'DELETE', path: codespace, ownersOnly: true, answer: deleteCodespace },
  { method: 'GET', path: '/orgs/{org}/repos', needs: ['metadata', 'read'], answer: listRepos },
  { method: 'GET', path: '/repos/{owner}/{repo}/keys', needs: ['administration', 'read'], answer: listKeys },
  { method: 'GET', path: '/orgs/{org}/audit-log', needs: admin('read'), answer: auditLog },
]

function admin(level: 'read' | 'write') {
  return ['organization_administration', level] as const
}

function copilot(level: 'read' | 'write') {
  return ['organization_copilot_seat_management', level] as const
}

function credentials({ world, org, asked, page }: Call): Answer {
  if (!org.sso) return notFound
  const state = world.read()
  const user = userNamed(state, asked.query.get('login') ?? '')
  const found = state.credentials.filter((one) => one.org === org.login && (!user || one.user === user.id))
  return page(
    found.map(({ id, type, title, user: owner }) => ({
      ...{ login: state.users.find((one) => one.id === owner)?.login, credential_id: id, credential_type: type },
      ...{ credential_authorized_at: since, credential_accessed_at: since, authorized_credential_id: id + 1 },
      ...(type === 'SSH key' ? { fingerprint: 'jklmnop12345678', authorized_credential_title: title } : {}),
      ...(type === 'SSH key'
        ? {}
        : { token_last_eight: '71c3fc11', authorized_credential_note: title, scopes: ['repo'] }),
    })),
  )
}

function revoke({ world, org, params }: Call): Answer {
  return world.write((state) => {
    const index = state.credentials.findIndex((one) => one.org === org.login && one.id === Number(params.id))
    if (index < 0) return notFound
    state.credentials.splice(index, 1)
    return nothing
  })
}

function listTokens(kind: 'tokens' | 'requests') {
  return ({ world, org, asked, page }: Call): Answer => {
    const state = world.read()
    const owners = asked.query.getAll('owner[]').map((one) => one.toLowerCase())
    const ownerOf = (token: Token) => state.users.find((one) => one.id === token.user) as User
    const found = state[kind].filter(
      (one) => one.org === org.login && (owners.length === 0 || owners.includes(ownerOf(one).login.toLowerCase())),
    )
    return page(
      found.map((one) => ({
        ...{ id: one.id, token_id: one.id + 1, token_name: one.name, owner: shownUser(ownerOf(one)), permissions: {} },
        ...{ repository_selection: 'all', repositories_url: 'https://api.github.com/', token_expired: false },
        ...{ token_expires_at: null, token_last_used_at: null },
        ...(kind === 'tokens' ? { access_granted_at: since } : { created_at: since, reason: null }),
      })),
    )
  }
}

function review(kind: 'tokens' | 'requests', actions: readonly string[]) {
  return ({ world, org, params, body }: Call): Answer =>
    world.write((state) => {
      if (!actions.includes(String(body.action))) return refused(422, 'Invalid request.')
      const index = state[kind].findIndex((one) => one.org === org.login && one.id === Number(params.id))
      if (index < 0) return notFound
      state[kind].splice(index, 1)
      return nothing
    })
}

function seatOf(state: State, org: string, login: string) {
  return state.seats.find((one) => one.org === org && one.user === userNamed(state, login)?.id)
}

function readSeat({ world, org, params }: Call): Answer {
  const state = world.read()
  const seat = seatOf(state, org.login, params.username ?? '')
  const user = userNamed(state, params.username ?? '')
  if (!seat || !user) return notFound
  const team = seat.team
    ? { id: 1, node_id: '', url: '', members_url: '', name: seat.team, description: null, permission: 'pull' }
    : undefined
  const rest = team && { html_url: '', repositories_url: '', slug: seat.team, parent: null, type: 'organization' }
  return ok({
    ...{ created_at: seat.created, assignee: shownUser(user), pending_cancellation_date: seat.cancels ?? null },
    ...{ last_activity_at: null, last_activity_editor: null, plan_type: 'business' },
    ...(team && { assigning_team: { ...team, ...rest } }),
  })
}

function cancelSeats({ world, org, body }: Call): Answer {
  return world.write((state) => {
    const logins = (body.selected_usernames ?? []) as string[]
    if (logins.length === 0 || logins.some((login) => !memberOf(state, org.login, login)))
      return refused(422, 'Some of the users are not members of the organization.')
    const seats = logins
      .map((login) => seatOf(state, org.login, login))
      .filter((one) => one && !one.cancels && !one.team)
    for (const seat of seats) if (seat) seat.cancels = '2026-12-31'
    return ok({ seats_cancelled: seats.length })
  })
}

/** A codespace shows that it stops for a while. */
function settled(state: State): State['codespaces'] {
  for (const one of state.codespaces)
    if (one.state === 'ShuttingDown' && Date.now() >= (one.stopsAt ?? 0)) one.state = 'Shutdown'
  return state.codespaces
}

function listCodespaces({ world, org, pageOf }: Call): Answer {
  settled(world.truth())
  const state = world.read()
  const found = settled(state).filter((one) => one.org === org.login)
  return pageOf(
    'codespaces',
    found.map((one) => shownCodespace(state, org, one)),
  )
}

function codespaceIn(state: State, { org, params }: Call) {
  const user = userNamed(state, params.username ?? '')
  return state.codespaces.find((one) => one.org === org.login && one.user === user?.id && one.name === params.name)
}

function stop(call: Call): Answer {
  return call.world.write((state) => {
    const found = codespaceIn(state, call)
    if (!found) return notFound
    if (found.state === 'Available') Object.assign(found, { state: 'ShuttingDown', stopsAt: Date.now() + call.stopMs })
    return ok(shownCodespace(state, call.org, found))
  })
}

function deleteCodespace(call: Call): Answer {
  return call.world.write((state) => {
    const found = codespaceIn(state, call)
    if (!found) return notFound
    state.codespaces = state.codespaces.filter((one) => one !== found)
    return { status: 202, body: {} }
  })
}

function listRepos({ world, org, page }: Call): Answer {
  const found = world.read().repos.filter((one) => one.org === org.login)
  return page(found.map((one) => shownRepo(org, one)))
}

function listKeys({ world, org, params, page }: Call): Answer {
  const state = world.read()
  if (!state.repos.some((one) => one.org === org.login && one.name === params.repo)) return notFound
  const found = state.keys.filter((one) => one.org === org.login && one.repo === params.repo)
  return page(
    found.map(({ id, title, addedBy, readOnly }) => ({
      ...{ id, title, key: 'ssh-ed25519 AAAA', url: '', verified: true, created_at: since, read_only: readOnly },
      ...{ added_by: addedBy, last_used: since, enabled: true },
    })),
  )
}

function auditLog({ world, org, asked, page }: Call): Answer {
  if (!org.enterprise) return notFound
  const state = world.read()
  const phrase = asked.query.get('phrase') ?? ''
  const [, actor] = /actor:(\S+)/.exec(phrase) ?? []
  const [, action] = /action:(\S+)/.exec(phrase) ?? []
  const found = state.audit.filter(
    (one) =>
      one.org === org.login &&
      (!action || one.action === action) &&
      (!actor || userNamed(state, actor)?.id === one.user),
  )
  return page(
    found.map(({ action: done, user, repo, hook, at }) => ({
      ...{ '@timestamp': at, action: done, actor: state.users.find((one) => one.id === user)?.login, actor_id: user },
      ...{
        org: org.login,
        org_id: org.id,
        _document_id: `doc${hook}`,
        ...(repo && { repo }),
        ...(hook && { hook_id: hook }),
      },
    })),
  )
}
