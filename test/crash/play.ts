/** From where a world stands to the very end: done, every message sent, put away; then judged. */
import { judge, type Wrong, watchEndings, watchOver } from './invariants.ts'
import { type Bent, type Life, live } from './life.ts'
import * as time from './time.ts'
import type { World } from './world.ts'

export interface Played {
  wrong: readonly Wrong[]
  /**
   * It did not come to its end: the process died at a point, it had to stop (or would not start), or nothing came of it
   * in its time.
   */
  ended?: 'died' | 'stopped' | 'stuck'
  life?: Life
}

const hour = 3600_000
/** A run that takes longer than this in its own time, put away or not, does not end. */
const longestMs = 30 * hour

export async function play(world: World, bent: Bent = {}, patienceMs = longestMs): Promise<Played> {
  const progress: { life?: Life; finished?: true; failed?: unknown } = {}
  watchOver(world)
  const story = async () => {
    progress.life = await live(world, bent)
    watchEndings(world, progress.life)
    await toTheEnd(progress.life, world.scene.closes)
    progress.finished = true
  }
  story().catch((error) => {
    progress.failed = error ?? new Error('failed')
  })
  const isFatal = () => (progress.life?.fatal.length ?? 0) > 0
  const over = () => progress.finished === true || 'failed' in progress || world.dead || isFatal()
  const reached = await time.run(over, time.now() + patienceMs)
  const { life } = progress
  const of = life ? { life } : {}
  if (world.dead) return { wrong: [], ended: 'died', ...of }
  if (isFatal()) return { wrong: [broken(`it stopped: ${wordsOf(life?.fatal[0])}`)], ended: 'stopped', ...of }
  if ('failed' in progress)
    return { wrong: [broken(`it failed: ${wordsOf(progress.failed)}`)], ended: 'stopped', ...of }
  if (!life || !reached)
    return { wrong: [{ kind: 'lost', what: `it never ends (${stuckAt(life)})` }], ended: 'stuck', ...of }
  return { wrong: await judge(world, life), life }
}

async function toTheEnd(life: Life, closes: boolean): Promise<void> {
  const { ledger } = life.engine
  const done = () => {
    const one = ledger.get('off-1')
    return one?.state === 'done' && Object.values(one.steps).every((run) => run.state === 'ended')
  }
  if (!closes) {
    await until(done)
    return life.outbox.idle()
  }
  const isClosed = async () => (await life.store.closed(1)).length > 0
  while (!done() && !(await isClosed())) await time.sleep(500)
  if (await isClosed()) return life.outbox.idle()
  await life.outbox.idle()
  time.skip(25 * hour)
  await until(() => ledger.get('off-1') === undefined)
  while (!(await isClosed())) await time.sleep(500)
  await life.outbox.idle()
}

async function until(good: () => boolean): Promise<void> {
  while (!good()) await time.sleep(500)
}

function broken(what: string): Wrong {
  return { kind: 'broken', what }
}

function stuckAt(life: Life | undefined): string {
  const one = life?.engine.ledger.get('off-1')
  const steps = Object.values(one?.steps ?? {}).map((run) => `${run.key} ${run.state} ${run.ending ?? ''}`)
  return `${one?.state ?? 'not there'}; ${steps.join(', ')}; ${life?.outbox.problem() ?? ''}`
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
