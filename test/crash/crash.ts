/**
 * `npm run crash`: the process dies at every input and output, and loses and doubles nothing.
 *
 *   --layer simulated|syscalls|soak|storms   one of them; all when absent
 *   --points N       simulated crashes, at least; 100,000 when absent
 *   --seed S         that seed of the simulated world alone; with --point P that point alone, as a failure names it
 *   --seconds N      how long the soak lasts
 *   --json           the last line is {"points":N,"lost":0,"doubled":0,"syscalls":N,"seeds":N}
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Failure } from './enumerate.ts'
import { run as runSimulated } from './simulated.ts'

interface Layer {
  points: number
  lost: number
  doubled: number
  failures: readonly string[]
}

const { values } = parseArgs({
  options: {
    layer: { type: 'string' },
    points: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    point: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const sum = { points: 0, lost: 0, doubled: 0, syscalls: 0, seeds: 0 }
const failures: string[] = []

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/**
 * Side by side: real processes wait most of the time, and what only counts yields to them (nice), so that none of them
 * is late for its own time-outs.
 */
const tracks = [
  ['simulated', 'storms'],
  ['syscalls', 'soak'],
] as const

type Name = (typeof tracks)[number][number]

async function run(track: readonly Name[]): Promise<void> {
  for (const name of track) {
    if (values.layer !== undefined && values.layer !== name) continue
    await (name === 'simulated' ? simulated() : other(name))
  }
}

async function simulated(): Promise<void> {
  const begun = performance.now()
  const progress = process.stdout.isTTY ? say : () => undefined
  const done = await runSimulated({ points: Number(values.points), say: progress })
  const seconds = Math.round((performance.now() - begun) / 1000)
  sum.points += done.points
  sum.lost += done.lost
  sum.doubled += done.doubled
  sum.seeds += done.seeds
  say(
    `simulated: ${done.points} points (${done.faults} of them a disk that fails) in ${done.seeds} seeds, ${done.played} different recoveries played to the end, ${done.alike} read what another one had read, ${seconds} s`,
  )
  say(`  lost ${done.lost}, doubled ${done.doubled}, broken ${done.broken}`)
  failures.push(...done.failures.map(spoken))
}

function spoken({ seed, point, what, wrong }: Failure): string {
  const words = wrong.map((one) => `${one.kind}: ${one.what}`).join('; ')
  return `${what}: ${words}\n    again: npm run crash -- --seed ${seed} --point "${point}"`
}

/** Layers of real processes, where they are there. */
async function other(name: Exclude<Name, 'simulated'>): Promise<void> {
  const file = new URL(`./${name}.ts`, import.meta.url)
  if (!existsSync(file)) return say(`${name}: not there`)
  const layer: { run(options: { seconds?: number }): Promise<Layer> } = await import(file.href)
  const done = await layer.run(values.seconds ? { seconds: Number(values.seconds) } : {})
  if (name === 'syscalls') sum.syscalls += done.points
  else if (name === 'storms') sum.seeds += done.points
  else sum.points += done.points
  sum.lost += done.lost
  sum.doubled += done.doubled
  say(`${name}: ${done.points} points, lost ${done.lost}, doubled ${done.doubled}`)
  failures.push(...done.failures.map((one) => `${name}: ${one}`))
}

async function oneSeed(seed: number): Promise<void> {
  const { showPoint, showSeed } = await import('./one-seed.ts')
  const found = values.point ? await showPoint(seed, values.point, say) : await showSeed(seed)
  sum.seeds = 1
  sum.points = found.points
  for (const { wrong } of found.failures)
    for (const kind of new Set(wrong.map((one) => one.kind))) if (kind !== 'broken') sum[kind] += 1
  failures.push(...found.failures.map(spoken))
}

if (values.seed) await oneSeed(Number(values.seed))
else await Promise.all(tracks.map(run))
for (const failure of failures.slice(0, 20)) say(`  ${failure}`)
if (failures.length > 20) say(`  and ${failures.length - 20} more`)
if (values.json) say(JSON.stringify(sum))
process.exitCode = failures.length > 0 || sum.lost > 0 || sum.doubled > 0 ? 1 : 0
