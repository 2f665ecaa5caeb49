/** Slack's rate limits: one bucket a method by its tier, and one post a second a channel (docs.slack.dev/apis/web-api/rate-limits). */
import type { Clock } from '../../clock.ts'
import type { Method } from './method.ts'

export interface RateOptions {
  /** Nothing is ever throttled. */
  off?: boolean
  /** So many times the published rates, for runs on an accelerated clock; 1 when absent. */
  speed?: number
  /** Posts that a channel takes at once before one a second is held to; 3 when absent, for Slack allows short bursts. */
  burst?: number
  /** Calls a minute by method, in place of its tier's. */
  perMinute?: Readonly<Record<string, number>>
}

export interface Rates {
  /** Seconds to wait, or undefined where the call may pass. */
  wait(name: string, method: Method, channel: string | undefined): number | undefined
}

export function rates(options: RateOptions, clock: Clock): Rates {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const speed = options.speed ?? 1

  function take(key: string, capacity: number, perSecond: number): number | undefined {
    const now = clock.now().getTime()
    const bucket = buckets.get(key) ?? { tokens: capacity, at: now }
    buckets.set(key, bucket)
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
    bucket.tokens -= 1
    return undefined
  }

  return {
    wait(name, method, channel) {
      if (options.off) return undefined
      if (name === 'chat.postMessage') return take(`${name} ${channel}`, options.burst ?? 3, speed)
      const perMinute = options.perMinute?.[name] ?? method.perMinute
      return perMinute === undefined ? undefined : take(name, perMinute, (perMinute * speed) / 60)
    },
  }
}
