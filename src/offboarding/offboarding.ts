/**
 * The words of this product, once; code, Slack and documents use them and no others.
 *
 * leaver        the person whose access ends; known by Slack id, else by the primary directory's id
 * offboarding   one leaving, from request to evidence; the unit that is stored
 * requester     who asked
 * sign-off      HR's or IT's yes or no: two different people, never the requester or the leaver
 * connector     one kind of system we act in; ids name the *use* in the settings (`zoom: { use: scim }`)
 * realm         one separate place in a system: an AWS account, a tenant, a host
 * account       the leaver's own record in a realm, pinned by the system's immutable id
 * step          one thing that a connector takes back, hands over or hands out as a task
 * finding       one thing that a step acts on, and how it stands
 * plan, digest  all steps with their findings, as shown; and the hash that a sign-off binds to
 * phase         contain → preserve → remove → reclaim: order inside one realm
 * area          directory, infrastructure, applications, devices, records: how people see it
 * ending        how a step ended, honestly
 * evidence      what each system itself said afterwards; the report is the closing document
 */
import { z } from 'zod'
import type { GiveBack } from './give-back.ts'
import { Account, Leaver, Person } from './people.ts'
import type { Watch } from './watch.ts'

export { Account, KnownOfPerson, Leaver, Person } from './people.ts'

export const areas = ['directory', 'infrastructure', 'applications', 'devices', 'records'] as const
export const phases = ['contain', 'preserve', 'remove', 'reclaim'] as const
export const roles = ['hr', 'it'] as const
export const endings = [
  'verified',
  'acknowledged',
  'attested',
  'skipped',
  'nothing-found',
  'failed',
  'unknown',
] as const

export const Area = z.enum(areas)
export type Area = z.infer<typeof Area>
export const Phase = z.enum(phases)
export type Phase = z.infer<typeof Phase>
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>
export const Ending = z.enum(endings)
export type Ending = z.infer<typeof Ending>

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
const Json: z.ZodType<Json> = z.json() as z.ZodType<Json>

/** Date and time, ISO 8601 in UTC, as `Date#toISOString` writes it. */
export const Instant = z.iso.datetime()

export const FindingState = z.enum(['open', 'pending', 'done', 'blocked', 'unknown'])
export type FindingState = z.infer<typeof FindingState>

/**
 * One thing a step acts on. `id` is the system's own and stays the same from look to look; `fact` is what the system
 * said, in a few words and without a secret; `before` is what `undo` needs to give it back, and never holds a secret.
 */
export const Finding = z.object({
  id: z.string().min(1),
  label: z.string(),
  state: FindingState,
  fact: z.string(),
  before: Json.optional(),
})
export type Finding = z.infer<typeof Finding>

/** What a system answered to an order, such as a job number; never a secret. */
export const Receipt = z.record(z.string(), Json)
export type Receipt = z.infer<typeof Receipt>

export const Choices = z.object({
  kind: z.enum(['resignation', 'dismissal', 'end-of-contract']),
  devices: z.enum(['lock', 'wipe', 'nothing']),
  /** Who receives files, mail and owned groups; nobody when absent. */
  handOverTo: Leaver.optional(),
  /** Ids of the connector uses to act in; all when absent. */
  systems: z.array(z.string()).optional(),
  /** Text of the automatic reply; a neutral one when absent. */
  autoReply: z.string().max(1000).optional(),
})
export type Choices = z.infer<typeof Choices>

/** Someone who clicked, with the facts read at that very click. */
export const Clicker = Person.extend({
  holds: z.array(Role),
  guest: z.boolean(),
  external: z.boolean(),
  deactivated: z.boolean(),
  bot: z.boolean(),
  readAt: Instant,
})
export type Clicker = z.infer<typeof Clicker>

/** Durations in milliseconds. Copied into each offboarding when it is asked for, so that a replay decides the same. */
export const Policy = z.object({
  signOffWithin: z.number().positive(),
  remindEvery: z.number().positive(),
  startsPerHour: z.number().int().positive(),
  containWithin: z.number().positive(),
  irreversibleAfter: z.number().nonnegative(),
  /** How long a step may wait for a system before it becomes a task for IT. */
  waitingFor: z.number().positive(),
  /** From so many requests within an hour on, each further one is held back until somebody looked at it; absent: never. */
  quarantineAfter: z.number().int().positive().optional(),
  /** How long the systems are asked again once it is done, and how often; absent or 0: not at all. */
  watchFor: z.number().nonnegative().optional(),
  watchEvery: z.number().positive().optional(),
})
export type Policy = z.infer<typeof Policy>

/** `connector/step`, as `needs` and `after` name it. */
export type StepId = string
/** `connector/step@realm`: one step in one realm of one offboarding. */
export type StepKey = string

export const Task = z.object({ ask: z.string(), owner: z.string(), dueInMs: z.number().nonnegative() })
export type Task = z.infer<typeof Task>

