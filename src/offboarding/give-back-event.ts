/** What can happen while something is given back. All of it concerns the newest asking: there is one at a time. */
import { z } from 'zod'
import { Clicker, Ending, FailureKind, Finding, Instant, Role } from './offboarding.ts'

const at = Instant
/** The step whose findings are given back. Not `step`: those events are about taking. */
const stepKey = z.string().min(1)

/** Findings of one step, by id; what they were before stands in the record already. */
export const GiveBackItem = z.object({ stepKey, findings: z.array(z.string().min(1)).min(1) })
export type GiveBackItem = z.infer<typeof GiveBackItem>

export const giveBackEvents = [
  z.object({
    type: z.literal('give-back-asked'),
    at,
    by: Clicker,
    items: z.array(GiveBackItem).min(1),
    reason: z.string().min(1).max(2000),
  }),
  z.object({ type: z.literal('give-back-signed'), at, by: Clicker, role: Role, digest: z.string() }),
  z.object({ type: z.literal('give-back-declined'), at, by: Clicker, reason: z.string().min(1) }),
  z.object({ type: z.literal('give-back-expired'), at }),
  z.object({ type: z.literal('give-back-started'), at, stepKey }),
  /** On disk before the vendor is asked. */
  z.object({ type: z.literal('give-back-intended'), at, stepKey, findings: z.array(z.string()) }),
  z.object({ type: z.literal('give-back-answered'), at, stepKey, finding: z.string() }),
  z.object({
    type: z.literal('give-back-not-done'),
    at,
    stepKey,
    finding: z.string(),
    kind: FailureKind,
    fact: z.string(),
  }),
  z.object({
    type: z.literal('give-back-ended'),
    at,
    stepKey,
    ending: Ending,
    fact: z.string(),
    findings: z.array(Finding),
    ms: z.number().nonnegative(),
  }),
  z.object({ type: z.literal('give-back-retried'), at, by: Clicker, stepKey }),
  z.object({ type: z.literal('give-back-attested'), at, by: Clicker, stepKey, note: z.string().min(1) }),
  z.object({ type: z.literal('give-back-skipped'), at, by: Clicker, stepKey, reason: z.string().min(1) }),
] as const

export type GiveBackEvent = z.infer<(typeof giveBackEvents)[number]>
export type GiveBackEventOf<T extends GiveBackEvent['type']> = Extract<GiveBackEvent, { type: T }>

export function isGiveBack<E extends { type: string }>(event: E | GiveBackEvent): event is GiveBackEvent {
  return event.type.startsWith('give-back-')
}
