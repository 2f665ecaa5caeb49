/** A pretend Kandji with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/kandji/client.ts'
import kandji from '../../connectors/kandji/index.ts'
import type { Choices } from '../../src/connector.ts'
import { type KandjiOptions, type PretendKandji, pretendKandji } from '../../src/sandbox/kandji/index.ts'
import type { KandjiDevice, KandjiState } from '../../src/sandbox/kandji/state.ts'
import { type DeviceWorld, openDeviceWorld } from './devices-world.ts'

export interface Open extends DeviceWorld<Client> {
  server: PretendKandji
  device(name: string): KandjiDevice
}

export async function openKandji(
  options: KandjiOptions = {},
  more: { settings?: object; devices?: Choices['devices']; withoutEscrow?: true } = {},
): Promise<Open> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendKandji({ ...(traffic ? { traffic } : {}), ...options })
  const { settings, ...rest } = more
  const world = await openDeviceWorld<Client>({
    connector: kandji,
    server,
    settings: { ...server.settings, ...settings },
    ...rest,
  })
  return { ...world, server, device: (name) => deviceIn(server.world.truth(), name) }
}

function deviceIn({ devices }: KandjiState, name: string): KandjiDevice {
  const found = devices.find((one) => one.device_name === name)
  if (!found) throw new Error(`Kandji has no device ${name}`)
  return found
}

export const having =
  (name: string, change: Partial<KandjiDevice>) =>
  (state: KandjiState): void =>
    void Object.assign(deviceIn(state, name), change)

export const mac = 'Jo’s MacBook Pro'
