/** What every door is: parts that each take many inputs, held with fast-check so that what fails is shrunk and can be run again. */
import fc from 'fast-check'

export interface Task {
  /** A whole number; the same seed gives the same inputs. */
  seed: number
  inputs: number
  /** fast-check's own path to one input, as a failure prints it. */
  path?: string | undefined
  /** The first failure as it is. */
  noShrinking?: true
}

export interface Held {
  inputs: number
  failure?: Failure
}

export interface Failure {
  seed: number
  path: string
  /** The smallest input that still fails. */
  input: string
  error: string
}

export interface Part {
  name: string
  /** How many of the door's inputs are this part's, beside the others'. */
  share: number
  hold(task: Task): Promise<Held>
}

export interface Door {
  name: string
  /** Of the inputs that are asked for; 1 when absent. */
  scale?: number
  parts: readonly Part[]
}

/** So long may one input take before it counts as a hang, in ms; far beyond what any takes on a busy machine. */
const patience = 60_000
/** From the first failure on, in ms; then what was found is small enough. */
const longestShrinking = 240_000

/** Where a part is; fast-check's own limits on time would take a timer and a race of promises for each input. */
interface Progress<T> {
  tried: number
  /** The input being tried. */
  now?: { input: T; since: number } | undefined
  /** The first that failed: its place, and when. */
  failed?: { at: number; since: number }
}

export async function hold<T>(task: Task, inputs: fc.Arbitrary<T>, check: (input: T) => unknown): Promise<Held> {
  const progress: Progress<T> = { tried: 0 }
  const property = fc.asyncProperty(inputs, (input) => tried(progress, input, check))
  const watch = watchOver(progress, task)
  try {
    const checked = fc.check(property, {
      seed: task.seed,
      numRuns: task.inputs,
      ...(task.path ? { path: task.path } : {}),
      ...(task.noShrinking ? { endOnFailure: true } : {}),
    })
    const details = await Promise.race([checked, watch.hung])
    if ('failure' in details) return details
    const { failed, numRuns, counterexample, counterexamplePath, errorInstance, seed } = details
    if (!failed) return { inputs: numRuns }
    const input = clip(fc.stringify(counterexample?.[0]), 3000)
    return { inputs: numRuns, failure: { seed, path: counterexamplePath ?? '', input, error: told(errorInstance) } }
  } finally {
    watch.end()
  }
}

async function tried<T>(progress: Progress<T>, input: T, check: (input: T) => unknown): Promise<void> {
  const since = performance.now()
  if (progress.failed && since - progress.failed.since > longestShrinking) return
  const at = progress.tried
  progress.tried += 1
  progress.now = { input, since }
  try {
    await check(input)
    const took = performance.now() - since
    if (took > patience) throw new Error(`it took ${Math.round(took)} ms`)
  } catch (error) {
    progress.failed ??= { at, since }
    throw error
  } finally {
    progress.now = undefined
  }
}

/** What never answers fails too, with what it takes to see it again. */
function watchOver<T>(progress: Progress<T>, { seed, path }: Task): { hung: Promise<Required<Held>>; end(): void } {
  const { promise: hung, resolve } = Promise.withResolvers<Required<Held>>()
  const timer = setInterval(() => {
    const { tried: inputs, now, failed } = progress
    if (!now || performance.now() - now.since < patience) return
    const input = clip(fc.stringify(now.input), 3000)
    const error = `no end after ${patience / 1000} s`
    resolve({ inputs, failure: { seed, path: path ?? String(failed?.at ?? inputs - 1), input, error } })
  }, patience / 10)
  return { hung, end: () => clearInterval(timer) }
}

/** A part whose inputs mostly wait runs in lanes, each with seeds of its own; what failed is shrunk in one of them. */
export async function inLanes(task: Task, most: number, lane: (task: Task) => Promise<Held>): Promise<Held> {
  if (task.path) return lane(task)
  const count = Math.min(most, task.inputs)
  const share = (index: number) => Math.floor((task.inputs + index) / count)
  const tasks = Array.from({ length: count }, (_, index) => ({
    seed: task.seed * most + index,
    inputs: share(index),
    noShrinking: true as const,
  }))
  const all = await Promise.all(tasks.map(lane))
  const inputs = all.reduce((sum, held) => sum + held.inputs, 0)
  const failure = all.find((held) => held.failure)?.failure
  if (!failure) return { inputs }
  const again = await lane({ seed: failure.seed, inputs: task.inputs, path: failure.path })
  return { inputs, failure: again.failure ?? failure }
}

/** Throws where it is not so, with words of its own. */
export function must(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise)
}

const unseen = /[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u

/** What a terminal or a reader could be misled by; line feeds are none of it. */
export function hasUnseen(text: string): boolean {
  return unseen.test(text)
}

export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`
}

function told(error: unknown): string {
  return clip(error instanceof Error ? (error.stack ?? error.message) : String(error), 3000)
}
