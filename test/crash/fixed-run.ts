/**
 * Offboardings by the real process, always the same: a data folder that holds the requests, the plans and both
 * signatures of each, and around it a Slack and an AWS that live in the harness, new for each run. From there: start,
 * recover, plan again, the steps, the posts, done.
 */
import { accessSync, constants, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/clock.ts'
import { type CliBed, channel, openCliBed } from '../cli/bed.ts'
import { signedFolder } from './fixed-run-folder.ts'
import { coldLife, type Life, type WaitingLife, warmLife } from './fixed-run-life.ts'
import { type Bending, clockOf, type WorldTime } from './fixed-run-time.ts'

export interface RunOptions {
  /** Their addresses: one offboarding each. */
  leavers: readonly string[]
  /** The steps of AWS that there are. */
  steps: readonly string[]
  /** The data folder is in memory, where there is a file system for that: many syncs at once wait for one disk. */
  inMemory?: true
}

export interface FixedWorld {
  slack: CliBed['slack']
  aws: CliBed['vendors']['aws']
  channel: string
  clock: Clock
  /** The data folder of the process. */
  data: string
  options: RunOptions
  /** So much time has passed, for everybody who is started from now on, and for the systems around. */
  skip(ms: number): void
  start(how?: How): WaitingLife
  /** The same in a process that is kept warm; it waits for `go`. */
  startWarm(): WaitingLife
  close(): Promise<void>
}

export interface How {
  env?: Readonly<Record<string, string>>
  /** It waits, loaded, for `go`. */
  waits?: boolean
  /** A module that is loaded besides. */
  planted?: string | undefined
}

/**
 * How many times quicker time runs. No more: Slack's socket client compares its own, true timers with the time, and
 * takes a connection for dead that did not answer for five seconds.
 */
const factor = 2

export async function openFixedWorld(options: RunOptions): Promise<FixedWorld> {
  const time: WorldTime = { began: Date.now(), factor, skipped: 0 }
  const clock = clockOf(time)
  const from = await signedFolder(options)
  const bed = await openCliBed({ slack: { clock }, aws: { now: () => clock.now().getTime() } })
  const data = mkdtempSync(join(options.inMemory ? memoryFolder() : tmpdir(), 'latchkey-data-'))
  cpSync(from, data, { recursive: true })
  const settings = join(bed.folder, 'fixed-run.yaml')
  writeFileSync(settings, settingsText(bed))
  const { aws } = bed.vendors
  const vendors = [{ url: aws.url, hosts: aws.hosts }]
  const own = { LATCHKEY_SETTINGS: settings, LATCHKEY_DATA: data, LATCHKEY_LOG: 'warn' }
  const env = { ...(bed.env as Record<string, string>), ...own }
  const bending = (more: Partial<Bending> = {}): Bending => ({ vendors, time, steps: options.steps, ...more })
  const lives = new Set<Life>()
  function watched<L extends Life>(life: L): L {
    lives.add(life)
    void life.ended.then(() => {
      lives.delete(life)
      bed.slack.state.changed()
    })
    return life
  }
  return {
    slack: bed.slack,
    aws,
    channel,
    clock,
    data,
    options,
    skip(ms) {
      time.skipped += ms
    },
    start({ env: more = {}, waits = false, planted } = {}) {
      return watched(coldLife({ ...env, ...more }, bending({ waits, ...(planted ? { planted } : {}) })))
    },
    startWarm: () => watched(warmLife(env, bending())),
    async close() {
      for (const life of lives) life.kill()
      await Promise.all([...lives].map((life) => life.ended))
      await bed.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Linux has one; its calls are those of a disk, and what a killed process wrote stays there just so. */
function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

/** Only what the run needs; YAML takes JSON as it is. */
function settingsText(bed: CliBed): string {
  const { accounts } = bed.vendors.aws.settings as { accounts: unknown[] }
  const quick = { perSecond: 200, concurrent: 8 }
  return JSON.stringify({
    slack: { channel, apiUrl: bed.slack.apiUrl },
    roles: { hr: { group: 'S0HR' }, it: { group: 'S0IT' } },
    connectors: {
      aws: {
        accounts: accounts.slice(0, 1),
        credentials: { accessKeyId: '${AWS_KEY_ID}', secretAccessKey: '${AWS_SECRET}' },
        limits: { changes: quick, reads: quick },
      },
    },
  })
}
