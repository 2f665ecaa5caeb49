/**
 * The page is for whoever sits at this machine. Another site open in the same browser must neither read it (a name of its
 * own that resolves to 127.0.0.1: the Host header says so) nor write to it (the Origin header says so).
 */
import type { IncomingMessage } from 'node:http'

/** Why this request is refused; undefined where it may pass. */
export function refusal(request: IncomingMessage, port: number): string | undefined {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin, 'sec-fetch-site': site } = request.headers
  if (!own.includes(host)) return `this is not ${host}: open http://${own[0]}/`
  if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate') return 'asked for by another site'
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  if (origin !== undefined && origin !== `http://${host}`) return 'sent by another site'
  // A form of another site could be sent as text/plain, and would come without asking.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return 'only application/json is taken'
  return undefined
}

/** On every answer: no script but our own files, no frame, nothing from elsewhere. */
export const guardHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}
