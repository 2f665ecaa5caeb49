/**
 * The contract of connectors/. A connector imports this file and its vendor's SDK, nothing else of ours.
 * A step reads, then acts, then reads again: `find` is the preview, the proof, the resume and the drift watch.
 */
import type { z } from 'zod'
import type {
  Account,
  Area,
  Choices,
  Finding,
  Json,
  KnownOfPerson,
  Leaver,
  Phase,
  Receipt,
  StepId,
} from './offboarding/offboarding.ts'

export { duration } from './connector/duration.ts'
export { Busy, Denied, InDoubt, Rejected } from './connector/errors.ts'
export { type HeldToken, renewing } from './connector/held-token.ts'
export { lastDay } from './connector/last-day.ts'
export { misread } from './connector/misread.ts'
export { pageCounter } from './connector/pages.ts'
export {
  type Answered,
  type Asking,
  everyPage,
  nextLink,
  path,
  type Rest,
  rest,
  unlessStatus,
} from './connector/rest.ts'
export { Secret, secret } from './connector/secret.ts'
export { writtenId } from './connector/written-id.ts'
export type { Account, Area, Choices, Finding, Json, KnownOfPerson, Leaver, Phase, Receipt, StepId }

/** A least privilege: the vendor's own name for it, and what it is needed for. */
export interface Right {
  name: string
  for: string
}

/** One vendor bucket. The first limit whose `matches` accepts a request is the one that counts it. */
export interface Limit {
  id: string
  /** Absent: everything that no earlier limit took. */
  matches?(request: Outgoing): boolean
  /** Calls a second, paced evenly; overridable in the settings. */
  perSecond: number
  concurrent: number
  /** Where the figure comes from, or "assumed". */
  source: string
}

/** A request as the gate sees it, before it is sent. LDAP calls have `ldap:` URLs and the operation as method. */
export interface Outgoing {
  method: string
  url: URL
  /** The body as text where it is text, else empty. */
  body: string
  /** The operation, where a header names it: `x-amz-target` of AWS's JSON protocol. */
  target?: string
}

// biome-ignore-start lint/suspicious/noExplicitAny: a list of connectors of every kind is held as Connector[]
export interface Connector<Settings = any, Client = any> {
  /** The file's name: 'okta'. */
  id: string
  title: string
  /** Least privileges, for `doctor` and the documents. */
  rights: readonly Right[]
  settings: z.ZodType<Settings>
  limits: readonly Limit[]
  /** Where and how IT renews the credential: the end of the sentence "The credential was refused. IT …". */
  renew: string
  /** Whether a request only reads, where the method alone does not tell (AWS posts everything). */
  reads?(request: Outgoing): boolean
  /** Where the vendor differs from 429/503 = busy, 401 = denied, other 4xx = rejected. */
  classify?(answer: { status: number; headers: Headers }, body: string): 'busy' | 'denied' | 'rejected' | undefined
  /** Milliseconds to wait after a throttled answer, where the vendor has its own header or field; `now` in epoch ms. */
  resetAfter?(answer: { status: number; headers: Headers }, body: string, now: number): number | undefined
  /** What only the settings can tell, put over the rest once they are read: a limit for each host, steps they describe. */
  configured?(
    settings: Settings,
  ): Partial<Pick<Connector<Settings, Client>, 'title' | 'renew' | 'rights' | 'limits' | 'steps'>>
  connect(settings: Settings, gate: Gate): Client | Promise<Client>
  /** Reachable, and which of `rights` are missing, each as a sentence that says where to grant it. */
  check(client: Client): Promise<Health>
  /** The accounts that belong to this person. Several realms are fine; two in one realm go to IT, never guessed. */
  locate(client: Client, leaver: Leaver): Promise<readonly Account[]>
  steps: readonly Step<Client>[]
}

export interface Health {
  /** Whom we are signed in as, and where: "Latchkey (app 1f2e…) in example.com". Never a secret. */
  as: string
  missing: readonly string[]
  warnings?: readonly string[]
}

export type Step<Client = any> = AutomaticStep<Client> | ManualStep<Client>

interface StepHead {
  id: string
  title: string
  area: Area
  phase: Phase
  /** These ended well first: 'google-workspace/transfer-files' before 'google-workspace/delete'. */
  needs?: readonly StepId[]
  /** These merely ended first. */
  after?: readonly StepId[]
}

