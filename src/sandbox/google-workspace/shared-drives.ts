/** Drive API: shared drives as an administrator; and Vault API: matters and their holds. */
import type { Answer } from '../server.ts'
import { invalid, nothing, ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { nextSerial, type SharedDrive, type State } from './state.ts'

const permissions = '/drive/v3/files/{file}/permissions'
const scopes = ['drive']

export const driveMethods: readonly Method[] = [
  { method: 'GET', path: '/drive/v3/drives', scopes, answer: list },
  { method: 'GET', path: permissions, scopes, answer: listPeople },
  { method: 'POST', path: permissions, scopes, answer: (call) => change(call, add) },
  { method: 'PATCH', path: `${permissions}/{permission}`, scopes, answer: (call) => change(call, update) },
  { method: 'DELETE', path: `${permissions}/{permission}`, scopes, answer: (call) => change(call, remove) },
]

const missing = refusal(404, 'notFound', 'Shared drive not found.')
const sized = (call: Call) => ({ ...call.paging(10, 100), sizeName: 'pageSize' })

/** Without the administrator's access only the caller's own drives would be seen, and that is none here. */
function asAdministrator(call: Call): boolean {
  return call.asked.query.get('useDomainAdminAccess') === 'true'
}

function list(call: Call): Answer {
  const drives = asAdministrator(call) ? call.world.read().sharedDrives : []
  const q = call.asked.query.get('q')
  const wanted = q === null ? undefined : q.match(/^organizerCount = (\d+)$/)?.[1]
  if (q !== null && wanted === undefined) return invalid('q')
  const managers = (one: SharedDrive) => one.people.filter(({ role }) => role === 'organizer').length
  const found = drives.filter((one) => wanted === undefined || managers(one) === Number(wanted))
  const shown = found.map(({ id, name }) => ({ kind: 'drive#drive', id, name }))
  return page('drives', shown, sized(call))
}

/** Addresses are given only to who asks for them by `fields`. */
function listPeople(call: Call): Answer {
  const drive = asAdministrator(call) && driveOf(call, call.world.read())
  if (!drive) return missing
  const wanted = call.asked.query.get('fields')?.match(/permissions\(([^)]*)\)/)?.[1]
  const fields = wanted?.split(',') ?? ['id', 'type', 'kind', 'role']
  const shown = drive.people.map((one) =>
    Object.fromEntries(Object.entries({ kind: 'drive#permission', ...one }).filter(([name]) => fields.includes(name))),
  )
  return page('permissions', shown, sized(call))
}

function driveOf(call: Call, state: State): SharedDrive | undefined {
  return state.sharedDrives.find((one) => one.id === call.params.file)
}

function change(call: Call, act: (drive: SharedDrive, call: Call, state: State) => Answer): Answer {
  return call.world.write((state) => {
    const drive = asAdministrator(call) && call.asked.query.get('supportsAllDrives') === 'true' && driveOf(call, state)
    return drive ? act(drive, call, state) : missing
  })
}

const roles = ['organizer', 'fileOrganizer', 'writer', 'commenter', 'reader']

function add(drive: SharedDrive, call: Call, state: State): Answer {
  const { type, role = '', emailAddress = '' } = call.body as Record<string, string>
  if (type !== 'user' || !roles.includes(role) || !emailAddress) return invalid('permission')
  const made = { id: nextSerial(state), type, role, emailAddress } as const
  drive.people = [...drive.people.filter((one) => one.emailAddress !== emailAddress), made]
  return ok({ kind: 'drive#permission', ...made })
}

function update(drive: SharedDrive, call: Call): Answer {
  const one = drive.people.find(({ id }) => id === call.params.permission)
  const role = String(call.body.role ?? '')
  if (!one) return missing
  if (!roles.includes(role)) return invalid('permission.role')
  one.role = role
  return ok({ kind: 'drive#permission', ...one })
}

function remove(drive: SharedDrive, call: Call): Answer {
  const at = drive.people.findIndex(({ id }) => id === call.params.permission)
  if (at < 0) return refusal(404, 'notFound', 'Permission not found.')
  drive.people.splice(at, 1)
  return nothing
}

const vaultScopes = ['ediscovery', 'ediscovery.readonly']

export const vaultMethods: readonly Method[] = [
  { method: 'GET', path: '/v1/matters', scopes: vaultScopes, answer: listMatters },
  { method: 'GET', path: '/v1/matters/{matter}/holds', scopes: vaultScopes, answer: listHolds },
]

function listMatters(call: Call): Answer {
  const state = call.asked.query.get('state')
  const found = call.world.read().matters.filter((one) => state === null || one.state === state)
  const shown = found.map(({ matterId, name, state: its }) => ({ matterId, name, state: its }))
  return page('matters', shown, { ...sized(call), bare: true })
}

/** Accounts are shown in the full view. */
function listHolds(call: Call): Answer {
  const matter = call.world.read().matters.find((one) => one.matterId === call.params.matter)
  if (!matter) return refusal(404, 'notFound', 'Matter not found.', 'NOT_FOUND')
  const full = call.asked.query.get('view') === 'FULL_HOLD'
  const shown = matter.holds.map(({ holdId, name, accounts, orgUnit }) => ({
    holdId,
    name,
    corpus: 'MAIL',
    ...(full && accounts && { accounts: accounts.map((accountId) => ({ accountId })) }),
    ...(orgUnit && { orgUnit: { orgUnitId: orgUnit } }),
  }))
  return page('holds', shown, { ...sized(call), bare: true })
}
