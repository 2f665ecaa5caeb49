/** One sandbox, with what the page keeps of it. `begin anew` closes it and opens another. */
import { loadConnector } from '../../app.ts'
import { employees } from '../company.ts'
import { type MovedTime, movedTime } from '../moved-time.ts'
import { openSandbox, readManifest, type Sandbox, type SandboxOptions, type ShownVendor } from '../sandbox.ts'
import type { Acting } from './deeds.ts'
import { stamps } from './stamps.ts'
import { type Reached, type Tempers, tempers } from './tempers.ts'
import { type Side, vendorsSide } from './vendors-side.ts'

export interface Room extends Acting {
  sandbox: Sandbox
  mode: 'socket' | 'http'
  time: MovedTime
  tempers: Tempers
  vendors: readonly { use: string; title: string }[]
  side: Side
  close(): Promise<void>
}

const tickMs = 1_000

/** Somebody looks on: a system that fails is given up after some twenty seconds, not after a quarter of an hour. */
const settling = { window: 30_000, patience: 20_000, inFlight: 10_000 }
const patience = { attemptTimeoutMs: 8_000, attempts: 3, maxWaitMs: 10_000, backOff: { firstMs: 250, mostMs: 2_000 } }

export interface RoomOptions extends Omit<SandboxOptions, 'bend' | 'clock' | 'slackClock'> {
  /** The number of this world, for pages that were open before it. */
  world: number
  /** Called whenever something may have changed. */
  stir(): void
}

export async function openRoom(options: RoomOptions): Promise<Room> {
  const { world, stir } = options
  const time = movedTime()
  let reached: readonly Reached[] = []
  const kept = tempers(() => reached, stir)
  try {
    const sandbox = await openSandbox({
      everySystem: true,
      patience,
      ...options,
      settling: { ...settling, ...options.settling },
      clock: time.clock,
      slackClock: time.slackClock,
      bend: kept.bend,
    })
    reached = sandbox.shown
    const vendors = await Promise.all(sandbox.shown.map(async (one) => ({ ...one, title: await titleOf(one) })))
    const { state } = sandbox.slack
    state.onChange(stir)
    // Pretend devices come online by themselves; nobody is told of it.
    const tick = setInterval(() => {
      followSlack(sandbox)
      stir()
    }, tickMs)
    return {
      world,
      sandbox,
      mode: options.mode ?? 'socket',
      time,
      state,
      stamps: stamps(state),
      read: new Map(),
      readOnly: readManifest().features.app_home.messages_tab_read_only_enabled,
      as: (who) => sandbox.slack.as(who),
      tempers: kept,
      vendors,
      side: vendorsSide(world, vendors, kept),
      async close() {
        clearInterval(tick)
        await sandbox.close()
        time.giveBack()
      },
    }
  } catch (error) {
    time.giveBack()
    throw error
  }
}

/** Whoever is deactivated in the organisation cannot sign in to its workspace any more. */
function followSlack({ shown, slack }: Sandbox): void {
  const organisation = shown.find((one) => one.use === 'slack')
  if (!organisation?.shows) return
  for (const { email, slackId } of employees) {
    const account = organisation.shows(email).find((one) => one.what === 'Account')
    const member = slack.state.members.get(slackId)
    if (!account || !member || member.deleted === !account.held) continue
    void slack.admin.changePerson(slackId, { deleted: !account.held })
  }
}

/** As people see it: some connectors are called what the settings say. */
async function titleOf({ use, settings }: ShownVendor): Promise<string> {
  const connector = await loadConnector(use)
  return connector.configured?.(await connector.settings.parseAsync(settings))?.title ?? connector.title
}
