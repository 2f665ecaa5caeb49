/** What a measure finds: medians of several rounds, each round with both sides of the comparison, and how they spread. */

export interface Figure {
  name: string
  /** Median of the rounds. */
  value: number
  unit: 'times' | 'ms'
  spread: { least: number; most: number }
  rounds: number
  /** Exit code 1 where it is missed. */
  bound?: Bound
  /** Told, and nothing more. */
  goal?: Bound
  /** Lines for people: what it is made of. */
  told: readonly string[]
}

export type Bound = { atMost: number } | { atLeast: number }

export interface Measure {
  /** What `npm run bench -- NAME` calls it. */
  name: string
  measure(): Promise<readonly Figure[]>
}

export function figure(
  name: string,
  rounds: readonly number[],
  more: Partial<Pick<Figure, 'unit' | 'bound' | 'goal' | 'told'>> = {},
): Figure {
  const spread = { least: Math.min(...rounds), most: Math.max(...rounds) }
  return { name, value: median(rounds), unit: 'times', spread, rounds: rounds.length, told: [], ...more }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** `share`: 0.99 for p99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (low === undefined || high === undefined) throw new Error('there is nothing to take a quantile of')
  return low + (high - low) * (at - Math.floor(at))
}

export function isMet(value: number, bound: Bound): boolean {
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
