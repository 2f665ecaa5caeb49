/** Which of Google's methods a request is, and what every one of them checks first. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { apiDisabled, forbidden, type Paging, rateExceeded, scopeMissing, unauthenticated } from './answers.ts'
import type { SignInDoor } from './sign-in.ts'
import { findUser, type State, type User } from './state.ts'

export interface Call {
  asked: Asked
  /** The path's parts that a method names, decoded. */
  params: Record<string, string>
  body: Record<string, unknown>
  /** Whom the service account acts as. */
  subject: User
  world: World<State>
  times: { transferMs: number; wipeMs: number; failTransfers: boolean }
  paging(usual: number, most: number): Paging
}

export interface Method {
  method: string
  path: string
  /** Any of these is enough. */
  scopes: readonly string[]
  answer(call: Call): Answer
}

interface Known {
  api: string
  method: Method
  pattern: RegExp
}

export interface RouterOptions {
  door: SignInDoor
  world: World<State>
  methods: readonly { api: string; methods: readonly Method[] }[]
  times: Call['times']
  disabledApis: readonly string[]
  pageSize: number | undefined
  perMinute: number
}

/** APIs that anybody may ask about their own. */
const ownData = ['Gmail API', 'Google Calendar API']

export const scopePrefix = 'https://www.googleapis.com/auth/'

export function createRouter(options: RouterOptions): (asked: Asked) => Answer {
  const known = options.methods.flatMap(({ api, methods }) =>
    methods.map((method): Known => ({ api, method, pattern: patternOf(method.path) })),
  )
  const mayAsk = quota(options.perMinute)

  /** Who asks, or what Google says before it looks at the request itself. */
  function allowed(asked: Asked, { method, api }: Known): User | Answer {
    const token = options.door.tokenOf(asked)
    const subject = token && findUser(options.world.truth(), token.subject)
    if (!token || !subject) return unauthenticated
    if (!method.scopes.some((scope) => token.scopes.includes(`${scopePrefix}${scope}`)))
      return scopeMissing(method.scopes)
    if (options.disabledApis.includes(api)) return apiDisabled(api)
    if (!mayAsk(subject.id)) return rateExceeded
    if (!ownData.includes(api) && !isAdministrator(options.world.truth(), subject)) return forbidden
    return subject
  }

  return (asked) => {
    if (asked.host === 'oauth2.googleapis.com') return options.door.token(asked, options.world.truth())
    const found = known.find((one) => one.method.method === asked.method && one.pattern.test(asked.path))
    if (!found) return noSuchPage
    const subject = allowed(asked, found)
    if ('status' in subject) return subject
    return found.method.answer({
      asked,
      params: decoded(found.pattern.exec(asked.path)?.groups ?? {}),
      body: (asked.body ?? {}) as Record<string, unknown>,
      subject,
      // Each answer is written out before anything changes again.
      world: { ...options.world, read: options.world.peek },
      times: options.times,
      paging: (usual, most) => ({ query: asked.query, default: usual, most, pageSize: options.pageSize }),
    })
  }
}

const noSuchPage: Answer = {
  status: 404,
  body: '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>',
  headers: { 'content-type': 'text/html' },
}

/** `/users/{user}:undo` → a pattern whose groups are the names in braces. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/:]+)')}$`)
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
}

export function isAdministrator(state: State, user: User): boolean {
  return user.isAdmin || state.roleAssignments.some((one) => one.user === user.id)
}

/** "2,400 queries per minute per user per Google Cloud project" (Directory API, Limits and quotas). */
function quota(perMinute: number): (user: string) => boolean {
  const asked = new Map<string, number[]>()
  return (user) => {
    const since = Date.now() - 60_000
    const recent = (asked.get(user) ?? []).filter((one) => one > since)
    asked.set(user, recent)
    if (recent.length >= perMinute) return false
    recent.push(Date.now())
    return true
  }
}
