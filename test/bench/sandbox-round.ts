/** The thread of one round: the sandbox's systems, the engine, one leaver; tells what it took. */
import { rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Leaver } from '../../src/connector.ts'
import type { CallRecord } from '../../src/run/gate.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { botOptions, openWorld, surroundings } from '../../src/sandbox/sandbox.ts'
import type { UsedConnector } from '../../src/settings.ts'
import { type Driven, openDriver } from './drive.ts'
import { median, timed } from './figure.ts'

export interface SandboxRound extends Driven {
  /** A call to these vendors, without anything of ours around it. */
  bareMs: number
  /** By vendor bucket: how long its calls take at the least, if its rate is kept. */
  buckets: { name: string; calls: number; perSecond: number; leastMs: number }[]
}

const vendor = workerData as { latencyMs: number; lagMs: number }

async function oneRound(): Promise<SandboxRound> {
  const world = await openWorld(vendor)
  const { settings, settling, send } = await botOptions({}, surroundings(world))
  const driver = await openDriver(settings.connectors, { ...(send ? { send } : {}), ...(settling ? { settling } : {}) })
  try {
    const bareMs = await bareCall(world.vendors.microsoft365.url)
    const driven = await driver.offboard(person(cast.leaver), { handOverTo: person(cast.manager) })
    mustEndWell(driven)
    return { ...driven, bareMs, buckets: bucketsOf(driven.calls, settings.connectors) }
  } finally {
    await driver.close()
    await world.close()
    rmSync(world.folder, { recursive: true, force: true })
  }
}

function person(email: string): Leaver {
  const { name, slackId } = employee(email)
  return { id: slackId, slackId, name, emails: [email] }
}

function mustEndWell({ steps }: Driven): void {
  const bad = steps.find((run) => !['verified', 'acknowledged', 'nothing-found'].includes(run.ending ?? ''))
  if (bad) throw new Error(`${bad.key} ended ${bad.ending}: ${bad.fact}`)
}

/** Of an address that the vendor does not know, which it says as late as everything else. */
async function bareCall(url: string): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < 5; index += 1) times.push(await timed(async () => (await fetch(url)).text()))
  return median(times)
}

function bucketsOf(calls: readonly CallRecord[], used: readonly UsedConnector[]): SandboxRound['buckets'] {
  const limits = used.flatMap(({ use, connector, limits: own }) =>
    connector.limits.map((limit) => ({ use, ...limit, ...own[limit.id] })),
  )
  return limits.map(({ use, id, perSecond }) => {
    const { length } = calls.filter((call) => call.use === use && call.limit === id)
    return { name: `${use} ${id}`, calls: length, perSecond, leastMs: (length / perSecond) * 1000 }
  })
}

parentPort?.postMessage(await oneRound())
