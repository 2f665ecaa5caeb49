/** Devices: the agent's commands, recovery keys, and Apple's MDM. */
import type { Answer } from '../server.ts'
import { filterOf, notFound, nothing, ok, pageV1, pageV2, refusal } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { AppleDevice, Command, State, System } from './state.ts'

const apple = '/api/v2/applemdms/{mdm}/devices'

export const deviceOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/api/systems',
    answer: ({ asked, world }) =>
      pageV1(
        asked,
        world.read().systems.map((one) => shown(one, world.read())),
      ),
  },
  { method: 'GET', path: '/api/systems/{system}', answer: read },
  { method: 'POST', path: '/api/systems/{system}/command/builtin/lock', answer: (call) => command(call, 'lock') },
  { method: 'POST', path: '/api/systems/{system}/command/builtin/erase', answer: (call) => command(call, 'erase') },
  { method: 'GET', path: '/api/v2/systems/{system}/fdekey', answer: fdeKey },
  { method: 'GET', path: '/api/commandresults', answer: results },
  {
    method: 'GET',
    path: '/api/v2/applemdms',
    answer: ({ asked, world }) => pageV2(asked, [{ id: world.read().mdm, name: 'Apple MDM' }]),
  },
  { method: 'GET', path: apple, answer: appleDevices },
  { method: 'POST', path: `${apple}/{device}/lock`, answer: (call) => appleOrder(call, lockNow) },
  { method: 'POST', path: `${apple}/{device}/erase`, answer: (call) => appleOrder(call, eraseSoon) },
  { method: 'DELETE', path: `${apple}/{device}`, answer: unenroll },
]

function shown(one: System, { apple }: State) {
  // The agent goes with what is erased.
  const erased = apple.some(
    ({ serialNumber, eraseAt }) =>
      serialNumber === one.serialNumber && (eraseAt ?? Number.POSITIVE_INFINITY) <= Date.now(),
  )
  return {
    _id: one.id,
    displayName: one.displayName,
    hostname: one.displayName.replace(/[^\w-]/g, '-'),
    os: one.osFamily,
    osFamily: one.osFamily,
    serialNumber: one.serialNumber,
    active: one.active && !erased,
    lastContact: one.lastContact,
    fde: { active: one.fdeActive, keyPresent: one.fdeKey !== '' },
    primarySystemUser: { id: one.primary ?? null },
  }
}

function read({ asked, world, params }: Call): Answer {
  const found = world.read().systems.find((one) => one.id === params.system)
  return found ? ok(shown(found, world.read())) : notFound(asked)
}

/** "If a device is offline, the command will be run when the device becomes available"; each order is queued anew. */
function command(call: Call, kind: Command['kind']): Answer {
  return call.world.write((state) => {
    const system = state.systems.find((one) => one.id === call.params.system)
    if (!system) return notFound(call.asked)
    if (system.osFamily !== 'windows' && system.osFamily !== 'linux')
      return refusal(call.asked, 400, 'Command is not supported on this device')
    state.serial += 1
    const id = `5f9${String(state.serial).padStart(21, '0')}`
    state.commands.push({
      id,
      system: system.id,
      kind,
      requestTime: new Date().toISOString(),
      doneAt: Date.now() + call.commandMs,
      exitCode: 0,
    })
    return { status: 201 }
  })
}

/** What is due has happened. */
export function carryOut(state: State, now: number): void {
  for (const one of state.commands.filter((known) => known.doneAt <= now && known.exitCode === 0)) {
    const system = state.systems.find((known) => known.id === one.system)
    if (system && one.kind === 'lock') system.locked = true
    if (system && one.kind === 'erase') system.erased = true
  }
  for (const one of state.apple) if (one.eraseAt !== undefined && one.eraseAt <= now) one.enrolled = false
}

function fdeKey({ asked, world, params }: Call): Answer {
  const found = world.read().systems.find((one) => one.id === params.system)
  return found?.fdeKey ? ok({ key: found.fdeKey }) : notFound(asked)
}

/** Only those that the device has answered. */
function results({ asked, world }: Call): Answer {
  const state = world.read()
  const done = state.commands.filter((one) => one.doneAt <= Date.now())
  done.sort((one, other) => other.requestTime.localeCompare(one.requestTime))
  if (asked.query.get('sort') !== '-requestTime') done.reverse()
  return pageV1(
    asked,
    done.map(({ id, system, kind, name, requestTime, doneAt, exitCode }) => ({
      _id: id,
      name: name ?? kind,
      command: kind,
      systemId: system,
      system: state.systems.find((one) => one.id === system)?.displayName ?? '',
      requestTime,
      responseTime: new Date(doneAt).toISOString(),
      exitCode,
    })),
  )
}

function shownApple(device: AppleDevice) {
  const { id, serialNumber, mdmOsFamily, enrolled, userEnrollment, byHand, eraseAt } = device
  const erased = eraseAt !== undefined && eraseAt <= Date.now()
  return {
    id,
    serialNumber,
    mdmOsFamily,
    enrolled: enrolled && !erased,
    depRegistered: !(userEnrollment || byHand),
    securityInfo: { isUserEnrollment: userEnrollment, enrolledViaDep: !(userEnrollment || byHand) },
  }
}

function appleDevices({ asked, world, params }: Call): Answer {
  const state = world.read()
  const fits = filterOf(asked)
  if (!fits) return refusal(asked, 400, 'invalid filter')
  if (params.mdm !== state.mdm) return notFound(asked)
  const found = state.apple.filter((one) => fits('serialNumber', one.serialNumber))
  return pageV2(asked, found.map(shownApple))
}

function appleOrder(call: Call, work: (device: AppleDevice, call: Call) => void): Answer {
  return call.world.write((state) => {
    const device = state.apple.find((one) => one.id === call.params.device)
    if (!device || call.params.mdm !== state.mdm) return notFound(call.asked)
    const { pin } = call.body
    if (!device.enrolled || device.userEnrollment)
      return refusal(call.asked, 400, 'the device does not take this command')
    if (device.mdmOsFamily === 'macos' && !/^[0-9]{6}$/.test(String(pin ?? '')))
      return refusal(call.asked, 400, 'pin is required')
    work(device, call)
    return nothing
  })
}

function lockNow(device: AppleDevice): void {
  device.locked = true
}

function eraseSoon(device: AppleDevice, { commandMs }: Call): void {
  device.eraseAt ??= Date.now() + commandMs
}

function unenroll({ asked, world, params }: Call): Answer {
  return world.write((state) => {
    const device = state.apple.find((one) => one.id === params.device)
    if (!device?.enrolled) return notFound(asked)
    device.enrolled = false
    return ok(shownApple(device))
  })
}
