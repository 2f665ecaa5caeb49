/** Vendor calls, from the gate's records. */
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Labels } from '../metrics.ts'
import type { CallRecord } from '../run/gate.ts'

export function heardCalls(register: Registry, labels: Labels): (record: CallRecord) => void {
  const registers = [register]
  const durations = new Histogram({
    name: 'latchkey_vendor_call_duration_seconds',
    help: 'How long systems took for the calls made to them, all tries of a call together, without waiting. Outcome: answered, busy, denied, rejected or in-doubt.',
    labelNames: ['connector', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const waits = new Histogram({
    name: 'latchkey_vendor_call_wait_seconds',
    help: 'How long calls waited: for their turn, for the pauses that the system asked for, and between tries.',
    labelNames: ['connector'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 120, 300],
    registers,
  })
  const retries = new Counter({
    name: 'latchkey_vendor_call_retries_total',
    help: 'Tries after the first.',
    labelNames: ['connector'],
    registers,
  })
  const throttled = new Counter({
    name: 'latchkey_vendor_call_throttled_total',
    help: 'Tries that a system turned away for now (429, 503, its own word for it), or that found no connection.',
    labelNames: ['connector'],
    registers,
  })
  for (const connector of labels.uses.filter((use) => use !== 'manual')) {
    retries.inc({ connector }, 0)
    throttled.inc({ connector }, 0)
  }
  return ({ use, kind, attempts, busy = 0, waitedMs, ms }) => {
    const connector = labels.of(use)
    durations.observe({ connector, outcome: kind }, Math.max(0, ms - waitedMs) / 1000)
    waits.observe({ connector }, waitedMs / 1000)
    retries.inc({ connector }, Math.max(0, attempts - 1))
    throttled.inc({ connector }, busy)
  }
}
