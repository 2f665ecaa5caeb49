/** JSON of any shape, and honest JSON with something done to it. */
import fc from 'fast-check'
import { shortText, text } from './texts.ts'

/** Something at one place of a value: which place is told by a number, so that it can be shrunk. */
export interface Change {
  at: number
  how: How
}

type How =
  | { kind: 'remove' }
  | { kind: 'put'; value: unknown }
  | { kind: 'text'; text: string }
  | { kind: 'wrap' }
  | { kind: 'flip' }
  | { kind: 'double' }
  | { kind: 'copy'; with: number }
  | { kind: 'key'; key: string; value: unknown }
  | { kind: 'deep'; levels: number }

const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'length',
  'toString',
  'valueOf',
  '',
  'id',
  'type',
]

export const anything: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -0, '', [], {}),
    shortText,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: tie('leaf') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...keys), shortText), tie('value')), { maxLength: 4 })
        .map((entries) => own(entries)),
    },
  ),
})).value

/** As `JSON.parse` makes it: `__proto__` is a key like any other. */
function own(entries: readonly [string, unknown][]): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [key, value] of entries) Object.defineProperty(made, key, { ...plain, value })
  return made
}

const how: fc.Arbitrary<How> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<How>({ kind: 'remove' }) },
  { weight: 6, arbitrary: anything.map((value): How => ({ kind: 'put', value })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<How>(
      { kind: 'put', value: null },
      { kind: 'put', value: '' },
      { kind: 'put', value: {} },
      { kind: 'put', value: [] },
    ),
  },
  { weight: 3, arbitrary: text.map((one): How => ({ kind: 'text', text: one })) },
  { weight: 2, arbitrary: fc.constantFrom<How>({ kind: 'wrap' }, { kind: 'flip' }, { kind: 'double' }) },
  { weight: 2, arbitrary: fc.nat(1000).map((other): How => ({ kind: 'copy', with: other })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...keys), anything).map(([key, value]): How => ({ kind: 'key', key, value })),
  },
  { weight: 1, arbitrary: fc.nat(20_000).map((levels): How => ({ kind: 'deep', levels })) },
)

export const change: fc.Arbitrary<Change> = fc.record({ at: fc.nat(10_000), how })

interface Place {
  holder: Record<string, unknown> | unknown[]
  key: string | number
  /** Undefined at the root. */
  within: Place | undefined
}

/** A changed copy. What goes deep comes last: nothing here could copy it. */
export function changedBy(value: unknown, changes: readonly Change[]): unknown {
  const [last] = changes.filter((one) => one.how.kind === 'deep')
  const order = [...changes.filter((one) => one.how.kind !== 'deep'), ...(last ? [last] : [])]
  return order.reduce((now, one) => changed(now, one).value, value)
}

export interface ChangedJson {
  value: unknown
  /** Where it was changed: `value.0.accountEnabled`. */
  path: string
  /** What stood there, and what stands there now. */
  before: unknown
  after: unknown
  /** Whether it is one of a list. */
  inList: boolean
}

export function changed(value: unknown, { at, how }: Change): ChangedJson {
  const root = { root: copied(value) }
  const places = placesIn(root)
  const place = places[at % places.length]!
  const { holder, key } = place
  const read = () => (holder as Record<string | number, unknown>)[key]
  const before = read()
  apply(place, places, how)
  return {
    value: root.root,
    path: pathTo(place),
    before,
    after: how.kind === 'remove' ? undefined : read(),
    inList: Array.isArray(holder),
  }
}

function apply({ holder, key }: Place, places: readonly Place[], how: How): void {
  const box = holder as Record<string | number, unknown>
  const old = box[key]
  if (how.kind === 'remove') remove(holder, key)
  else if (how.kind === 'put') box[key] = how.value
  else if (how.kind === 'text') box[key] = how.text
  else if (how.kind === 'wrap') box[key] = [old]
  else if (how.kind === 'flip') box[key] = flipped(old)
  else if (how.kind === 'double') box[key] = Array.isArray(old) ? [...old, ...old] : { value: old, other: old }
  else if (how.kind === 'copy') copyOver(box, key, places[how.with % places.length]!)
  else if (how.kind === 'key') box[key] = own([...Object.entries(isObject(old) ? old : {}), [how.key, how.value]])
  else box[key] = nested(how.levels)
}

function remove(holder: Place['holder'], key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[String(key)]
}

/** A value as somebody careless would write it: `"true"` for true, 12 for "12". */
function flipped(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return value === '' || Number.isNaN(Number(value)) ? value.length : Number(value)
  return JSON.stringify(value) ?? null
}

/** A value takes the place of another; within itself it would go round in circles. */
function copyOver(box: Record<string | number, unknown>, key: string | number, other: Place): void {
  const there = other.holder as Record<string | number, unknown>
  box[key] = copied(there[other.key])
}

/** As many lists within each other; JSON takes it, and what walks it by calling itself must not fall over. */
export function nested(levels: number): unknown {
  while (depths.length <= levels) depths.push([depths.at(-1)])
  return depths[levels]
}

/** Each within the next: nobody changes what goes deep, so one serves for all. */
const depths: unknown[] = ['deep']

/** As JSON would copy it, and several times as quick; `structuredClone` writes it all out and reads it in again. */
function copied(value: unknown): unknown {
  if (!isObject(value)) return value
  if (Array.isArray(value)) return value.map(copied)
  const made: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const one = copied((value as Record<string, unknown>)[key])
    if (key === '__proto__') Object.defineProperty(made, key, { ...plain, value: one })
    else made[key] = one
  }
  return made
}

const plain = { enumerable: true, configurable: true, writable: true }

function placesIn(root: Record<string, unknown>): Place[] {
  const places: Place[] = []
  places.push({ holder: root, key: 'root', within: undefined })
  for (const place of places) {
    const value = (place.holder as Record<string | number, unknown>)[place.key]
    if (!isObject(value)) continue
    for (const key of Object.keys(value)) places.push({ holder: value as Place['holder'], key, within: place })
  }
  return places
}

function pathTo({ key, within }: Place): string {
  if (!within) return ''
  const before = pathTo(within)
  return before ? `${before}.${key}` : String(key)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
