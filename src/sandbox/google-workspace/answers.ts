/** Google's own error bodies, and its way of handing out pages. */
import type { Answer } from '../server.ts'

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

/** Google answers most orders without a body. */
export const nothing: Answer = { status: 204 }

/** The form of the Directory, Data Transfer, Licensing and Gmail APIs. */
export function refusal(code: number, reason: string, message: string, status?: string): Answer {
  const errors = [{ message, domain: 'global', reason }]
  return { status: code, body: { error: { code, message, errors, ...(status && { status }) } } }
}

export const notFound = (what: string): Answer => refusal(404, 'notFound', `Resource Not Found: ${what}`)
export const invalid = (what: string): Answer => refusal(400, 'invalid', `Invalid Input: ${what}`)
export const forbidden: Answer = refusal(403, 'forbidden', 'Not Authorized to access this resource/api')
export const duplicate: Answer = refusal(409, 'duplicate', 'Entity already exists.')
export const mailOff: Answer = refusal(400, 'failedPrecondition', 'Mail service not enabled', 'FAILED_PRECONDITION')
export const rateExceeded: Answer = refusal(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded')

const realm = 'Bearer realm="https://accounts.google.com/"'

export const unauthenticated: Answer = {
  status: 401,
  headers: { 'www-authenticate': `${realm}, error="invalid_token"` },
  body: {
    error: {
      code: 401,
      message:
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
        'authentication credential.',
      errors: [
        {
          message: 'Invalid Credentials',
          domain: 'global',
          reason: 'authError',
          location: 'Authorization',
          locationType: 'header',
        },
      ],
      status: 'UNAUTHENTICATED',
    },
  },
}

export function scopeMissing(scopes: readonly string[]): Answer {
  const message = 'Request had insufficient authentication scopes.'
  return {
    status: 403,
    headers: {
      'www-authenticate': `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`,
    },
    body: {
      error: {
        code: 403,
        message,
        errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
        status: 'PERMISSION_DENIED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
            domain: 'googleapis.com',
          },
        ],
      },
    },
  }
}

export function apiDisabled(api: string): Answer {
  const message = `${api} has not been used in project 123456789012 before or it is disabled. Enable it, then retry.`
  return refusal(403, 'accessNotConfigured', message, 'PERMISSION_DENIED')
}

export interface Paging {
  query: URLSearchParams
  /** Google's default and greatest for this list. */
  default: number
  most: number
  /** The bed's own: Google may always give fewer than asked for. */
  pageSize: number | undefined
  /** How the API calls the size of a page; `maxResults` when absent. */
  sizeName?: string
  /** Newer APIs (Cloud Identity, Vault) name neither kind nor etag. */
  bare?: true
}

/** One page under the list's own name; an empty list is left out, as Google does. */
export function page<T>(name: string, items: readonly T[], paging: Paging): Answer {
  const sizeName = paging.sizeName ?? 'maxResults'
  const asked = paging.query.get(sizeName)
  if (asked !== null && !(Number(asked) >= 1 && Number(asked) <= paging.most)) return invalid(sizeName)
  const size = Math.min(Number(asked ?? paging.default), paging.pageSize ?? paging.most)
  const token = paging.query.get('pageToken')
  const start =
    token === null
      ? 0
      : Number(
          Buffer.from(token, 'base64url')
            .toString()
            .replace(/^page:/, ''),
        )
  if (!Number.isInteger(start)) return invalid('pageToken')
  const some = items.slice(start, start + size)
  const more = start + size < items.length
  return ok({
    ...(!paging.bare && { kind: `google#${name}`, etag: '"pretend"' }),
    ...(some.length > 0 && { [name]: some }),
    ...(more && { nextPageToken: Buffer.from(`page:${start + size}`).toString('base64url') }),
  })
}
