/** Orders to devices: how far they are, and that none is sent twice. */
import { z } from 'zod'
import { everyPage, path, Rejected } from '../../src/connector.ts'
import type { Device, KandjiAt } from './devices.ts'

const CommandShape = z.object({
  uuid: z.string().nullish(),
  /** Apple's own names: DeviceLock, EraseDevice. */
  request_type: z.string().nullish(),
  status: z.number().int(),
  date_requested: z.string().nullish(),
  /** Empty until it has ended. */
  date_completed: z.string().nullish(),
})
type Command = z.infer<typeof CommandShape>
const Commands = z.object({ commands: z.object({ results: z.array(CommandShape) }) })

export interface Ordered {
  state: 'pending' | 'done' | 'failed'
  fact: string
}

/** 1 pending, 2 running, 3 completed, 4 failed, 5 "not now" (Kandji API, Get Device Commands). */
const words = ['', 'pending', 'running', 'completed', 'failed', 'not now'] as const
/** Our clock and Kandji's may differ by so much. */
const skewMs = 5 * 60_000

/**
 * How the newest order of this kind stands. A finished one counts only where it ended in this offboarding: a Mac that was
 * locked last year, and unlocked since, is not locked. Undefined where there is none.
 */
export async function orderOf(at: KandjiAt, device: Device, kind: string): Promise<Ordered | undefined> {
  const all = (await at.once(`commands ${device.device_id}`, () => commandsOf(at, device))).filter(
    (one) => one.request_type === kind,
  )
  const waiting = all.find(({ status }) => status === 1 || status === 2 || status === 5)
  if (waiting) return { state: 'pending', fact: factOf(kind, waiting) }
  const intended = at.applied(device.device_id)?.intentAt.getTime() ?? Number.POSITIVE_INFINITY
  const since = Math.min(intended, at.effectiveAt.getTime()) - skewMs
  const [newest] = all.filter((one) => endOf(one) >= since).sort((a, b) => endOf(b) - endOf(a))
  if (!newest) return undefined
  return { state: newest.status === 3 ? 'done' : 'failed', fact: factOf(kind, newest) }
}

function endOf({ date_completed: ended, date_requested: asked }: Command): number {
  const time = Date.parse(ended || asked || '')
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

function factOf(kind: string, { status, date_completed: ended, date_requested: asked }: Command): string {
  const when = (ended || asked || '').slice(0, 10)
  return `${kind} ${words[status] ?? `status ${status}`}${when && `, ${when}`}`
}

function commandsOf({ client }: KandjiAt, { device_id: id }: Device): Promise<Command[]> {
  const { pageSize: limit } = client.settings
  return everyPage('Kandji', '0', async (offset) => {
    const asking = { query: { limit, offset } }
    const { commands } = await client.api.ask('list commands', path`/devices/${id}/commands`, Commands, asking)
    const { results } = commands
    return { items: results, next: results.length === 0 ? undefined : String(Number(offset) + results.length) }
  })
}

/** Whether Kandji refused because the same order is on its way already (400). */
export function isRunning(error: unknown): boolean {
  return error instanceof Rejected && error.status === 400 && /already running/i.test(error.message)
}

/** "This device is already locked." */
export function isLocked(error: unknown): boolean {
  return error instanceof Rejected && error.status === 400 && /already locked/i.test(error.message)
}
