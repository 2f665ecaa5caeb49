/** How Slack hands something to the app, over a socket or by HTTP: once, in time, or the person sees that it failed. */
import type { Clock } from '../../clock.ts'
import type { Faults } from './faults.ts'
import type { Thing } from './limits.ts'

export interface Envelope {
  type: 'slash_commands' | 'interactive' | 'events_api'
  payload: Thing
  /** Whether the acknowledgement may carry an answer. */
  accepts: boolean
}

export interface Attempt {
  id: string
  number: number
  reason: string
}

/** `dispatch_failed`: nobody took it or nobody acknowledged. `operation_timeout`: no answer within three seconds (HTTP). */
export type Failure = 'dispatch_failed' | 'operation_timeout' | 'http_service_error'

export interface Outcome {
  acked: boolean
  failure?: Failure
  /** What came with the acknowledgement; `{}` where nothing did. */
  body: Thing
  /** Milliseconds until it was acknowledged or given up. */
  ms: number
}

export interface Carrier {
  carry(envelope: Envelope, attempt: Attempt): Promise<Outcome>
  close(): Promise<void> | void
}

/** One hand-over as it went, for tests. */
export interface Delivered {
  envelope: Envelope
  outcome: Outcome
  attempts: number
}

export interface Deliverer {
  deliver(envelope: Envelope): Promise<Outcome>
  log: Delivered[]
}

/** An event that was not acknowledged comes again: at once, after a minute, after five (docs.slack.dev/apis/events-api). */
const eventPauses = [0, 60_000, 300_000]

export interface DeliveryPorts {
  carrier: Carrier
  faults: Faults
  clock: Clock
  nextId: (prefix: string) => string
  /** Aborted when the pretend Slack is closed. */
  signal: AbortSignal
  changed: () => void
}

export function deliverer(ports: DeliveryPorts): Deliverer {
  const log: Delivered[] = []

  async function deliver(envelope: Envelope): Promise<Outcome> {
    const id = ports.nextId('envelope-')
    const first = { id, number: 0, reason: '' }
    const again = { id, number: 1, reason: 'timeout' }
    const twice = ports.faults.takeTwice()
    const carried = [ports.carrier.carry(envelope, first), ...(twice ? [ports.carrier.carry(envelope, again)] : [])]
    const outcome = (await Promise.all(carried))[0] as Outcome
    const entry: Delivered = { envelope, outcome, attempts: carried.length }
    log.push(entry)
    ports.changed()
    if (!outcome.acked) void retry(entry, { ...again, reason: reasonOf(outcome) })
    return outcome
  }

  /** The person has seen the failure by then; the app may still hear of it. */
  async function retry(entry: Delivered, again: Attempt): Promise<void> {
    const pauses = entry.envelope.type === 'events_api' ? eventPauses : ports.faults.redeliver ? [0] : []
    for (const [at, pause] of pauses.entries()) {
      const waited = await ports.clock.sleep(pause, ports.signal).then(
        () => true,
        () => false,
      )
      if (!waited || ports.signal.aborted) return
      entry.attempts += 1
      const outcome = await ports.carrier.carry(entry.envelope, { ...again, number: at + 1 })
      ports.changed()
      if (outcome.acked) return
    }
  }

  return { deliver, log }
}

function reasonOf({ failure }: Outcome): string {
  return failure === 'http_service_error' ? 'http_error' : failure === 'operation_timeout' ? 'http_timeout' : 'timeout'
}

/** The sooner of the answer and the end of Slack's patience; undefined is the latter. */
export async function within<T>(ms: number, clock: Clock, work: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController()
  const patience = clock.sleep(ms, stop.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([work, patience])
  } finally {
    stop.abort()
  }
}
