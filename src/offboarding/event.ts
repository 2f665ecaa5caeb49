/** Everything that can happen to an offboarding. Kept for ever, in order; the state is the fold of these. */
import { z } from 'zod'
import { giveBackEvents } from './give-back-event.ts'
import {
  Choices,
  Clicker,
  Ending,
  FailureKind,
  Finding,
  Instant,
  Leaver,
  Person,
  Plan,
  Policy,
  Receipt,
  Role,
} from './offboarding.ts'
import { watchEvents } from './watch-event.ts'

const step = z.string().min(1)
const at = Instant

export const Event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('requested'),
    at,
    by: Person,
    leaver: Leaver,
    /** Absent: now, that is, with the second signature. */
    effectiveAt: Instant.optional(),
    choices: Choices,
    note: z.string().max(2000).optional(),
    policy: Policy,
    channel: z.string(),
    requestKey: z.string(),
  }),
  /** `purpose` run: planned again at the effective time, compared with what was signed. */
  z.object({ type: z.literal('planned'), at, plan: Plan, purpose: z.enum(['sign-off', 'run']) }),
  z.object({
    type: z.literal('account-chosen'),
    at,
    by: Clicker,
    connector: z.string(),
    realm: z.string(),
    account: z.string(),
  }),
  z.object({ type: z.literal('signed'), at, by: Clicker, role: Role, digest: z.string() }),
  z.object({ type: z.literal('declined'), at, by: Clicker, reason: z.string().min(1) }),
  z.object({ type: z.literal('withdrawn'), at, by: Clicker, reason: z.string().optional() }),
  z.object({ type: z.literal('expired'), at }),
  z.object({ type: z.literal('reminded'), at }),
  /** One request of very many within an hour: nobody can sign it before somebody looked at it and let it go on. */
  z.object({ type: z.literal('quarantined'), at, why: z.string() }),
  z.object({ type: z.literal('released'), at, by: Clicker }),
  /** Everything was stopped while this one was open; nothing is sent to any system before it goes on. */
  z.object({ type: z.literal('halted'), at, by: Person, why: z.string() }),
  z.object({ type: z.literal('resumed'), at, by: Person }),
  /** A recovery key was handed out: to somebody of IT in Slack, or to whoever sits at the host's command line. */
  z.object({
    type: z.literal('escrow-opened'),
    at,
    by: z.union([Clicker, Person]),
    offboarding: z.string(),
    system: z.string(),
    name: z.string(),
  }),
  /** A person tried something that is not allowed; the state does not change. */
  z.object({ type: z.literal('refused'), at, by: Person, what: z.string(), why: z.string() }),
  z.object({ type: z.literal('step-started'), at, step }),
  /** On disk before the vendor is asked. */
  z.object({ type: z.literal('intended'), at, step, findings: z.array(z.string()) }),
  z.object({ type: z.literal('answered'), at, step, finding: z.string(), receipt: Receipt.optional() }),
  z.object({
    type: z.literal('not-applied'),
    at,
    step,
    finding: z.string(),
    kind: FailureKind,
    fact: z.string(),
  }),
  z.object({ type: z.literal('step-waiting'), at, step, findings: z.array(Finding), fact: z.string() }),
  z.object({
    type: z.literal('step-ended'),
    at,
    step,
    ending: Ending,
    fact: z.string(),
    findings: z.array(Finding),
    ms: z.number().nonnegative(),
  }),
  z.object({ type: z.literal('retried'), at, by: Clicker, step }),
  z.object({ type: z.literal('attested'), at, by: Clicker, step, note: z.string().min(1) }),
  z.object({ type: z.literal('skipped'), at, by: Clicker, step, reason: z.string().min(1) }),
  z.object({ type: z.literal('closed'), at }),
  ...giveBackEvents,
  ...watchEvents,
  /** A Slack message is about to be sent (`key` is ours, in its metadata too), was sent, or cannot be. */
  z.object({ type: z.literal('posting'), at, key: z.string(), channel: z.string() }),
  z.object({ type: z.literal('posted'), at, key: z.string(), channel: z.string(), ts: z.string() }),
  z.object({ type: z.literal('post-failed'), at, key: z.string(), channel: z.string(), fact: z.string() }),
])
export type Event = z.infer<typeof Event>
export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>
