/** A fresh bed for each check, and what holds on every one of them. */
import { expect } from 'vitest'
import type { AutomaticStep, Connector } from '../../src/connector.ts'
import { automatic, type Bed, openRig, type Rig } from './test-connector-rig.ts'

export interface TestConnectorOptions {
  /** A fresh bed each time, seeded so that every step (of `steps`) has something open for the leaver. */
  bed: () => Promise<Bed>
  /** Which steps this bed covers, where one set of choices cannot have them all open (lock or wipe); all when absent. */
  steps?: readonly string[]
}

export function covered(connector: Connector, options: TestConnectorOptions): AutomaticStep[] {
  return automatic(connector).filter((step) => options.steps?.includes(step.id) ?? true)
}

/** The check says nothing about this connector or bed; the test is shown as skipped, with the reason. */
export class Inapplicable extends Error {}

export function needsServers(rig: Rig): void {
  if (rig.bed.servers.length === 0) throw new Inapplicable('this bed has no pretend servers to inject faults into')
}

/** A fresh bed; afterwards nothing of others has changed, and no secret was to be seen anywhere. */
export async function onBed(connector: Connector, options: TestConnectorOptions, work: (rig: Rig) => Promise<void>) {
  const bed = await options.bed()
  const before = structuredClone(bed.untouchable())
  try {
    const rig = await openRig(connector, bed)
    try {
      await work(rig)
    } finally {
      await rig.close()
    }
    expect(bed.untouchable(), 'what belongs to others has changed').toEqual(before)
    refuseSecrets(rig)
  } finally {
    await bed.close()
  }
}

function refuseSecrets(rig: Rig): void {
  const seen = [...rig.heard, ...rig.records.map((record) => JSON.stringify(record))]
  for (const secret of rig.bed.secrets) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
    const leak = seen.find((text) =>
      [...forms, Buffer.from(secret).toString('base64')].some((one) => text.includes(one)),
    )
    if (leak) throw new Error(`A secret is to be seen in: ${leak.replaceAll(secret, '[the secret]').slice(0, 500)}`)
  }
  refuseKept(rig, seen)
}

/** What went into escrow. A PIN is short, so that only one by itself counts: its digits may be part of a longer number. */
function refuseKept(rig: Rig, seen: readonly string[]): void {
  for (const [name, secrets] of rig.kept)
    for (const secret of secrets) {
      const literally = secret.replace(/[^0-9A-Za-z]/g, '\\$&')
      const alone = new RegExp(`(?<![0-9A-Za-z])${literally}(?![0-9A-Za-z])`)
      const leak = seen.find((text) => alone.test(text))
      if (leak) throw new Error(`What is kept as "${name}" is to be seen in: ${leak.replaceAll(secret, '[the key]')}`)
    }
}
