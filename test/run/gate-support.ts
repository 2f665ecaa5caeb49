/** A pretend vendor and a gate to it, for the gate's own tests. */
import { onTestFinished } from 'vitest'
import {
  type CallContext,
  type CallRecord,
  type ClosableGate,
  createGate,
  type GateOptions,
  inCall,
} from '../../src/run/gate.ts'
import { type Answer, type Asked, type Fault, type Pretend, pretend } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { skippingClock } from '../support/world-clock.ts'

export interface Bench {
  vendor: Pretend
  gate: ClosableGate
  records: CallRecord[]
  context: CallContext
  /** A call on behalf of `context`. */
  call(path: string, init?: RequestInit): Promise<Response>
  read(): Promise<Response>
  write(): Promise<Response>
}

export const address = 'https://api.vendor.test'
export const fastLimit = { id: 'all', perSecond: 400, concurrent: 10, source: 'of this test' }

export async function bench(
  options: Partial<GateOptions> & { handle?: (asked: Asked) => Answer | Promise<Answer>; faults?: Fault[] } = {},
): Promise<Bench> {
  const { handle = () => ({ status: 200, body: { ok: true } }), faults = [], ...rest } = options
  const vendor = await pretend({ hosts: ['api.vendor.test'], handle })
  vendor.faults.push(...faults)
  const records: CallRecord[] = []
  const gate = createGate({
    use: 'vendor',
    title: 'Vendor',
    renew: 'makes a new token in the console of Vendor, under API.',
    limits: [fastLimit],
    attemptTimeoutMs: 2_000,
    send: loopback([vendor]),
    clock: skippingClock(),
    random: () => 0.5,
    onCall: (record) => records.push(record),
    ...rest,
  })
  onTestFinished(async () => {
    await gate.close()
    await vendor.close()
  })
  const context: CallContext = { failures: [] }
  const call = (path: string, init?: RequestInit) => inCall(context, () => gate.fetch(`${address}${path}`, init))
  return {
    vendor,
    gate,
    records,
    context,
    call,
    read: () => call('/users/17'),
    write: () => call('/users/17', { method: 'PATCH', body: '{"active":false}', headers: json }),
  }
}

export const json = { 'content-type': 'application/json' }

/** The error that this ends in. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work
  } catch (error) {
    return error as Error
  }
  throw new Error('It went well, and was meant to fail.')
}
