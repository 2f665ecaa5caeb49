/** How each vendor is disposed: between the bot and all of them, so that no pretend vendor has to know of it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Transport } from '../transport.ts'
import { matches } from '../transport.ts'
import type { Temper } from './shapes.ts'

export interface Tempers {
  bend: (send: Transport) => Transport
  of(use: string): Temper
  set(use: string, to: Temper): void
  /** Requests so far. */
  calls(use: string): number
}

const slowMs = 3_000
const retryAfter = 5

export interface Reached {
  use: string
  hosts: readonly string[]
  /** For one that is not reached by HTTP. */
  temper?: (to: Temper) => void
}

/** `reached` is asked each time: vendors are opened after the way to them. `heard` is told after each answer. */
export function tempers(reached: () => readonly Reached[], heard: () => void): Tempers {
  const set = new Map<string, Temper>()
  const calls = new Map<string, number>()
  const of = (use: string) => set.get(use) ?? 'normal'

  return {
    of,
    set(use, to) {
      set.set(use, to)
      reached()
        .find((one) => one.use === use)
        ?.temper?.(to)
    },
    calls: (use) => calls.get(use) ?? 0,
    bend: (send) => async (request) => {
      const host = new URL(request.url).hostname
      const use = reached().find((one) => one.hosts.some((pattern) => matches(pattern, host)))?.use ?? ''
      calls.set(use, (calls.get(use) ?? 0) + 1)
      const temper = of(use)
      try {
        if (temper === 'slow') await wait(slowMs, undefined, { signal: request.signal })
        return answers[temper]?.() ?? (await send(request))
      } finally {
        heard()
      }
    },
  }
}

const answers: Partial<Record<Temper, () => Response>> = {
  throttled: () => told(429, 'Too many requests.', { 'retry-after': String(retryAfter) }),
  failing: () => told(503, 'The service is unavailable.'),
  refusing: () => told(401, 'The credential is not valid any more.'),
}

function told(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { code: String(status), message }, message }, { status, headers })
}
