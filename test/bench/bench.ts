/**
 * `npm run bench`: what the issue promises of speed, each as a ratio of two things measured side by side in one run, so
 * that the machine matters little. `--json` for machines, names to run only some; exit 1 where a bound is missed.
 */
import { cpus, loadavg } from 'node:os'
import acknowledgement from './acknowledgement.ts'
import durableEvent from './durable-event.ts'
import { type Bound, type Figure, isMet, type Measure } from './figure.ts'
import leaver from './leaver.ts'
import page from './page.ts'
import ready from './ready.ts'
import sandboxSystems from './sandbox-systems.ts'

const measures: readonly Measure[] = [leaver, sandboxSystems, acknowledgement, durableEvent, ready, page]

const args = process.argv.slice(2)
const json = args.includes('--json')
const names = args.filter((one) => one !== '--json')
const unknown = names.filter((name) => measures.every((one) => one.name !== name))
if (unknown.length > 0) {
  process.stderr.write(`There is no measure ${unknown[0]}; there are ${measures.map((one) => one.name).join(', ')}.\n`)
  process.exit(2)
}

const began = performance.now()
const found: Figure[] = []
for (const one of measures) {
  if (names.length > 0 && !names.includes(one.name)) continue
  for (const figure of await one.measure()) {
    found.push(figure)
    if (!json) process.stdout.write(`${spoken(figure)}\n`)
  }
}
const missed = found.filter((one) => one.bound && !isMet(one.value, one.bound))
const seconds = Math.round((performance.now() - began) / 1000)
const machine = { cores: cpus().length, load: loadavg()[0] ?? 0, node: process.version }
if (json)
  process.stdout.write(`${JSON.stringify({ machine, seconds, missed: missed.length, figures: found }, null, 2)}\n`)
else process.stdout.write(`\n${summary()}\n`)
process.exit(missed.length === 0 ? 0 : 1)

function spoken(figure: Figure): string {
  const { name, value, unit, spread, rounds, bound, goal, told } = figure
  const as = (one: number) => (unit === 'ms' ? `${one.toFixed(one < 10 ? 2 : 0)} ms` : one.toFixed(2))
  const range = `${as(spread.least)} to ${as(spread.most)} in ${rounds} rounds`
  const mark = bound && !isMet(value, bound) ? 'MISSED' : bound ? 'met' : ''
  const against = [bound && `${words(bound)}: ${mark}`, goal && `goal: ${words(goal)}`].filter(Boolean).join(', ')
  const head = `${name.padEnd(66)}${as(value).padStart(9)}  (${range})${against ? `  ${against}` : ''}`
  return [head, ...told.map((one) => `    ${one}`)].join('\n')
}

function words(bound: Bound): string {
  return 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`
}

function summary(): string {
  const where = `${machine.cores} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}, ${seconds} s`
  return missed.length === 0 ? `All bounds are met (${where}).` : `${missed.length} missed (${where}).`
}
