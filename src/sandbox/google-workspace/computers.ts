/** Cloud Identity Devices API. */
import type { Answer } from '../server.ts'
import { ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import type { Endpoint, State } from './state.ts'

const user = '/v1/devices/{device}/deviceUsers/{user}'
const scopes = ['cloud-identity.devices']

export const computerMethods: readonly Method[] = [
  { method: 'GET', path: '/v1/devices', scopes, answer: listDevices },
  { method: 'GET', path: '/v1/devices/{device}', scopes, answer: getDevice },
  { method: 'GET', path: '/v1/devices/-/deviceUsers', scopes, answer: listUsers },
  { method: 'GET', path: user, scopes, answer: getUser },
  { method: 'POST', path: `${user}:block`, scopes, answer: (call) => act(call, block) },
  { method: 'POST', path: `${user}:approve`, scopes, answer: (call) => act(call, approve) },
  { method: 'POST', path: `${user}:wipe`, scopes, answer: (call) => act(call, wipeUser) },
  { method: 'POST', path: '/v1/devices/{device}:wipe', scopes, answer: (call) => act(call, wipeDevice) },
]

const missing = refusal(404, 'notFound', 'Requested entity was not found.', 'NOT_FOUND')

function deviceName({ name }: Endpoint): string {
  return name.split('/').slice(0, 2).join('/')
}

function found(call: Call, state: State): Endpoint | undefined {
  const { device, user: one } = call.params
  return state.endpoints.find(
    (endpoint) =>
      deviceName(endpoint) === `devices/${device}` && (!one || endpoint.name.endsWith(`/deviceUsers/${one}`)),
  )
}

function shownUser({ name, userEmail, userState, wipedAt }: Endpoint) {
  const wiped = userState === 'WIPING' && wipedAt !== undefined && wipedAt <= Date.now()
  return { name, userEmail, managementState: wiped ? 'WIPED' : userState, passwordState: 'PASSWORD_SET' }
}

function shownDevice(endpoint: Endpoint) {
  const { deviceType, ownerType, deviceState, model, serialNumber, wipedAt } = endpoint
  const wiped = deviceState === 'WIPING' && wipedAt !== undefined && wipedAt <= Date.now()
  const managementState = wiped ? 'WIPED' : deviceState
  return { name: deviceName(endpoint), deviceType, ownerType, managementState, model, serialNumber }
}

/** Default 20, at most 20 for users and 100 for devices (Cloud Identity API). */
const sized = (call: Call, most: number) => ({ ...call.paging(20, most), sizeName: 'pageSize', bare: true as const })

function listDevices(call: Call): Answer {
  return page('devices', call.world.read().endpoints.map(shownDevice), sized(call, 100))
}

/** `email:text` matches anywhere in the address. */
function listUsers(call: Call): Answer {
  const [field, text = ''] = (call.asked.query.get('filter') ?? 'email:').split(':')
  if (field !== 'email') return refusal(400, 'badRequest', 'Invalid filter.', 'INVALID_ARGUMENT')
  const users = call.world.read().endpoints.filter((one) => one.userEmail.includes(text))
  return page('deviceUsers', users.map(shownUser), sized(call, 20))
}

function getDevice(call: Call): Answer {
  const one = found(call, call.world.read())
  return one ? ok(shownDevice(one)) : missing
}

function getUser(call: Call): Answer {
  const one = found(call, call.world.read())
  return one ? ok(shownUser(one)) : missing
}

/** What is ordered is answered with an operation that is done, though the device may not have heard of it yet. */
function act(call: Call, change: (endpoint: Endpoint, call: Call) => Answer | undefined): Answer {
  return call.world.write((state) => {
    const one = found(call, state)
    if (!one) return missing
    return change(one, call) ?? ok({ name: `operations/${one.name}`, done: true, response: {} })
  })
}

function block(one: Endpoint): undefined {
  if (one.userState === 'APPROVED') one.userState = 'BLOCKED'
}

function approve(one: Endpoint): undefined {
  if (one.userState === 'BLOCKED') one.userState = 'APPROVED'
}

function wipeUser(one: Endpoint, call: Call): Answer | undefined {
  if (one.deviceType === 'LINUX' || one.deviceType === 'MAC_OS') return unsupported
  one.userState = 'WIPING'
  one.wipedAt ??= Date.now() + call.times.wipeMs
  return undefined
}

const unsupported = refusal(400, 'failedPrecondition', 'Operation not supported for device.', 'FAILED_PRECONDITION')

function wipeDevice(one: Endpoint, call: Call): Answer | undefined {
  if (one.ownerType !== 'COMPANY' || one.deviceType === 'LINUX' || one.deviceType === 'MAC_OS') return unsupported
  one.deviceState = 'WIPING'
  one.wipedAt ??= Date.now() + call.times.wipeMs
  return undefined
}
