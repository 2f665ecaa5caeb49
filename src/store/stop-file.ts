/**
 * The stop sign as a file in the data folder, `stop.json`: the command line puts it up while the bot holds the folder's
 * lock, and it outlives both. Read synchronously, since it is asked before each request that leaves; a person in a hurry
 * may make the file by hand, with anything in it.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Sign, StopSign } from '../offboarding/halt.ts'
import { Instant, Person } from '../offboarding/offboarding.ts'

const Content = z.discriminatedUnion('stopped', [
  z.object({ stopped: z.literal(true), at: Instant, by: Person, why: z.string() }),
  z.object({ stopped: z.literal(false), at: Instant, by: Person }),
])

export function stopFile(folder: string): StopSign {
  const file = join(folder, 'stop.json')
  return {
    read: () => read(file),
    put(sign) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const draft = `${file}.draft`
      const handle = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
      try {
        writeSync(handle, `${JSON.stringify(sign)}\n`)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      renameSync(draft, file)
      syncFolder(dirname(file))
    },
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function read(file: string): Sign | undefined {
  try {
    if (!statSync(file, { throwIfNoEntry: false })) return undefined
    return Content.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Whatever is wrong with it: somebody meant something by it, and stopping harms nobody.
    const by = { id: 'host', name: 'somebody on the host' }
    return {
      stopped: true,
      at: new Date(0).toISOString(),
      by,
      why: `${file} is there and cannot be read as a stop sign`,
    }
  }
}