export interface AutomaticStep<Client = any> extends StepHead {
  /** Once that one is verified, this one is no longer asked (AWS deny-all, once the user is deleted). */
  supersededBy?: StepId
  /** Wipe, delete: only findings that were signed, after the policy's delay. */
  irreversible?: true
  /** Nothing can be read back: the ending is acknowledged. `find` then answers from `applied`. */
  proof?: 'none'
  /** Can neither be repeated nor read back: in doubt, a person decides. */
  repeat?: 'ask'
  /** Changes nothing at the vendor; reads all pages. */
  find(at: At<Client>): Promise<readonly Finding[]>
  /** Safe to repeat unless `repeat: 'ask'`; "already so" is success. */
  apply(at: At<Client>, finding: Finding): Promise<Receipt | void>
  /** Only where the system can truly give it back, from `finding.before`. */
  undo?(at: At<Client>, finding: Finding): Promise<void>
}

export interface ManualStep<Client = any> extends StepHead {
  /** What to do, with the exact command where there is one; people read this. Facts may come from the account. */
  ask: string | ((at: At<Client>) => string | Promise<string>)
  /** 'hr', 'it', or a Slack user id. */
  owner: string
  /** Milliseconds from the start. */
  dueIn: number
  /** Whether there is anything to do for this leaver and these choices; asked at plan time, always when absent. */
  applies?(at: At<Client>): boolean | Promise<boolean>
}

export function isManual(step: Step): step is ManualStep {
  return 'ask' in step
}

export interface At<Client = any> {
  client: Client
  leaver: Leaver
  account: Account
  choices: Choices
  /** The receiver's account in this very realm, where there is exactly one. */
  handOverTo?: Account
  /** When this offboarding takes effect, or the moment of planning where it has not started. */
  effectiveAt: Date
  signal: AbortSignal
  /** What this offboarding ordered before, from the journal. `answeredAt` is absent while in doubt. */
  applied(findingId: string): { intentAt: Date; answeredAt?: Date; receipt?: Receipt } | undefined
  /**
   * Everything that this step ordered before, refused orders too. What is not found any more counts as done, so a thing
   * that may leave the leaver's list while its order is on the way (a device) is asked for by its own id from here.
   */
  orders(): readonly Order[]
  /** Absent where the settings name nobody to seal for: a step that needs it is then `blocked` with `noEscrow`. */
  escrow?: Escrow
  /** One read a round, shared by the steps of a realm that look at the same record. Guards must not use it. */
  once<T>(key: string, read: () => Promise<T>): Promise<T>
}

/** An order of this step in this offboarding, as the journal has it. */
export interface Order {
  finding: string
  /** As people were shown it; the finding's id where nobody knows it any more. */
  label: string
  intentAt: Date
  /** Absent while in doubt, and where it was refused. */
  answeredAt?: Date
  receipt?: Receipt
}

/**
 * Keeps PINs and recovery keys that a vendor hands out once: sealed on disk, opened by IT alone, on the record. What is
 * kept is never in a finding, a receipt, the journal, a log or a message.
 */
export interface Escrow {
  /** Resolves once it is on disk. The same name again, with another value, is kept besides the first. */
  keep(name: string, secret: string): Promise<void>
  /** Whether something is kept under this name for this offboarding: the proof of a step that escrows. */
  holds(name: string): Promise<boolean>
}

/** The fact of a step that is blocked for want of an escrow. */
export const noEscrow =
  'the vendor hands this key out, and there is nowhere to keep it: IT names who may open such keys in the settings (escrow), then tries again'

/**
 * The one way out to a vendor. `fetch` has the platform's own shape, so that an SDK can take it; it answers with every
 * final response below 500 except 401 (an SDK turns a 404 or 409 into its own error), and throws Busy, Denied or
 * InDoubt for the rest. What is not HTTP goes through `schedule`.
 */
export interface Gate {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  schedule<T>(call: Scheduled, run: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export interface Scheduled {
  /** For the record and the limits: `ldap://dc1/search`. */
  url: string
  method: string
  /** A write whose answer is lost is in doubt; a read is tried again. */
  writes: boolean
  /** Turns the protocol's own error into ours; undefined leaves it Rejected. Network errors are known to the gate. */
  classify?(error: unknown): 'busy' | 'denied' | 'rejected' | 'in-doubt' | undefined
}
// biome-ignore-end lint/suspicious/noExplicitAny: see above
