/** What can happen while an offboarding that is done is watched. */
import { z } from 'zod'
import { Account, Clicker, Finding, Instant } from './offboarding.ts'

/** An account that this offboarding never dealt with: made anew, or in a system that was added since. */
export const Appeared = z.object({ connector: z.string(), connectorTitle: z.string(), account: Account })
export type Appeared = z.infer<typeof Appeared>

export const Unseen = z.object({ connectorTitle: z.string(), fact: z.string() })
export type Unseen = z.infer<typeof Unseen>

export const watchEvents = [
  /** Every system was asked again. `cameBack`: by step, what is open there once more. */
  z.object({
    type: z.literal('watched'),
    at: Instant,
    cameBack: z.array(z.object({ step: z.string(), findings: z.array(Finding).min(1) })),
    appeared: z.array(Appeared),
    unseen: z.array(Unseen),
  }),
  z.object({ type: z.literal('watch-ended'), at: Instant, by: Clicker, reason: z.string().min(1) }),
] as const

export const WatchEvent = z.discriminatedUnion('type', [...watchEvents])
export type WatchEvent = z.infer<typeof WatchEvent>
export type WatchEventOf<T extends WatchEvent['type']> = Extract<WatchEvent, { type: T }>
export type Seen = Pick<WatchEventOf<'watched'>, 'cameBack' | 'appeared' | 'unseen'>

export function isWatchEvent(event: { type: string }): event is WatchEvent {
  return event.type === 'watched' || event.type === 'watch-ended'
}
