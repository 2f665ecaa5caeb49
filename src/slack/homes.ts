/** App Home of those who look at it: drawn when they open it, and again when something changes that they see. */
import { createHash } from 'node:crypto'
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { isLeaver } from '../offboarding/leaver.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding } from '../offboarding/offboarding.ts'
import type { Reader } from './audience.ts'
import { home } from './views/home.ts'
import { troubleOf } from './web.ts'

export interface Homes {
  /** They opened it: drawn at once. */
  publish(user: string): Promise<void>
  /** Something changed: the homes that were opened are drawn again, soon. */
  changed(): void
  stop(): void
}

export interface HomesOptions {
  ledger: Ledger
  web: () => WebClient
  /** Undefined: somebody who sees nothing. */
  readerOf(user: string): Promise<Reader | undefined>
  clock: Clock
  log: Log
  link(one: Offboarding): string | undefined
}

/** views.publish is tier 4, a hundred a minute; a running offboarding changes every second. */
const pauseMs = 30_000
const mostKept = 40

export function createHomes(options: HomesOptions): Homes {
  const { ledger, web, clock, log } = options
  const drawn = new Map<string, string>()
  const stopping = new AbortController()
  let drawing = false
  let dirty = false

  async function draw(user: string): Promise<void> {
    const reader = await options.readerOf(user)
    const offboardings = reader ? ledger.open().filter((one) => !isLeaver(reader, one)) : []
    const links = Object.fromEntries(offboardings.flatMap((one) => linkEntry(one, options)))
    const view = home({ reader: user, holds: reader?.holds ?? [], offboardings, links })
    const hash = createHash('sha256').update(JSON.stringify(view)).digest('base64')
    if (drawn.get(user) === hash) return
    await web().views.publish({ user_id: user, view })
    drawn.delete(user)
    drawn.set(user, hash)
    const [oldest] = drawn.keys()
    if (drawn.size > mostKept && oldest) drawn.delete(oldest)
  }

  async function drawAll(): Promise<void> {
    while (dirty) {
      await clock.sleep(pauseMs, stopping.signal)
      dirty = false
      for (const user of [...drawn.keys()]) await draw(user).catch((error) => noted(log, error))
    }
  }

  return {
    async publish(user) {
      drawn.delete(user)
      await draw(user)
    },
    changed() {
      dirty = drawn.size > 0
      if (!dirty || drawing || stopping.signal.aborted) return
      drawing = true
      drawAll()
        .catch((error) => (stopping.signal.aborted ? undefined : noted(log, error)))
        .finally(() => {
          drawing = false
        })
        .catch((error) => noted(log, error))
    },
    stop: () => stopping.abort(new Error('stopping')),
  }
}

function linkEntry(one: Offboarding, { link }: HomesOptions): [string, string][] {
  const found = link(one)
  return found ? [[one.id, found]] : []
}

function noted(log: Log, error: unknown): void {
  log.warn({ trouble: troubleOf(error) }, 'a home tab could not be drawn')
}
