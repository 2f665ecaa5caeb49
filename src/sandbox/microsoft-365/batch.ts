/** `$batch`: up to 20 requests in one, answered by themselves and in no order. */
import type { Answer, Asked } from '../server.ts'
import { failure, ok } from './answers.ts'

interface Part {
  id: string
  method: string
  url: string
  headers?: Record<string, string>
  body?: unknown
}

export function batch(asked: Asked, handle: (part: Asked) => Answer): Answer {
  const { requests } = asked.body as { requests: Part[] }
  if (requests.length > 20) {
    return failure(400, 'BadRequest', 'Number of batch request steps exceeds the maximum value of 20.')
  }
  const mailboxes = new Map<string, number>()
  const responses = requests.map((part) => {
    const [path = '', search = ''] = part.url.split(/\?(.*)/s)
    if (isOverMailboxLimit(path, mailboxes)) return { id: part.id, ...throttled() }
    const answer = handle({
      host: asked.host,
      method: part.method,
      path: `/v1.0${path}`,
      query: new URLSearchParams(search),
      headers: { ...asked.headers, ...part.headers },
      body: part.body ?? null,
    })
    return { id: part.id, status: answer.status, headers: answer.headers ?? {}, body: answer.body ?? null }
  })
  return ok({ responses: responses.reverse() })
}

/** Outlook answers four requests for one mailbox at a time; a batch asks all at once. */
function isOverMailboxLimit(path: string, mailboxes: Map<string, number>): boolean {
  const user = /^\/users\/([^/]+)\/(?:mailFolders|mailboxSettings)/.exec(path)?.[1]
  if (user === undefined) return false
  mailboxes.set(user, (mailboxes.get(user) ?? 0) + 1)
  return (mailboxes.get(user) ?? 0) > 4
}

function throttled(): Answer {
  const why = 'Application is over its MailboxConcurrency limit.'
  return failure(429, 'ApplicationThrottled', why, { 'Retry-After': '1' })
}
