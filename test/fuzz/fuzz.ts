/**
 * `npm run fuzz [-- --door NAME --part NAME --seed S --path P --inputs N --json]`: holds every door against many inputs, in a
 * few threads side by side. What fails is shrunk, and printed with what it takes to see it again.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Failure } from './door.ts'
import type { Order, Plan, Told } from './worker.ts'

/** One more than there are cores: requests to the receiver wait most of the time. */
const threads = availableParallelism() + 1
/** No part of a door is silent for so long, in ms, unless something hangs. */
const longestSilence = 300_000
/** More than V8 gives a thread: what one input leaves behind is gone before it has to be moved. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 }
/** One order is at most so many inputs, so that the threads end at about the same time. */
const chunk = 12_500

const { values } = parseArgs({
  options: {
    door: { type: 'string' },
    part: { type: 'string' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    inputs: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
})
const print = (text: string) => void process.stdout.write(`${text}\n`)

function ordersOf(doors: Plan): Order[] {
  const chosen = doors.filter((door) => values.door === undefined || door.name === values.door)
  const orders = chosen.flatMap((door) => partsOf(door).flatMap((part) => ordersFor(door, part)))
  if (orders.length === 0)
    throw new Error(`there is no such door or part; doors are ${doors.map((one) => one.name).join(', ')}`)
  return orders
}

function partsOf(door: Plan[number]): Plan[number]['parts'] {
  return door.parts.filter((part) => values.part === undefined || part.name === values.part)
}

function ordersFor(door: Plan[number], part: Plan[number]['parts'][number]): Order[] {
  const seed = Number(values.seed)
  const head = { door: door.name, part: part.name }
  const inputs = Math.max(1, Math.round(Number(values.inputs) * part.share * (door.scale ?? 1)))
  if (values.path) return [{ ...head, seed, inputs, path: values.path }]
  const count = Math.ceil(inputs / chunk)
  const share = (index: number) => Math.floor((inputs + index) / count)
  return Array.from({ length: count }, (_, index) => ({ ...head, seed: seed * 1000 + index, inputs: share(index) }))
}

interface Result {
  inputs: Map<string, number>
  ms: Map<string, number>
  failures: (Failure & { door: string; part: string })[]
}

/** Dear parts first, and those of one door after each other: what a door needs is made once a thread. */
async function work(worker: Worker, orders: Order[], result: Result): Promise<void> {
  try {
    for (let order = orders.shift(); order; order = orders.shift()) {
      try {
        keep(result, await answerTo<Told>(worker, order))
      } catch (error) {
        const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
        result.failures.push({ ...order, path: '', input: 'not known: the thread itself ended', error: told })
        return
      }
    }
  } finally {
    await worker.terminate()
  }
}

/** The plan, where nothing is ordered. */
function answerTo<T>(worker: Worker, order?: Order): Promise<T> {
  return new Promise((done, failed) => {
    const silence = setTimeout(
      () => failed(new Error(`no answer for ${longestSilence / 1000} s: it hangs`)),
      longestSilence,
    )
    const answered = (told: T) => {
      clearTimeout(silence)
      worker.off('error', broken)
      done(told)
    }
    const broken = (error: Error) => {
      clearTimeout(silence)
      worker.off('message', answered)
      failed(error)
    }
    worker.once('message', answered)
    worker.once('error', broken)
    if (order) worker.postMessage(order)
  })
}

function keep({ inputs, ms, failures }: Result, told: Told): void {
  const { door, part } = told.order
  inputs.set(door, (inputs.get(door) ?? 0) + told.inputs)
  ms.set(door, (ms.get(door) ?? 0) + told.ms)
  if (told.failure) failures.push({ ...told.failure, door, part })
  if (!values.json)
    print(`${told.failure ? 'FAILED' : 'held  '} ${door}/${part}: ${told.inputs} inputs in ${told.ms} ms`)
}

const result: Result = { inputs: new Map(), ms: new Map(), failures: [] }
const workers = Array.from(
  { length: threads },
  () => new Worker(new URL('worker.ts', import.meta.url), { resourceLimits }),
)
const [plan] = await Promise.all(workers.map((worker) => answerTo<Plan>(worker)))
const orders = ordersOf(plan!)
await Promise.all(workers.map((worker) => work(worker, orders, result)))
for (const one of result.failures) {
  const again = `npm run fuzz -- --door ${one.door} --part ${one.part} --seed ${one.seed} --path ${one.path}`
  process.stderr.write(
    `\n${one.door}/${one.part} was not held.\n${one.error}\ninput: ${one.input}\nsee it again: ${again}\n`,
  )
}
const told = [...result.inputs].map(([door, inputs]) => ({ door, inputs, ms: result.ms.get(door) ?? 0 }))
if (!values.json) for (const one of told) print(`${one.door}: ${one.inputs} inputs, ${one.ms} ms of one thread`)
const all = told.reduce((sum, one) => sum + one.inputs, 0)
print(JSON.stringify({ inputs: all, failures: result.failures.length, doors: Object.fromEntries(result.inputs) }))
process.exitCode = result.failures.length > 0 ? 1 : 0
