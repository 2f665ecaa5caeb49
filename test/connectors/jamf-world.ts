/** A pretend Jamf Pro with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/jamf/client.ts'
import jamf from '../../connectors/jamf/index.ts'
import type { Choices } from '../../src/connector.ts'
import { type JamfOptions, type PretendJamf, pretendJamf } from '../../src/sandbox/jamf/index.ts'
import type { Computer, JamfState, Mobile } from '../../src/sandbox/jamf/state.ts'
import { type DeviceWorld, openDeviceWorld } from './devices-world.ts'

export interface Open extends DeviceWorld<Client> {
  server: PretendJamf
  state: JamfState
  computer(name: string): Computer
  mobile(name: string): Mobile
}

export async function openJamf(
  options: JamfOptions = {},
  more: { settings?: object; devices?: Choices['devices']; withoutEscrow?: true } = {},
): Promise<Open> {
  const server = await pretendJamf(options)
  const { settings, ...rest } = more
  const world = await openDeviceWorld<Client>({
    connector: jamf,
    server,
    settings: { ...server.settings, ...settings },
    ...rest,
  })
  const state = server.world.truth()
  return {
    ...world,
    server,
    state,
    computer: (name) => named(state.computers, name),
    mobile: (name) => named(state.mobiles, name),
  }
}

export function named<T extends { name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name)
  if (!found) throw new Error(`Jamf Pro has nothing called ${name}`)
  return found
}

export const mac = 'Jo’s MacBook Pro'
export const ipad = 'Jo’s iPad'
export const iphone = 'Jo’s iPhone'

export function macWith(change: Partial<Computer>) {
  return (state: JamfState): void => void Object.assign(named(state.computers, mac), change)
}

export function ipadWith(change: Partial<Mobile>) {
  return (state: JamfState): void => void Object.assign(named(state.mobiles, ipad), change)
}
