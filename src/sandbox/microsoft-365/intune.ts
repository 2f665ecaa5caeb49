/** Intune's devices, their orders, and the keys that Entra and Intune keep for them. */
import type { Answer } from '../server.ts'
import { failure, noContent, notFound, ok } from './answers.ts'
import { page, select } from './odata.ts'
import { type Call, type Route, userIn } from './route.ts'
import type { ManagedDevice, Order, Tenant } from './tenant.ts'

const readDevices = ['DeviceManagementManagedDevices.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All']
const orderDevices = ['DeviceManagementManagedDevices.PrivilegedOperations.All']
const actions = ['remoteLock', 'rebootNow', 'wipe', 'retire'] as const
type Action = (typeof actions)[number]

export const intuneRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{}/managedDevices',
    rights: readDevices,
    handle({ asked, tenant, pageSize, intune, parts: [id = ''] }) {
      if (!intune) return failure(400, 'BadRequest', 'Request not applicable to target tenant.')
      const user = userIn(tenant, id)
      if (!user) return notFound(id)
      const theirs = enrolled(tenant).filter((device) => device.userId === user.id)
      // The list shows no orders and no codes; one device by itself does.
      const shown = theirs.map((one) => ({
        ...visible(one),
        deviceActionResults: [],
        activationLockBypassCode: null,
      }))
      return page(shown, asked, { pageSize })
    },
  },
  {
    method: 'GET',
    path: '/deviceManagement/managedDevices/{}',
    rights: readDevices,
    handle({ asked, tenant, parts: [id = ''] }) {
      const device = enrolled(tenant).find((one) => one.id === id)
      return device ? ok(select(visible(device), asked)) : noDevice(id)
    },
  },
  ...actions.map((action) => ({
    method: 'POST',
    path: `/deviceManagement/managedDevices/{}/${action}`,
    rights: orderDevices,
    handle: (call: Call) => take(call, action),
  })),
  {
    method: 'GET',
    path: '/informationProtection/bitlocker/recoveryKeys',
    rights: ['BitlockerKey.Read.All', 'BitlockerKey.ReadBasic.All'],
    handle: ({ asked, tenant, pageSize }) =>
      page(
        tenant.recoveryKeys.map(({ key: _key, ...one }) => one),
        asked,
        { pageSize },
      ),
  },
  {
    method: 'GET',
    path: '/informationProtection/bitlocker/recoveryKeys/{}',
    rights: ['BitlockerKey.Read.All'],
    handle({ asked, tenant, parts: [id = ''] }) {
      const found = tenant.recoveryKeys.find((one) => one.id === id)
      if (!found) return notFound(id)
      const { key, ...rest } = found
      const wanted = asked.query.get('$select')?.split(',') ?? []
      return ok(wanted.includes('key') ? { ...select(rest, asked), key } : select(rest, asked))
    },
  },
  {
    method: 'GET',
    path: '/directory/deviceLocalCredentials/{}',
    rights: ['DeviceLocalCredential.Read.All'],
    handle({ asked, tenant, parts: [id = ''] }) {
      const found = tenant.localCredentials.find((one) => one.id === id)
      if (!found) return failure(404, 'DeviceLocalCredentialNotFound', 'No local credential is stored for this device.')
      const standard = ['id', 'deviceName', 'lastBackupDateTime', 'refreshDateTime']
      return ok(select(found, asked, standard))
    },
  },
]

function noDevice(id: string): Answer {
  return failure(404, 'ResourceNotFound', `The device ${id} was not found.`)
}

/** Without those that were wiped or retired: Intune drops them once they have said that it is done. */
function enrolled(tenant: Tenant): ManagedDevice[] {
  return tenant.managedDevices.filter(
    ({ orders }) => !orders.some((one) => (one.action === 'wipe' || one.action === 'retire') && isDone(one)),
  )
}

function isDone({ doneAt, outcome }: Order): boolean {
  return outcome === 'done' && doneAt <= Date.now()
}

function visible({ orders, ...device }: ManagedDevice): Record<string, unknown> & { id: string } {
  const waiting = orders.find(({ action, doneAt }) => (action === 'wipe' || action === 'retire') && doneAt > Date.now())
  return {
    ...device,
    managementState: waiting ? `${waiting.action}Pending` : 'managed',
    deviceActionResults: orders.map((one) => ({
      '@odata.type': `#microsoft.graph.${one.action === 'remoteLock' ? 'remoteLockActionResult' : 'deviceActionResult'}`,
      actionName: one.action,
      actionState: one.doneAt <= Date.now() ? one.outcome : 'pending',
      startDateTime: new Date(one.startedAt).toISOString(),
      lastUpdatedDateTime: new Date(Math.max(one.startedAt, Math.min(one.doneAt, Date.now()))).toISOString(),
      ...(one.pin && isDone(one) ? { unlockPin: one.pin } : {}),
    })),
  }
}

const wipeFields = ['keepEnrollmentData', 'keepUserData', 'macOsUnlockCode', 'persistEsimDataPlan']

function take({ asked, truth, write, deviceMs, parts: [id = ''] }: Call, action: Action): Answer {
  const device = enrolled(truth).find((one) => one.id === id)
  if (!device) return noDevice(id)
  const body = (asked.body ?? {}) as Record<string, unknown>
  const wrong = Object.keys(body).find((name) => action !== 'wipe' || !wipeFields.includes(name))
  if (wrong)
    return failure(400, 'BadRequest', `The parameter '${wrong}' in the request payload is not a valid parameter.`)
  const code = body.macOsUnlockCode
  if (code !== undefined && !/^\d{6}$/.test(String(code)))
    return failure(400, 'BadRequest', 'macOsUnlockCode must be six digits.')
  const now = Date.now()
  const system = String(device.operatingSystem)
  const order: Order = {
    action,
    startedAt: now,
    doneAt: now + deviceMs,
    outcome: action === 'remoteLock' && system === 'Windows' ? 'notSupported' : 'done',
    ...(action === 'remoteLock' && system === 'macOS' ? { pin: '735218' } : {}),
  }
  // One entry for each kind of order: a repeated one takes the place of the one before.
  write((tenant) => {
    const found = tenant.managedDevices.find((one) => one.id === id)
    if (found) found.orders = [...found.orders.filter((one) => one.action !== action), order]
  })
  return noContent
}
