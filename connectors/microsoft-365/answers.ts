/** How the gate is to read Microsoft's answers, where they differ from the common ones. */
import { z } from 'zod'
import type { Connector, Outgoing } from '../../src/connector.ts'
import { isLastWord } from './exchange.ts'

const TokenError = z.object({ error: z.string(), error_codes: z.array(z.number()).optional() })
const GraphFailure = z.object({ error: z.object({ code: z.string() }) })
const Batch = z.object({
  responses: z.array(z.object({ status: z.number(), headers: z.record(z.string(), z.string()).nullish() })),
})

/** AADSTS90002 no such tenant, 700016 no such app in it, 700027 certificate refused, 7000215/7000222 secret wrong/expired, 7000112 app disabled. */
const deniedCodes = [90002, 700016, 700027, 7000215, 7000222, 7000112]

export const classify: NonNullable<Connector['classify']> = (_answer, body) => {
  if (isLastWord(body)) return 'rejected'
  const said = json(body)
  const signIn = TokenError.safeParse(said).data
  if (signIn) return ofSignIn(signIn)
  if (throttled(said).length > 0) return 'busy'
  const code = GraphFailure.safeParse(said).data?.error.code
  // Two changes of one object at once; neither was lost, the second was not done.
  if (code === 'Directory_ConcurrencyViolation') return 'busy'
  // The app is no longer there, or its consent was withdrawn.
  if (code === 'Authorization_IdentityNotFound') return 'denied'
  return undefined
}

function ofSignIn(said: z.infer<typeof TokenError>): 'busy' | 'denied' | undefined {
  if (said.error === 'temporarily_unavailable') return 'busy'
  if (said.error === 'invalid_client' || said.error === 'unauthorized_client') return 'denied'
  return said.error_codes?.some((code) => deniedCodes.includes(code)) ? 'denied' : undefined
}

/** The longest wait that a throttled part of a batch asks for; a batch is sent again as a whole. */
export const resetAfter: NonNullable<Connector['resetAfter']> = (_answer, body, now) => {
  const waits = throttled(json(body)).flatMap((part) => wait(part.headers ?? {}, now))
  return waits.length > 0 ? Math.max(...waits) : undefined
}

function throttled(said: unknown) {
  const batch = Batch.safeParse(said).data
  return batch?.responses.filter((part) => part.status === 429 || part.status === 503) ?? []
}

function wait(headers: Record<string, string>, now: number): number[] {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  if (value === undefined) return []
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? [Math.max(ms, 0)] : []
}

function json(body: string): unknown {
  if (!/^\s*\{/.test(body)) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Asking for a token changes nothing, so it may be repeated; nor does a cmdlet that gets. */
export function reads({ method, url, body }: Outgoing): boolean {
  if (method !== 'POST') return false
  if (url.pathname.endsWith('/InvokeCommand')) return body.startsWith('{"CmdletInput":{"CmdletName":"Get-')
  return url.pathname.endsWith('/oauth2/v2.0/token')
}
