/**
 * A process that runs `latchkey start` again and again, each time over another data folder: starting a cold one takes
 * ten times as long, nearly all of it for loading modules.
 */
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { run } from '../../src/cli/run.ts'
import { bend } from './fixed-run-bend.ts'
import type { Bending } from './fixed-run-time.ts'

export type Order = { start: Record<string, string>; bending: Bending } | 'stop'

let stop: () => void = () => undefined

function die(error: unknown): never {
  process.stderr.write(`Latchkey stops: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

async function start(env: Record<string, string>, bending: Bending): Promise<void> {
  bend(bending)
  const ended = new Promise<void>((done) => {
    stop = done
  })
  const readFile = (path: string) => readFileSync(path, 'utf8')
  const err = (text: string) => void process.stderr.write(`${text}\n`)
  const code = await run({ args: ['start'], env, readFile, out: () => undefined, err, ended, die })
  process.send?.({ code })
}

process.on('message', (order: Order) => {
  if (order === 'stop') stop()
  else start(order.start, order.bending).catch(die)
})
process.on('unhandledRejection', die)
// As in a cold one that waits: all is loaded, and the thread for files is there.
await Promise.all([import('../../src/cli/start.ts'), import('@aws-sdk/client-iam'), import('@aws-sdk/client-sts')])
await stat(import.meta.filename)
process.send?.({ loaded: true })
