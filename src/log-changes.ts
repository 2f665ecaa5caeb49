/** One log line for each thing that happens to an offboarding, with its id, for whoever looks into it later. */
import type { Log } from './log.ts'
import type { Event } from './offboarding/event.ts'
import type { Ledger } from './offboarding/ledger.ts'
import { goodEndings } from './offboarding/order.ts'

/** Ids only: names, addresses and what people wrote stay in the record. */
export function logChanges(ledger: Ledger, log: Log): void {
  ledger.onChange((one, event) => {
    const fields = { offboarding: one.id, state: one.state, ...detailsOf(event) }
    log[levelOf(event)](fields, event.type)
  })
}

function detailsOf(event: Event): object {
  const step = 'step' in event ? { step: event.step } : 'stepKey' in event ? { step: event.stepKey } : {}
  const by = 'by' in event ? { by: event.by.id } : {}
  if (event.type === 'step-ended' || event.type === 'give-back-ended')
    return { ...step, ending: event.ending, ms: event.ms }
  if (event.type === 'not-applied' || event.type === 'give-back-not-done') return { ...step, kind: event.kind }
  if (event.type === 'signed' || event.type === 'give-back-signed') return { ...by, role: event.role }
  if (event.type === 'planned') return { purpose: event.purpose, steps: event.plan.steps.length }
  if (event.type === 'watched') {
    const { cameBack, appeared, unseen } = event
    return { cameBack: cameBack.map((back) => back.step), appeared: appeared.length, unseen: unseen.length }
  }
  return { ...step, ...by }
}

const details: ReadonlySet<Event['type']> = new Set(['intended', 'answered', 'posting', 'posted', 'step-started'])
const worrying: ReadonlySet<Event['type']> = new Set(['expired', 'quarantined', 'halted', 'post-failed'])

/** `warn` is what somebody should look at; what an offboarding consists of in detail is `debug`. */
function levelOf(event: Event): 'warn' | 'info' | 'debug' {
  if (event.type === 'step-ended' || event.type === 'give-back-ended')
    return goodEndings.includes(event.ending) ? 'info' : 'warn'
  if (event.type === 'not-applied') return event.kind === 'denied' ? 'warn' : 'info'
  if (event.type === 'watched')
    return event.cameBack.length + event.appeared.length + event.unseen.length > 0 ? 'warn' : 'info'
  if (worrying.has(event.type)) return 'warn'
  return details.has(event.type) ? 'debug' : 'info'
}
