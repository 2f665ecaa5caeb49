/** Directory API: phones and Chromebooks. */
import type { Answer } from '../server.ts'
import { invalid, notFound, ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { type Chromebook, nextSerial, type Phone } from './state.ts'

const base = '/admin/directory/v1/customer/{customer}/devices'
const phoneScopes = ['admin.directory.device.mobile', 'admin.directory.device.mobile.action']
const chromeScopes = ['admin.directory.device.chromeos']

export const deviceMethods: readonly Method[] = [
  { method: 'GET', path: `${base}/mobile`, scopes: phoneScopes, answer: listPhones },
  { method: 'GET', path: `${base}/mobile/{resource}`, scopes: phoneScopes, answer: getPhone },
  { method: 'GET', path: `${base}/chromeos/{device}`, scopes: chromeScopes, answer: getChromebook },
  { method: 'POST', path: `${base}/chromeos/{device}:issueCommand`, scopes: chromeScopes, answer: issueCommand },
  { method: 'GET', path: `${base}/chromeos/{device}/commands/{command}`, scopes: chromeScopes, answer: getCommand },
  { method: 'POST', path: `${base}/mobile/{resource}/action`, scopes: phoneScopes, answer: act },
  { method: 'GET', path: `${base}/chromeos`, scopes: chromeScopes, answer: listChromebooks },
  { method: 'POST', path: `${base}/chromeos:batchChangeStatus`, scopes: chromeScopes, answer: batchChangeStatus },
]

/** `field:text` matches anywhere in the field, as Google's device search does. */
function asked(call: Call, field: string): string | undefined {
  const query = call.asked.query.get('query') ?? ''
  if (query === '') return ''
  return query.startsWith(`${field}:`) ? query.slice(field.length + 1).toLowerCase() : undefined
}

function listPhones(call: Call): Answer {
  const text = asked(call, 'email')
  if (text === undefined) return invalid('query')
  const found = call.world.read().phones.filter((phone) => phone.email.some((one) => one.includes(text)))
  return page('mobiledevices', found.map(shownPhone), call.paging(100, 100))
}

function getPhone(call: Call): Answer {
  const found = call.world.read().phones.find((one) => one.resourceId === call.params.resource)
  return found ? ok(shownPhone(found)) : notFound('resourceId')
}

function shownPhone({ wipedAt, ...phone }: Phone) {
  const status = wipedAt !== undefined && wipedAt <= Date.now() ? 'ACCOUNT_WIPED' : phone.status
  return { kind: 'admin#directory#mobiledevice', etag: '"pretend"', ...phone, status }
}

const phoneActions: Readonly<Record<string, string>> = {
  approve: 'APPROVED',
  block: 'BLOCKED',
  admin_account_wipe: 'ACCOUNT_WIPING',
  admin_remote_wipe: 'WIPING',
  cancel_remote_wipe_then_activate: 'APPROVED',
  cancel_remote_wipe_then_block: 'BLOCKED',
}

function act(call: Call): Answer {
  const action = String(call.body.action ?? '')
  const status = phoneActions[action]
  if (!status) return invalid('action')
  return call.world.write((state) => {
    const phone = state.phones.find((one) => one.resourceId === call.params.resource)
    if (!phone) return notFound('resourceId')
    if (phone.wipedAt === undefined) phone.status = status
    if (/wipe$/.test(action)) phone.wipedAt ??= Date.now() + call.times.wipeMs
    return { status: 200 }
  })
}

function listChromebooks(call: Call): Answer {
  const text = asked(call, 'user')
  if (text === undefined) return invalid('query')
  const found = call.world
    .read()
    .chromebooks.filter((one) => [one.annotatedUser ?? '', ...one.recentUsers].some((name) => name.includes(text)))
  return page('chromeosdevices', found.map(shownChromebook), call.paging(100, 300))
}

function getChromebook(call: Call): Answer {
  const found = call.world.read().chromebooks.find((one) => one.deviceId === call.params.device)
  return found ? ok(shownChromebook(found)) : noDevice
}

const noDevice = refusal(404, 'notFound', 'Device not found.', 'NOT_FOUND')
const commands = ['REBOOT', 'WIPE_USERS', 'REMOTE_POWERWASH']

/** The command waits for the device (Directory API, devices.chromeos.issueCommand). */
function issueCommand(call: Call): Answer {
  const type = String(call.body.commandType ?? '')
  if (!commands.includes(type))
    return refusal(400, 'badRequest', 'Request contains an invalid argument.', 'INVALID_ARGUMENT')
  return call.world.write((state) => {
    const device = state.chromebooks.find((one) => one.deviceId === call.params.device)
    if (!device) return noDevice
    if (device.status === 'DEPROVISIONED')
      return refusal(400, 'failedPrecondition', 'Device is not managed.', 'FAILED_PRECONDITION')
    const commandId = nextSerial(state)
    const issuedAt = Date.now()
    const ends = { state: 'EXECUTED_BY_CLIENT', result: 'SUCCESS' }
    const endsAt = issuedAt + call.times.wipeMs
    state.chromeCommands.push({ commandId, deviceId: device.deviceId, type, issuedAt, endsAt, ends })
    return ok({ commandId })
  })
}

function getCommand(call: Call): Answer {
  const { device, command } = call.params
  const found = call.world.read().chromeCommands.find((one) => one.deviceId === device && one.commandId === command)
  if (!found) return refusal(404, 'notFound', 'Command not found.', 'NOT_FOUND')
  const { commandId, type, issuedAt, endsAt, ends } = found
  const { state, ...commandResult } = endsAt <= Date.now() ? ends : { state: 'PENDING' }
  return ok({
    commandId,
    type,
    issueTime: new Date(issuedAt).toISOString(),
    commandExpireTime: new Date(issuedAt + 86_400_000).toISOString(),
    state,
    ...(Object.keys(commandResult).length > 0 && { commandResult }),
  })
}

function shownChromebook({ recentUsers, ...device }: Chromebook) {
  const users = recentUsers.map((email) => ({ type: 'USER_TYPE_MANAGED', email }))
  return { kind: 'admin#directory#chromeosdevice', etag: '"pretend"', ...device, recentUsers: users }
}

const statusActions: Readonly<Record<string, string>> = {
  CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DISABLE: 'DISABLED',
  CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_REENABLE: 'ACTIVE',
}

function batchChangeStatus(call: Call): Answer {
  const { deviceIds = [], changeChromeOsDeviceStatusAction = '' } = call.body as {
    deviceIds?: string[]
    changeChromeOsDeviceStatusAction?: string
  }
  const status = statusActions[changeChromeOsDeviceStatusAction]
  if (!status || deviceIds.length === 0 || deviceIds.length > 50)
    return refusal(400, 'badRequest', 'Request contains an invalid argument.', 'INVALID_ARGUMENT')
  return call.world.write((state) => {
    const changeChromeOsDeviceStatusResults = deviceIds.map((deviceId) => {
      const device = state.chromebooks.find((one) => one.deviceId === deviceId)
      if (!device) return { deviceId, error: { code: 5, message: 'Device not found.' } }
      if (device.status === 'DEPROVISIONED')
        return { deviceId, error: { code: 9, message: 'Illegal state transition for the device.' } }
      device.status = status
      return { deviceId, response: {} }
    })
    return ok({ changeChromeOsDeviceStatusResults })
  })
}
