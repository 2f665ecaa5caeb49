/** What goes wrong on purpose: one method, one delivery, or all of Slack. */

/**
 * `ratelimited`: 429 with Retry-After. `lost`: Slack does it, then the connection is cut before the answer. `reset`: cut
 * before it is done. `error`: `{ ok: false, error }`. `unavailable`: 503 with a page of HTML. `stall`: never answered.
 */
export interface Fault {
  as: 'ratelimited' | 'lost' | 'reset' | 'error' | 'unavailable' | 'stall'
  /** How often; once when absent. */
  times?: number
  /** Seconds. */
  retryAfter?: number
  /** `internal_error` when absent. */
  error?: string
  when?: (args: Record<string, string>) => boolean
}

export interface Faults {
  /** For the next calls of one method, `*` for any; `upload` and `response_url` are the two that are no methods. */
  next(method: string, fault: Fault): void
  /** Each of the next deliveries reaches the app twice, as Slack's at-least-once does (bolt-js#2188). */
  deliverTwice(times?: number): void
  /** From now on a command that was not acknowledged in time is delivered once more. */
  redeliver: boolean
  /** All of Slack is away: calls are cut, sockets closed, nobody can click. */
  outage(on: boolean): void
  readonly out: boolean
  take(method: string, args: Record<string, string>): Fault | undefined
  takeTwice(): boolean
}

export function faults(onOutage: (on: boolean) => void): Faults {
  const planned: { method: string; fault: Fault; left: number }[] = []
  let twice = 0
  let out = false
  return {
    redeliver: false,
    next: (method, fault) => void planned.push({ method, fault, left: fault.times ?? 1 }),
    deliverTwice: (times = 1) => {
      twice += times
    },
    outage: (on) => {
      out = on
      onOutage(on)
    },
    get out() {
      return out
    },
    take(method, args) {
      const found = planned.find(
        (one) => one.left > 0 && (one.method === method || one.method === '*') && (one.fault.when?.(args) ?? true),
      )
      if (found) found.left -= 1
      return found?.fault
    },
    takeTwice() {
      if (twice === 0) return false
      twice -= 1
      return true
    },
  }
}
