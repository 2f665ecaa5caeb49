/**
 * What is bent in a process that runs the product as it is: vendors' hosts are on loopback, time is the harness's, and
 * AWS has a few steps only, so that the run is short and always the same.
 */
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import aws from '../../connectors/aws/index.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { withSteps } from './fixed-run-steps.ts'
import { type Bending, worldTime } from './fixed-run-time.ts'

const TrueDate = Date
const trueWait = timers.setTimeout
const trueFetch = fetch
const whole = { ...aws }

export function bend({ vendors, time, steps }: Bending): void {
  bendTime(() => worldTime(time, TrueDate.now()), time.factor)
  const bent = loopback(vendors)
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    return url.hostname === '127.0.0.1' ? trueFetch(input, init) : bent(new Request(input, init))
  }
  Object.assign(aws, withSteps(whole, steps))
}

/** Only what waits through the product's clock is quicker: time-outs of SDKs and sockets stay as they are. */
function bendTime(now: () => number, factor: number): void {
  globalThis.Date = class extends TrueDate {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(now())
      else super(...(given as [number]))
    }
    static override now(): number {
      return now()
    }
  } as DateConstructor
  timers.setTimeout = (ms, value, options) => trueWait((ms ?? 1) / factor, value, options)
  syncBuiltinESMExports()
}
