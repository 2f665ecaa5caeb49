/** Runs a gesture so that the person always gets an answer: its reply, a refusal's words, or a reference for the log. */
import { randomBytes } from 'node:crypto'
import type { Log } from '../log.ts'
import { Refusal } from '../offboarding/decide.ts'
import type { Gesture, Reply, Said, Tools } from './gesture.ts'
import { readValue } from './views/refs.ts'

/** What is under way; a shutdown waits for it. */
export interface InFlight {
  track<T>(work: Promise<T>): Promise<T>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
  count(): number
}

export function inFlight(): InFlight {
  const open = new Set<Promise<unknown>>()
  return {
    track(work) {
      const settled = work.then(
        () => undefined,
        () => undefined,
      )
      open.add(settled)
      settled.finally(() => open.delete(settled)).catch(() => undefined)
      return work
    },
    async drained() {
      while (open.size > 0) await Promise.all(open)
    },
    count: () => open.size,
  }
}

export async function perform(gesture: Gesture, said: Said, tools: Tools, log: Log): Promise<Reply | undefined> {
  try {
    return await gesture.run(said, tools)
  } catch (error) {
    if (error instanceof Refusal) return { say: error.message }
    return { say: apology(log, error, { ...concerning(said), said: said.type, by: said.by.id }) }
  }
}

/** Which offboarding a button or a form was about; the form for asking carries something else. */
export function concerning(said: Said): { offboarding?: string } {
  const carried = said.type === 'click' ? said.value : said.type === 'form' ? said.view.memo : ''
  const { id } = readValue(carried)
  return /^[A-Za-z0-9-]{1,64}$/.test(id) ? { offboarding: id } : {}
}

/** Logs it under a reference that the person can give to IT. */
export function apology(log: Log, error: unknown, fields: object): string {
  const reference = randomBytes(3).toString('hex')
  log.error({ ...fields, reference, error }, 'a gesture failed')
  return `Something went wrong on our side (reference ${reference}). The card shows what stands; try again, and give IT the reference if it stays so.`
}
