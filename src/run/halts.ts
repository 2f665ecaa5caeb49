/** Holds the runner while the stop sign is up, and puts on record who put it up and who took it down. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { haltEvent, type Sign, type StopSign } from '../offboarding/halt.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Person } from '../offboarding/offboarding.ts'
import type { Runner } from './runner.ts'

export interface Halts {
  /** The sign, where it says stop. */
  stopped(): Extract<Sign, { stopped: true }> | undefined
  stop(by: Person, why: string): void
  resume(by: Person): void
  /** Follows the sign, whoever changed it; to be called often. */
  follow(): void
}

export function createHalts(options: {
  sign: StopSign
  runner: Runner
  ledger: Ledger
  clock: Clock
  log: Log
}): Halts {
  const { sign, runner, ledger, clock, log } = options
  let held = false
  const at = () => clock.now().toISOString()

  function stopped() {
    const now = sign.read()
    return now?.stopped ? now : undefined
  }

  function follow(): void {
    const now = sign.read()
    if (now?.stopped && !held) {
      log.warn({ by: now.by.name, why: now.why }, 'Everything is stopped: nothing is sent to any system.')
      runner.hold('everything is stopped')
    }
    if (!now?.stopped && held) {
      log.warn({ by: now?.by.name }, 'Latchkey goes on.')
      void runner.release()
    }
    held = now?.stopped ?? false
    for (const one of ledger.open()) {
      const event = haltEvent(now, one)
      if (event) ledger.record(one.id, event).catch((error) => log.warn({ offboarding: one.id, error }, 'not recorded'))
    }
  }

  return {
    stopped,
    follow,
    stop(by, why) {
      if (!stopped()) sign.put({ stopped: true, at: at(), by, why })
      follow()
    },
    resume(by) {
      if (stopped()) sign.put({ stopped: false, at: at(), by })
      follow()
    },
  }
}
