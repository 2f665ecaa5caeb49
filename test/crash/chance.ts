/** Chance that can be asked again: one number is its whole state. */

/** Mulberry32: quick, and good enough to scatter. Answers at least 0 and below 1, and the next state. */
export function drawn(state: number): { value: number; state: number } {
  const next = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, state: next }
}

export type Chance = () => number

export function chanceFrom(seed: number): Chance {
  let state = seed | 0
  return () => {
    const one = drawn(state)
    state = one.state
    return one.value
  }
}

/** A seed from a text, so that equal states take equal chances. */
export function seedOf(text: string): number {
  let mixed = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  return mixed | 0
}

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[Math.floor(chance() * from.length)] as T
}

/** The same object has the same number, another one another: a cheap name for what never changes. */
const names = new WeakMap<object, number>()
let given = 0
export function nameOf(thing: object): number {
  const known = names.get(thing)
  if (known !== undefined) return known
  given += 1
  names.set(thing, given)
  return given
}
