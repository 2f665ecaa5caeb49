/** A pretend Fleet with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/fleet/client.ts'
import fleet from '../../connectors/fleet/index.ts'
import type { Choices } from '../../src/connector.ts'
import { type FleetOptions, type PretendFleet, pretendFleet } from '../../src/sandbox/fleet/index.ts'
import type { FleetHost } from '../../src/sandbox/fleet/state.ts'
import { type DeviceWorld, openDeviceWorld } from './devices-world.ts'

export interface Open extends DeviceWorld<Client> {
  server: PretendFleet
  host(name: string): FleetHost
}

export async function openFleet(
  options: FleetOptions = {},
  more: { settings?: object; devices?: Choices['devices']; withoutEscrow?: true } = {},
): Promise<Open> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendFleet({ ...(traffic ? { traffic } : {}), ...options })
  const { settings, ...rest } = more
  const world = await openDeviceWorld<Client>({
    connector: fleet,
    server,
    settings: { ...server.settings, ...settings },
    ...rest,
  })
  const host = (name: string) => hostIn(server, name)
  return { ...world, server, host }
}

function hostIn({ world }: PretendFleet, name: string): FleetHost {
  const found = world.truth().hosts.find((one) => one.display_name === name)
  if (!found) throw new Error(`Fleet has no host ${name}`)
  return found
}
