/** Loaded into the real process before `src/main.ts`, which stays as it is. */
import { readSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { bend } from './fixed-run-bend.ts'
import type { Bending, WorldTime } from './fixed-run-time.ts'

const told = JSON.parse(process.env.FIXED_RUN ?? '{}') as Bending
bend(told)
if (told.planted) await import(told.planted)

/** The time may have changed meanwhile: it is what lets it go on. */
function waitForTime(): WorldTime {
  const text = Buffer.alloc(1000)
  const bytes = readSync(0, text)
  return JSON.parse(text.toString('utf8', 0, bytes)) as WorldTime
}

// Everything is loaded, nothing is opened: whoever wants to look at each system call from here on attaches now.
if (told.waits) {
  await Promise.all([import('../../src/cli/start.ts'), import('@aws-sdk/client-iam'), import('@aws-sdk/client-sts')])
  // The thread for files is there from its first work on.
  await stat(import.meta.filename)
  process.stdout.write('loaded\n')
  bend({ ...told, time: waitForTime() })
}
