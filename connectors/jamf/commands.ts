/** Orders to devices (MDM commands): sent once, and read back. */
import { z } from 'zod'
import { type Receipt, Rejected } from '../../src/connector.ts'
import { type Device, everything, type JamfAt, refOf } from './devices.ts'

const CommandShape = z.object({
  uuid: z.string().nullish(),
  commandType: z.string().nullish(),
  /** PENDING, ACKNOWLEDGED, NOT_NOW, ERROR (GET /v2/mdm/commands), and COMMAND_FORMAT_ERROR since Jamf Pro 11.30. */
  commandState: z.string(),
  dateSent: z.string().nullish(),
  dateCompleted: z.string().nullish(),
  commandError: z.object({ errorEnglishDescription: z.string().nullish() }).nullish(),
})
type Command = z.infer<typeof CommandShape>

export type Kind = 'DEVICE_LOCK' | 'ENABLE_LOST_MODE' | 'ERASE_DEVICE'

export interface Ordered {
  state: 'pending' | 'done' | 'failed'
  fact: string
}

/** Our clock and Jamf's may differ by so much. */
const skewMs = 5 * 60_000
/** The nodes of Jamf's cloud learn of a change one after the other; what was answered shows on all within this time. */
const showsWithinMs = 10 * 60_000

/**
 * How the newest order of this kind stands. A finished one counts only where it ended in this offboarding: a Mac that was
 * locked last year, and unlocked since, is not locked. Undefined where there is none.
 */
export async function orderOf(at: JamfAt, device: Device, kind: Kind): Promise<Ordered | undefined> {
  return judged(at, refOf(device), kind, await at.once(`${kind} ${refOf(device)}`, () => commandsOf(at, device, kind)))
}

/** The same of a device that Jamf Pro lists no more: only the order itself can be asked for, by what it answered with. */
export async function orderWithout(at: JamfAt, ref: string, kind: Kind): Promise<Ordered | undefined> {
  return judged(at, ref, kind, await ownOrder(at, ref, kind))
}

function judged(at: JamfAt, ref: string, kind: Kind, all: readonly Command[]): Ordered | undefined {
  const waiting = all.find(({ commandState }) => commandState === 'PENDING' || commandState === 'NOT_NOW')
  if (waiting) return { state: 'pending', fact: factOf(kind, waiting) }
  if (isUnseen(at, ref, all)) return { state: 'pending', fact: `${kind} was accepted and does not show yet` }
  const intended = at.applied(ref)?.intentAt.getTime() ?? Number.POSITIVE_INFINITY
  const since = Math.min(intended, at.effectiveAt.getTime()) - skewMs
  const [newest] = all.filter((one) => endOf(one) >= since).sort((a, b) => endOf(b) - endOf(a))
  if (!newest) return undefined
  if (newest.commandState === 'ACKNOWLEDGED') return { state: 'done', fact: factOf(kind, newest) }
  if (failed.has(newest.commandState)) return { state: 'failed', fact: factOf(kind, newest) }
  throw new Rejected(`Jamf Pro says "${newest.commandState}" of an order, which is not known here: nothing was done.`)
}

const failed = new Set(['ERROR', 'COMMAND_FORMAT_ERROR'])

function isUnseen(at: JamfAt, ref: string, all: readonly Command[]): boolean {
  const { answeredAt, receipt } = at.applied(ref) ?? {}
  if (!answeredAt || typeof receipt?.command !== 'string') return false
  return answeredAt.getTime() > Date.now() - showsWithinMs && !all.some(({ uuid }) => uuid === receipt.command)
}

function endOf({ dateCompleted: ended, dateSent: sent }: Command): number {
  const time = Date.parse(ended || sent || '')
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

function factOf(kind: Kind, { commandState, commandError, dateCompleted: ended, dateSent: sent }: Command): string {
  const why = failed.has(commandState) && commandError?.errorEnglishDescription
  const when = (ended || sent || '').slice(0, 10)
  return `${kind} ${commandState}${when && `, ${when}`}${why ? ` (${why})` : ''}`
}

/** A filter is mandatory; what goes into it is a UUID and a word of ours. */
async function commandsOf(at: JamfAt, device: Device, kind: Kind): Promise<Command[]> {
  const found = await listed(at, `clientManagementId==${addressOf(device)};command==${kind}`, kind)
  // A device that enrols again, as a wiped one does, may get another address.
  const own = at.applied(refOf(device))?.receipt?.command
  return found.some(({ uuid }) => uuid === own) ? found : [...found, ...(await ownOrder(at, refOf(device), kind))]
}

/** By the UUID that the order was answered with. */
async function ownOrder(at: JamfAt, ref: string, kind: Kind): Promise<Command[]> {
  const own = at.applied(ref)?.receipt?.command
  if (typeof own !== 'string' || !isUuid(own)) return []
  return (await listed(at, `uuid==${own}`, kind)).filter(({ uuid }) => uuid === own)
}

async function listed({ client }: JamfAt, filter: string, kind: Kind): Promise<Command[]> {
  const query = { filter, sort: 'dateSent:desc' }
  const found = await everything(client, 'list MDM commands', '/v2/mdm/commands', CommandShape, query)
  return found.filter(({ commandType }) => commandType === kind)
}

function isUuid(text: string): boolean {
  return /^[0-9a-f-]{36}$/i.test(text)
}

/** The address that orders go to. Throws Rejected where the device has none. */
export function addressOf({ managementId, label }: Device): string {
  if (!managementId || !isUuid(managementId))
    throw new Rejected(`${label} has no management id in Jamf Pro, so nothing can be sent to it.`)
  return managementId
}

const Queued = z.array(z.object({ id: z.string().min(1) })).min(1)

/** Queues it (201), and answers with its UUID where Jamf Pro tells it. Jamf Pro queues a second one too, so whoever sends has looked before. */
export async function send(at: JamfAt, device: Device, command: { commandType: string }): Promise<Receipt> {
  const json = { clientData: [{ managementId: addressOf(device) }], commandData: command }
  const asking = { method: 'POST' as const, json }
  const { body } = await at.client.api.order('send an MDM command', '/v2/mdm/commands', asking)
  // It is queued whatever the answer looks like, and the list of commands is what counts.
  const [queued] = Queued.safeParse(body).data ?? []
  return queued ? { command: queued.id } : {}
}

/** An order is decided on what is so now, not on what the round has read. */
export function fresh(at: JamfAt): JamfAt {
  return { ...at, once: (_key, read) => read() }
}
