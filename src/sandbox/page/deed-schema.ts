/** What the page may send: everything in it is checked before anybody looks at it. */
import { z } from 'zod'
import type { Deed, Knob } from './shapes.ts'

const id = z.string().min(1).max(255)
const text = z.string().max(20_000)
const thing = z.record(z.string().max(255), z.unknown())
const value = z.union([text, z.number(), z.boolean(), z.null(), thing, z.array(z.union([text, thing])).max(200)])
const values = z.record(id, value)
const persona = id
const ts = z.string().regex(/^\d+\.\d{6}$/)

const place = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('message'), conversation: id, ts }),
  z.strictObject({ in: z.literal('whisper'), ts }),
  z.strictObject({ in: z.literal('view'), id }),
])

function deed<const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.strictObject({ do: z.literal(name), persona, ...shape })
}

export const DeedShape = z.discriminatedUnion('do', [
  deed('command', { conversation: id, line: text, thread: ts.optional() }),
  deed('write', { conversation: id, text: text.min(1), thread: ts.optional() }),
  deed('click', { on: place, action: id, block: id, value: value.optional(), values: values.optional() }),
  deed('suggest', { on: place, action: id, block: id, query: z.string().max(255) }),
  deed('submit', { view: id, values }),
  deed('close', { view: id }),
  deed('home', {}),
  deed('shortcut', { shortcut: id }),
  deed('message-shortcut', { shortcut: id, conversation: id, ts }),
  deed('dismiss', { ts }),
  deed('read', { conversation: id }),
  deed('reload', {}),
])

const longestMove = 400 * 24 * 3600_000

export const KnobShape = z.discriminatedUnion('turn', [
  z.strictObject({
    turn: z.literal('vendor'),
    vendor: id,
    to: z.enum(['normal', 'slow', 'throttled', 'failing', 'refusing']),
  }),
  z.strictObject({ turn: z.literal('give-back'), vendor: id }),
  z.strictObject({ turn: z.literal('lose-reply') }),
  z.strictObject({ turn: z.literal('deliver-twice') }),
  z.strictObject({ turn: z.literal('refresh-socket'), which: z.enum(['one', 'all']) }),
  z.strictObject({ turn: z.literal('slack-away'), away: z.boolean() }),
  z.strictObject({ turn: z.literal('clock'), ms: z.number().int().positive().max(longestMove) }),
  z.strictObject({ turn: z.literal('restart') }),
  z.strictObject({ turn: z.literal('anew') }),
])

/** Throws a sentence that names each field that is wrong. */
export function readDeed(given: unknown): Deed {
  return read(DeedShape, given) as Deed
}

export function readKnob(given: unknown): Knob {
  return read(KnobShape, given)
}

/** Malformed: answered with 400. */
export class Malformed extends Error {}

function read<T>(shape: z.ZodType<T>, given: unknown): T {
  const found = shape.safeParse(given)
  if (found.success) return found.data
  const words = found.error.issues.map((issue) => `${issue.path.join('.') || 'the request'}: ${issue.message}`)
  throw new Malformed(words.join('; '))
}