export const PlanStep = z.object({
  key: z.string(),
  connector: z.string(),
  connectorTitle: z.string(),
  step: z.string(),
  realm: z.string(),
  account: Account,
  title: z.string(),
  area: Area,
  phase: Phase,
  needs: z.array(z.string()).optional(),
  after: z.array(z.string()).optional(),
  supersededBy: z.string().optional(),
  irreversible: z.literal(true).optional(),
  proof: z.literal('none').optional(),
  repeat: z.literal('ask').optional(),
  undo: z.literal(true).optional(), // the system can truly give it back
  /** Present on a manual step: people do it. */
  task: Task.optional(),
  findings: z.array(Finding),
})
export type PlanStep = z.infer<typeof PlanStep>

/** A realm that knows two people who could be the leaver: IT chooses, until then it is not in the plan. */
export const Ambiguity = z.object({ connector: z.string(), realm: z.string(), candidates: z.array(Account).min(2) })
export type Ambiguity = z.infer<typeof Ambiguity>
/** A system that could not be read when the plan was made. */
export const Unreadable = z.object({ connector: z.string(), connectorTitle: z.string(), fact: z.string() })
export type Unreadable = z.infer<typeof Unreadable>

export const Plan = z.object({
  at: Instant,
  steps: z.array(PlanStep),
  ambiguous: z.array(Ambiguity),
  unreadable: z.array(Unreadable),
  /** Accounts that must not be touched; a plan with one is refused. */
  protected: z.array(Account.extend({ connector: z.string() })),
  digest: z.string(),
})
export type Plan = z.infer<typeof Plan>

export interface SignOff {
  by: Clicker
  at: string
  digest: string
}

export interface AppliedFinding {
  intentAt: string
  answeredAt?: string
  receipt?: Receipt
  /** Why it was not done, as the system said. */
  refusal?: { kind: FailureKind; fact: string; at: string }
}
export const FailureKind = z.enum(['busy', 'denied', 'rejected', 'in-doubt'])
export type FailureKind = z.infer<typeof FailureKind>

export type StepState =
  | 'planned' // its turn has not come
  | 'delayed' // irreversible: runs at `dueAt`
  | 'held' // irreversible and found after sign-off: waits for a fresh pair of sign-offs
  | 'running'
  | 'waiting' // ordered at the vendor and not there yet, or a task that a person has not done yet
  | 'ended'

export interface StepRun {
  key: StepKey
  plan: PlanStep
  state: StepState
  attempt: number
  startedAt?: string
  /** When a delayed step runs, or when a task is due. */
  dueAt?: string
  waitingSince?: string
  endedAt?: string
  ending?: Ending
  fact?: string
  findings: readonly Finding[]
  /** By finding id: what was ordered, and what came back. */
  applied: Readonly<Record<string, AppliedFinding>>
  /** Finding ids that nobody signed because they appeared afterwards. */
  foundAfterSignOff: readonly string[]
  /** Who attested or skipped, and what they said. */
  by?: Clicker
  note?: string
  ms?: number
}

export type OffboardingState =
  | 'awaiting-sign-off'
  | 'scheduled'
  | 'running'
  | 'needs-attention'
  | 'done'
  | 'closed'
  | 'declined'
  | 'withdrawn'
  | 'expired'
  | 'refused'

export interface Offboarding {
  id: string
  state: OffboardingState
  leaver: Leaver
  requester: Person
  requestedAt: string
  /** The effective time; absent means as soon as it is signed. */
  effectiveAt?: string
  choices: Choices
  note?: string
  policy: Policy
  /** Where the card lives. */
  channel: string
  /** What made the request unique, so that a redelivered form does not ask twice. */
  requestKey: string
  /** Held back, and why; with `released`, by whom it was let go on. */
  quarantine?: { at: string; why: string; released?: { by: Clicker; at: string } }
  /** Everything is stopped, by whom and why. */
  halted?: { by: Person; why: string; at: string; resumed?: { by: Person; at: string } }
  plan?: Plan
  chosenAccounts: Readonly<Record<string, string>>
  signOffs: Readonly<Partial<Record<Role, SignOff>>>
  /** Irreversible findings that appeared after sign-off, and the fresh sign-offs they wait for. */
  held?: { digest: string; signOffs: Readonly<Partial<Record<Role, SignOff>>> }
  declined?: { by: Person; reason: string; at: string }
  steps: Readonly<Record<StepKey, StepRun>>
  /** Recovery keys that were handed out. */
  openings?: readonly { by: Person; system: string; name: string; at: string }[]
  /** What was asked to be given back, oldest first; one is open at a time. */
  giveBacks?: readonly GiveBack[]
  watch?: Watch
  startedAt?: string
  late?: true
  containedAt?: string
  doneAt?: string
  /** When it was declined, withdrawn, refused, or expired. */
  endedAt?: string
  closedAt?: string
  /** Why Latchkey itself refused it (a protected account), as people read it. */
  refusedWhy?: string
  lastReminderAt?: string
  /** Slack messages by our own key: ordered, and where they landed. */
  posts: Readonly<Record<string, { channel: string; postingAt: string; ts?: string; failed?: string }>>
  /** How many events this is folded from. */
  events: number
}
