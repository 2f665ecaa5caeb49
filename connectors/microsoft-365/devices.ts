/** Devices that Entra trusts because the leaver registered them. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, fieldsOf, path } from './odata.ts'

const Device = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  operatingSystem: z.string().nullish(),
  accountEnabled: z.boolean(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  approximateLastSignInDateTime: z.string().nullish(),
})
type Device = z.infer<typeof Device>
const WhoUses = z.object({ id: z.string() })

export const disableDevices: AutomaticStep<Graph> = {
  id: 'disable-devices',
  title: 'Disable registered devices',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const query = { $select: fieldsOf(Device), $count: 'true' }
    const lists = await Promise.all([
      at.client.list(ask(path`/users/${at.account.id}/registeredDevices/microsoft.graph.device`, query), Device),
      at.client.list(ask(path`/users/${at.account.id}/ownedDevices/microsoft.graph.device`, query), Device),
    ])
    const devices = new Map(lists.flat().map((device) => [device.id, device]))
    return Promise.all([...devices.values()].map((device) => findingOf(at, device)))
  },
  async apply(at, finding) {
    if (await isShared(at, finding.id)) throw new Rejected(`${finding.label} is ${shared}.`)
    await at.client.patch(path`/devices/${finding.id}`, { accountEnabled: false })
  },
  async undo(at, finding) {
    await at.client.patch(path`/devices/${finding.id}`, { accountEnabled: true })
  },
}

const shared = 'used by others too: IT decides, and takes the leaver off it in the Entra admin center'

async function findingOf(at: At<Graph>, device: Device): Promise<Finding> {
  const label = [device.displayName ?? device.id.slice(0, 8), device.operatingSystem].filter(Boolean).join(', ')
  const seen = device.approximateLastSignInDateTime?.slice(0, 10)
  const fact = `accountEnabled=${device.accountEnabled}${seen ? `, last seen ${seen}` : ''}`
  const finding = { id: device.id, label, fact }
  if (!device.accountEnabled) return { ...finding, state: 'done' }
  if (device.onPremisesSyncEnabled) {
    return { ...finding, state: 'blocked', fact: 'synced from on-premises: disable the computer in Active Directory' }
  }
  if (await isShared(at, device.id)) return { ...finding, state: 'blocked', fact: shared }
  return { ...finding, state: 'open' }
}

async function isShared(at: At<Graph>, deviceId: string): Promise<boolean> {
  const users = await at.client.list(ask(path`/devices/${deviceId}/registeredUsers`, { $select: 'id' }), WhoUses)
  return users.some((user) => user.id !== at.account.id)
}
