/** What a step is handed: the leaver's account, the form's choices, the journal of this offboarding, shared reads. */
import type { Account, At, Escrow, Order } from '../connector.ts'
import type { AppliedFinding, Offboarding, PlanStep, StepRun } from '../offboarding/offboarding.ts'

export interface AtParts {
  offboarding: Pick<Offboarding, 'leaver' | 'choices' | 'effectiveAt'>
  account: Account
  client: unknown
  handOverTo: Account | undefined
  now: Date
  signal: AbortSignal
  /** The step's own run, as it stands when asked; undefined while planning. */
  run: () => StepRun | undefined
  reads: SharedReads
  escrow?: Escrow | undefined
}

export function makeAt(parts: AtParts): At {
  const { offboarding, account, client, handOverTo, signal, escrow } = parts
  return {
    client,
    leaver: offboarding.leaver,
    account,
    choices: offboarding.choices,
    ...(handOverTo ? { handOverTo } : {}),
    ...(escrow ? { escrow } : {}),
    effectiveAt: offboarding.effectiveAt ? new Date(offboarding.effectiveAt) : parts.now,
    signal,
    applied(finding) {
      const applied = parts.run()?.applied[finding]
      return applied && timed(applied)
    },
    orders() {
      const run = parts.run()
      return Object.entries(run?.applied ?? {}).map(([finding, applied]) => ({
        finding,
        label: run?.findings.find(({ id }) => id === finding)?.label ?? finding,
        ...timed(applied),
      }))
    },
    once: (key, read) => parts.reads.once(key, read),
  }
}

function timed({ intentAt, answeredAt, receipt }: AppliedFinding): Omit<Order, 'finding' | 'label'> {
  return {
    intentAt: new Date(intentAt),
    ...(answeredAt ? { answeredAt: new Date(answeredAt) } : {}),
    ...(receipt ? { receipt } : {}),
  }
}

/** One read a round: whoever asks first reads, the others share the answer, and the failure too. */
export class SharedReads {
  readonly #reads = new Map<string, Promise<unknown>>()

  once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(key) ?? read()
    this.#reads.set(key, known)
    return known as Promise<T>
  }
}

/**
 * Rounds of looking: steps of one realm that look at about the same time look together and share reads. A round takes
 * nobody in once it has begun, so that no proof rests on a read from before the change it proves.
 */
export class Rounds {
  readonly #gather: () => Promise<void>
  readonly #open = new Map<string, { begins: Promise<void>; reads: SharedReads }>()

  constructor(gather: () => Promise<void>) {
    this.#gather = gather
  }

  async join(realm: string): Promise<SharedReads> {
    const known = this.#open.get(realm)
    if (known) {
      await known.begins
      return known.reads
    }
    const round = { begins: this.#gather(), reads: new SharedReads() }
    this.#open.set(realm, round)
    try {
      await round.begins
    } finally {
      this.#open.delete(realm)
    }
    return round.reads
  }
}

export function realmOf(step: PlanStep): string {
  return `${step.connector}@${step.realm}`
}
