/** A connector as the settings use it: its id in plans, its client (made once, when first needed) and its steps. */
import type { Account, Connector, Denied, Escrow, Health, Leaver, Step } from '../connector.ts'
import { accountsIn } from './read.ts'

/** For one offboarding (absent: only planned, nothing can be kept) and one realm. */
export type EscrowOf = (offboarding: string | undefined, realm: string) => Escrow

export interface System {
  /** The use in the settings: 'zoom' for `zoom: { use: scim }`; the connector's own id otherwise. */
  use: string
  connector: Connector
  client(): Promise<unknown>
  /** Where keys are kept that this system hands out; absent where the settings name nobody to seal for. */
  escrow?: EscrowOf | undefined
  /** Set while its credential is refused; cleared when a person tries again. */
  denied?: Denied | undefined
}

export function createSystem(
  use: string,
  connector: Connector,
  connect: () => Promise<unknown>,
  escrow?: EscrowOf,
): System {
  let client: Promise<unknown> | undefined
  return {
    use,
    connector,
    escrow,
    client() {
      client ??= connect().catch((error) => {
        client = undefined
        throw error
      })
      return client
    },
  }
}

export function stepOf(system: System, id: string): Step | undefined {
  return system.connector.steps.find((step) => step.id === id)
}

/** A connector names its own steps by its own id; plans name them by the use. */
export function renamed(system: System, ids: readonly string[] | undefined): string[] | undefined {
  const own = `${system.connector.id}/`
  return ids?.map((id) => (id.startsWith(own) ? `${system.use}/${id.slice(own.length)}` : id))
}

export async function locate(system: System, person: Leaver): Promise<readonly Account[]> {
  return accountsIn(await system.connector.locate(await system.client(), person))
}

export async function health(system: System): Promise<Health> {
  return system.connector.check(await system.client())
}
