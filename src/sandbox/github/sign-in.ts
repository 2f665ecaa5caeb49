/** How an App signs in: its own signature checked, tokens of installations given out. */
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'
import { notFound, ok, refused } from './route.ts'
import { shownUser } from './shapes.ts'
import type { Org, State, User } from './state.ts'

export const appId = 330001

export type Signer = { app: true } | { org: string } | { owner: true }

const badCredentials = refused(401, 'Bad credentials')

let made: string | undefined

/** One for all pretend servers of a process: making one takes longer than a test. */
export function appKey(): string {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  }) as string
  return made
}

export interface Door {
  /** Answers for the App itself; undefined where it is none of these. */
  appAnswer(asked: Asked, state: State): Answer | undefined
  signerOf(asked: Asked): Signer | Answer
}

export function door(ownerToken: string, handedOut: (token: string) => void): Door {
  const tokens = new Map<string, string>()

  function signerOf(asked: Asked): Signer | Answer {
    if (!asked.headers['user-agent']) return { status: 403, body: 'Request forbidden by administrative rules.' }
    const bearer = asked.headers.authorization?.replace(/^(bearer|token) /i, '') ?? ''
    if (bearer === ownerToken) return { owner: true }
    const org = tokens.get(bearer)
    if (org) return { org }
    return isSigned(bearer) ? { app: true } : badCredentials
  }

  function token(org: Org): Answer {
    const value = `ghs_${randomBytes(18).toString('hex')}`
    handedOut(value)
    tokens.set(value, org.login)
    const { permissions, selection } = org.installation as NonNullable<Org['installation']>
    const expires_at = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')
    return { status: 201, body: { token: value, expires_at, permissions, repository_selection: selection } }
  }

  return {
    signerOf,
    appAnswer(asked, state) {
      const place = placeOf(asked)
      if (!place) return undefined
      const signer = signerOf(asked)
      if ('status' in signer) return signer
      if (!('app' in signer)) return refused(401, 'A JSON web token could not be decoded')
      if (place.own) return ok(shownApp(state))
      const org = state.orgs.find((one) => one.login === place.login || one.installation?.id === place.number)
      if (!org?.installation) return notFound
      if (place.login) return ok(shownInstallation(org))
      return org.installation.suspended ? refused(403, 'This installation has been suspended') : token(org)
    },
  }
}

function placeOf(asked: Asked): { own?: true; login?: string; number?: number } | undefined {
  const path = asked.path.replace(/^\/api\/v3/, '')
  if (path === '/app') return { own: true }
  const [, login] = /^\/orgs\/([^/]+)\/installation$/.exec(path) ?? []
  if (login) return { login }
  const [, number] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path) ?? []
  return number ? { number: Number(number) } : undefined
}

function isSigned(jwt: string): boolean {
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  if (!signature) return false
  const key = createPublicKey(appKey())
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))) return false
  const { iss, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>
  const now = Date.now() / 1000
  return String(iss) === String(appId) && (exp ?? 0) > now && (exp ?? 0) - (iat ?? 0) <= 660
}

const since = '2025-02-03T09:00:00Z'

function shownApp(state: State) {
  const owner = shownUser(state.users[0] as User)
  const html = { external_url: 'https://example.com', html_url: 'https://github.com/apps/latchkey' }
  const times = { created_at: since, updated_at: since }
  return {
    id: appId,
    node_id: 'A_1',
    name: 'Offboarding',
    owner,
    description: null,
    ...html,
    ...times,
    permissions: {},
    events: [],
  }
}

function shownInstallation(org: Org) {
  const { id, permissions, selection } = org.installation as NonNullable<Org['installation']>
  return {
    ...{
      id,
      app_id: appId,
      app_slug: 'latchkey',
      target_id: org.id,
      target_type: 'Organization',
      account: { ...shownUser(org as unknown as User), type: 'Organization' },
    },
    ...{ permissions, repository_selection: selection, events: [], created_at: since, updated_at: since },
    ...{ access_tokens_url: `https://api.github.com/app/installations/${id}/access_tokens`, repositories_url: '' },
    ...{ html_url: '', single_file_name: null, suspended_at: null, suspended_by: null },
  }
}
