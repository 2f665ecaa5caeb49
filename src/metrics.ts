/**
 * What a monitoring system reads at `GET /metrics`. A listener: it hears the ledger, the gate and the disk, and nothing
 * knows of it. Labels are connector uses, endings and kinds, never a person, an address or an offboarding.
 */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Clock } from './clock.ts'
import { measuredDisk } from './metrics/disk.ts'
import { heardFrom } from './metrics/events.ts'
import { createGauges, type Present } from './metrics/gauges.ts'
import { heardCalls } from './metrics/vendor-calls.ts'
import type { Ledger } from './offboarding/ledger.ts'
import type { CallRecord } from './run/gate.ts'
import type { Disk } from './store/disk.ts'

export interface Metrics {
  /** Hears every vendor call. */
  onCall(record: CallRecord): void
  /** The same disk, with what it does measured. */
  disk(disk: Disk): Disk
  /** From here on it hears the ledger; `present` is asked at each scrape, so gauges are right from the first one. */
  watch(ledger: Ledger, present: Present): void
  /** The exposition text. Counters begin at zero with the process, as Prometheus expects. */
  text(): Promise<string>
}

/** `uses`: ids of the connector uses in the settings; whatever else a record may name is counted as `other`. */
export function createMetrics(options: { uses: readonly string[]; clock: Clock }): Metrics {
  const register = new Registry()
  const uses = [...options.uses, 'manual']
  const labels: Labels = { uses, of: (use) => (uses.includes(use) ? use : 'other') }
  collectDefaultMetrics({ register })
  const calls = heardCalls(register, labels)
  const gauges = createGauges(register, labels, options.clock)
  const events = heardFrom(register, labels)
  let refresh = () => undefined as void
  return {
    onCall: calls,
    disk: (disk) => measuredDisk(disk, register),
    watch(ledger, present) {
      events(ledger)
      refresh = () => gauges(ledger, present)
    },
    async text() {
      refresh()
      return register.metrics()
    },
  }
}

/** Which values the label `connector` may take. */
export interface Labels {
  uses: readonly string[]
  of(use: string): string
}
