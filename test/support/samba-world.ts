/** The connector on a Samba domain, one step at a time, behind the real gate and with a journal as the runner keeps it. */
import activeDirectory from '../../connectors/active-directory/index.ts'
import type { Account, AutomaticStep, Finding } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import { type BedOptions, bedOn } from './samba.ts'
import {
  at,
  automatic,
  type Explained,
  mustLook,
  mustOrder,
  openRig,
  order,
  type Place,
  places,
  type Rig,
} from './test-connector-rig.ts'

export interface World {
  rig: Rig
  account: Account
  find(step: string): Promise<readonly Finding[]>
  /** Orders everything open; throws where one is refused. */
  run(step: string): Promise<readonly Finding[]>
  /** Orders these, and answers with what failed. */
  order(step: string, findings: readonly Finding[]): Promise<Explained[]>
  undo(step: string, finding: Finding): Promise<void>
  close(): Promise<void>
}

export async function worldOn(samba: Samba, options: BedOptions & { account?: Account } = {}): Promise<World> {
  const rig = await openRig(activeDirectory, await bedOn(samba, options))
  const place: Place = options.account ? { account: options.account } : ((await places(rig))[0] as Place)
  return {
    rig,
    account: place.account,
    find: (step) => mustLook(rig, stepOf(step), place),
    async run(step) {
      const findings = await mustLook(rig, stepOf(step), place)
      const open = findings.filter((finding) => finding.state === 'open')
      await mustOrder(rig, stepOf(step), place, open)
      return open
    },
    order: (step, findings) => order(rig, stepOf(step), place, findings),
    undo: async (step, finding) => stepOf(step).undo?.(at(rig, stepOf(step), place, new SharedReads()), finding),
    close: () => rig.close(),
  }
}

export function stepOf(id: string): AutomaticStep {
  const step = automatic(activeDirectory).find((one) => one.id === id)
  if (!step) throw new Error(`active-directory has no step ${id}`)
  return step
}
