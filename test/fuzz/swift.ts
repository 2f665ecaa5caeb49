/**
 * Bottleneck waits a timer's tick for each job, which costs more than the job does here. In a process that only fuzzes,
 * a timer that is due at once is a turn of the event loop.
 */
const later = globalThis.setTimeout
const cancel = globalThis.clearTimeout

export function swiftTimers(): void {
  globalThis.setTimeout = Object.assign(
    (work: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      ms !== undefined && ms > 1 ? later(work, ms, ...args) : setImmediate(work, ...args),
    later,
  ) as unknown as typeof setTimeout
  globalThis.clearTimeout = ((timer: unknown) => {
    if (timer instanceof Immediate) clearImmediate(timer as never)
    else cancel(timer as never)
  }) as typeof clearTimeout
}

const probe = setImmediate(() => undefined)
clearImmediate(probe)
const Immediate = probe.constructor as abstract new () => unknown
