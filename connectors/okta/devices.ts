/** Device registrations: Okta keeps the leaver's devices from its apps; it neither locks nor wipes a device itself. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { blocked, type OktaAt, orderUnlessGone, unlessGone, userOf } from './person.ts'

type Step = AutomaticStep<Client>

const Device = z.looseObject({
  id: z.string().min(1),
  status: z.string().min(1),
  profile: z.looseObject({
    displayName: z.string().nullish(),
    platform: z.string().nullish(),
    serialNumber: z.string().nullish(),
  }),
})
type Device = z.infer<typeof Device>
const UserDevice = z.looseObject({ device: Device })
const DeviceUser = z.looseObject({ user: z.looseObject({ id: z.string().min(1) }) })

const suspend: Step = {
  id: 'devices-suspend',
  title: 'Suspend device registrations',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    return Promise.all((await devicesOf(at)).map((device) => standing(at, device, ['SUSPENDED', 'DEACTIVATED'])))
  },
  async apply(at, finding) {
    await change(at, finding, 'suspend', ['SUSPENDED', 'DEACTIVATED'])
  },
  async undo(at, finding) {
    if ((await read(at.client, finding.id))?.status !== 'SUSPENDED') return
    const where = path`/api/v1/devices/${finding.id}/lifecycle/unsuspend`
    await orderUnlessGone(at.client, 'devices', 'allow a device again', where, 'POST')
  },
}

/** The links between device and person go with it and do not come back when the device is activated again. */
const deactivate: Step = {
  id: 'devices-deactivate',
  title: 'Deactivate device registrations',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  after: ['okta/devices-suspend'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    return Promise.all((await devicesOf(at)).map((device) => standing(at, device, ['DEACTIVATED'])))
  },
  async apply(at, finding) {
    await change(at, finding, 'deactivate', ['DEACTIVATED'])
  },
}

async function change(
  at: OktaAt,
  finding: Finding,
  transition: 'suspend' | 'deactivate',
  done: readonly string[],
): Promise<void> {
  const device = await read(at.client, finding.id)
  if (!device || done.includes(device.status)) return
  const shared = await othersOn(at, finding.id)
  if (shared) throw new Rejected(`${finding.label}: ${shared}`)
  const where = path`/api/v1/devices/${finding.id}/lifecycle/${transition}`
  await orderUnlessGone(at.client, 'devices', `${transition} a device registration`, where, 'POST')
}

async function devicesOf(at: OktaAt): Promise<Device[]> {
  return at.once('devices', async () => {
    if (!(await userOf(at))) return []
    const where = path`/api/v1/users/${at.account.id}/devices`
    return (await at.client.list('users', 'list devices', where, UserDevice)).map((one) => one.device)
  })
}

async function standing(at: OktaAt, device: Device, done: readonly string[]): Promise<Finding> {
  const { displayName, platform, serialNumber } = device.profile
  const label = [displayName, platform, serialNumber].filter(Boolean).join(', ') || device.id
  const finding = { id: device.id, label, before: { status: device.status } }
  const fact = `status=${device.status}`
  if (done.includes(device.status)) return { ...finding, state: 'done', fact }
  const shared = await othersOn(at, device.id)
  return shared ? blocked(finding, `${fact}; ${shared}`) : { ...finding, state: 'open', fact }
}

/** Fresh: why a device is left alone that others use too. Okta, "List all users for a device". */
async function othersOn({ client, account }: OktaAt, deviceId: string): Promise<string | undefined> {
  const where = path`/api/v1/devices/${deviceId}/users`
  const users = (await unlessGone(client.list('devices', 'list the users of a device', where, DeviceUser))) ?? []
  const others = users.filter((one) => one.user.id !== account.id).length
  return others === 0
    ? undefined
    : `${others} other ${others === 1 ? 'person uses' : 'people use'} it. IT decides (Directory > Devices).`
}

function read(client: Client, deviceId: string): Promise<Device | undefined> {
  return unlessGone(client.api('devices').ask('read a device', path`/api/v1/devices/${deviceId}`, Device))
}

export const deviceSteps: readonly Step[] = [suspend]
export const deviceEnd: readonly Step[] = [deactivate]
