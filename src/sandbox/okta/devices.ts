/** Devices, the people on them, and their life cycle. */
import type { Answer } from '../server.ts'
import { invalid, notFound, nothing, ok } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { Device } from './state.ts'
import { shown, withUser } from './users.ts'

const v1 = '/api/v1'
const at = '2024-03-01T08:00:00.000Z'

export const deviceOperations: readonly Operation[] = [
  { method: 'GET', path: `${v1}/users/{id}/devices`, scope: 'users', answer: devicesOf },
  {
    method: 'GET',
    path: `${v1}/devices`,
    scope: 'devices',
    answer: ({ world, page }) => page(world.read().devices.map(shownDevice)),
  },
  { method: 'GET', path: `${v1}/devices/{device}`, scope: 'devices', answer: device },
  { method: 'GET', path: `${v1}/devices/{device}/users`, scope: 'devices', answer: deviceUsers },
  turn('suspend', 'ACTIVE', 'SUSPENDED'),
  turn('unsuspend', 'SUSPENDED', 'ACTIVE'),
  turn('deactivate', undefined, 'DEACTIVATED'),
]

function devicesOf(call: Call): Answer {
  return withUser(call, ({ id }, state) =>
    ok(
      state.devices
        .filter((one) => one.users.includes(id))
        .map((one) => ({ created: at, deviceUserId: `${one.id}-${id}`, device: shownDevice(one) })),
    ),
  )
}

function shownDevice({ id, status, displayName, platform, serialNumber }: Device) {
  const profile = { displayName, platform, serialNumber, registered: true, managed: false }
  return {
    id,
    status,
    created: at,
    lastUpdated: at,
    profile,
    resourceId: id,
    resourceType: 'UDDevice',
    resourceDisplayName: { value: displayName, sensitive: false },
  }
}

function device({ world, params }: Call): Answer {
  const found = world.read().devices.find((one) => one.id === params.device)
  return found ? ok(shownDevice(found)) : notFound(`${params.device} (Device)`)
}

function deviceUsers({ world, params }: Call): Answer {
  const state = world.read()
  const found = state.devices.find((one) => one.id === params.device)
  if (!found) return notFound(`${params.device} (Device)`)
  return ok(
    state.users
      .filter((one) => found.users.includes(one.id))
      .map((one) => ({ created: at, managementStatus: 'NOT_MANAGED', user: shown(one) })),
  )
}

function turn(name: string, from: Device['status'] | undefined, to: Device['status']): Operation {
  return {
    method: 'POST',
    path: `${v1}/devices/{device}/lifecycle/${name}`,
    scope: 'devices',
    writes: true,
    answer: ({ world, params }) =>
      world.write((state) => {
        const found = state.devices.find((one) => one.id === params.device)
        if (!found) return notFound(`${params.device} (Device)`)
        if (found.status === to || (from && found.status !== from)) return invalid(`The device is ${found.status}.`)
        found.status = to
        if (to === 'DEACTIVATED') found.users = []
        return nothing
      }),
  }
}
