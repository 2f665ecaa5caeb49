/** The endpoints of the pretend Jamf Pro, each with the privileges it needs. */
import { randomUUID } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { notFound, ok, refusal, rsql, shownCommand, shownComputer, shownMobile } from './answers.ts'
import type { JamfOptions } from './index.ts'
import type { Common, Computer, JamfState, Mobile } from './state.ts'

export interface Call {
  asked: Asked
  state: World<JamfState>
  options: JamfOptions
}

interface Route {
  method: string
  /** `{}` is the id. */
  path: string
  needs: readonly string[]
  answer(call: Call, id: string): Answer
}

const viewCommands = 'View MDM command information in Jamf Pro API'
const sendCommands = 'Send MDM command information in Jamf Pro API'
const computers = '/api/v3/computers-inventory'
const mobiles = '/api/v2/mobile-devices'

const routes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/auth', needs: [], answer: whoWeAre },
  { method: 'GET', path: computers, needs: ['Read Computers'], answer: (call) => listComputers(call) },
  { method: 'GET', path: `${computers}/{}`, needs: ['Read Computers'], answer: readComputer },
  {
    method: 'GET',
    path: `${computers}/{}/filevault`,
    needs: ['View Disk Encryption Recovery Key'],
    answer: secretOf('personalRecoveryKey', (one) => one.recoveryKey),
  },
  {
    method: 'GET',
    path: `${computers}/{}/view-recovery-lock-password`,
    needs: ['View Recovery Lock'],
    answer: secretOf('recoveryLockPassword', (one) => one.recoveryLock),
  },
  {
    method: 'GET',
    path: `${computers}/{}/view-device-lock-pin`,
    needs: ['View Computer Device Lock Pin'],
    answer: secretOf('pin', (one) => one.pin),
  },
  { method: 'GET', path: `${mobiles}/detail`, needs: ['Read Mobile Devices'], answer: (call) => listMobiles(call) },
  { method: 'GET', path: `${mobiles}/{}`, needs: ['Read Mobile Devices'], answer: readMobile },
  { method: 'GET', path: '/api/v2/mdm/commands', needs: [viewCommands], answer: (call) => listCommands(call) },
  { method: 'POST', path: '/api/v2/mdm/commands', needs: [viewCommands, sendCommands], answer: (call) => queue(call) },
  {
    method: 'POST',
    path: `${mobiles}/{}/unmanage`,
    needs: ['Unmanage Mobile Devices'],
    answer: unmanage((state) => state.mobiles),
  },
  {
    method: 'POST',
    path: '/api/v1/computer-inventory/{}/remove-mdm-profile',
    needs: ['Send Computer Unmanage Command'],
    answer: unmanage((state) => state.computers),
  },
]

export function routeOf({ method, path }: Asked): (Route & { id: string }) | undefined {
  for (const route of routes) {
    const pattern = new RegExp(`^${route.path.replace('{}', '([^/]+)')}$`)
    const found = route.method === method ? pattern.exec(path) : null
    if (found) return { ...route, id: decodeURIComponent(found[1] ?? '') }
  }
  return undefined
}

function whoWeAre({ options }: Call): Answer {
  const all = [...new Set([...routes.flatMap((route) => route.needs), ...Object.values(commandNeeds).flat()])]
  const held = all.filter((name) => !options.without?.includes(name))
  const account = { id: '7', username: 'latchkey', privilegesBySite: options.silent ? {} : { '-1': held } }
  return ok({ account, accountGroups: [], sites: [], authenticationType: 'CLIENT_CREDENTIALS' })
}

function paged(call: Call, found: readonly object[]): Answer {
  const { query } = call.asked
  const size = Math.min(Number(query.get('page-size') ?? 100), call.options.pageSize ?? 2000)
  const from = Number(query.get('page') ?? 0) * size
  return ok({ totalCount: found.length, results: found.slice(from, from + size) })
}

const badFilter = refusal(400, 'INVALID_FILTER', 'The filter cannot be read')

function listComputers(call: Call): Answer {
  const test = rsql(call.asked.query.get('filter') ?? '', ['id', 'userAndLocation.email', 'userAndLocation.username'])
  if (!test) return badFilter
  const keys = ({ id, user }: Computer) => ({
    id,
    'userAndLocation.email': user.email,
    'userAndLocation.username': user.username,
  })
  const found = call.state.read().computers.filter((one) => test(keys(one)))
  return paged(
    call,
    found.map((one) => shownComputer(one, call.asked.query.getAll('section'))),
  )
}

function listMobiles(call: Call): Answer {
  const test = rsql(call.asked.query.get('filter') ?? '', ['mobileDeviceId', 'emailAddress', 'username'])
  if (!test) return badFilter
  const keys = ({ id, user }: Mobile) => ({ mobileDeviceId: id, emailAddress: user.email, username: user.username })
  const found = call.state.read().mobiles.filter((one) => test(keys(one)))
  return paged(
    call,
    found.map((one) => shownMobile(one, call.asked.query.getAll('section'))),
  )
}

function readComputer({ state }: Call, id: string): Answer {
  const one = state.read().computers.find((computer) => computer.id === id)
  return one ? ok(shownComputer(one, ['GENERAL'])) : notFound
}

function readMobile({ state }: Call, id: string): Answer {
  const one = state.read().mobiles.find((mobile) => mobile.id === id)
  return one ? ok({ id, name: one.name, serialNumber: one.serial, managementId: one.managementId }) : notFound
}

function secretOf(name: string, of: (one: Computer) => string | undefined) {
  return ({ state }: Call, id: string): Answer => {
    const one = state.read().computers.find((computer) => computer.id === id)
    const secret = one && of(one)
    return secret ? ok({ [name]: secret }) : notFound
  }
}

function listCommands(call: Call): Answer {
  const filter = call.asked.query.get('filter')
  const test = rsql(filter ?? '', ['clientManagementId', 'command', 'uuid', 'status'])
  if (!filter || !test) return badFilter
  const found = call.state
    .read()
    .commands.filter((one) => test({ clientManagementId: one.managementId, command: one.type, uuid: one.uuid }))
  return paged(call, found.reverse().map(shownCommand))
}

const commandNeeds: Readonly<Record<string, readonly string[]>> = {
  'DEVICE_LOCK computer': ['Send Computer Remote Lock Command'],
  'ERASE_DEVICE computer': ['Send Computer Remote Wipe Command'],
  'ENABLE_LOST_MODE mobile': ['Send Mobile Device Lost Mode Command'],
  'DISABLE_LOST_MODE mobile': ['Send Mobile Device Lost Mode Command'],
  'ERASE_DEVICE mobile': ['Send Mobile Device Remote Wipe Command'],
}

interface Ordered {
  clientData?: { managementId?: string }[]
  commandData?: { commandType?: string; pin?: string; lostModeMessage?: string }
}

/** Any further command is queued too: Jamf Pro refuses no repetition. */
function queue({ asked, state, options }: Call): Answer {
  const { clientData, commandData } = (asked.body ?? {}) as Ordered
  const managementId = clientData?.[0]?.managementId ?? ''
  const type = commandData?.commandType ?? ''
  const truth = state.truth()
  const computer = truth.computers.find((one) => one.managementId === managementId)
  const mobile = truth.mobiles.find((one) => one.managementId === managementId)
  const needs = commandNeeds[`${type} ${computer ? 'computer' : 'mobile'}`]
  if (clientData?.length !== 1 || !(computer ?? mobile)?.managed || !needs)
    return refusal(400, 'INVALID_COMMAND', 'The command is not for this client')
  if (needs.some((name) => options.without?.includes(name))) return refusal(403, 'INVALID_PRIVILEGE', 'Forbidden')
  const no = badCommand(type, commandData ?? {}, mobile)
  if (no) return no
  const uuid = randomUUID()
  state.write((now) => {
    const sent = new Date().toISOString()
    const due = Date.now() + (options.commandMs ?? 1500)
    now.commands.push({ uuid, managementId, type, state: 'PENDING', sent, due })
    const locked = now.computers.find((one) => one.managementId === managementId)
    if (locked && type === 'DEVICE_LOCK' && commandData?.pin) locked.pin = commandData.pin
  })
  return { status: 201, body: [{ id: uuid, href: `https://example.jamfcloud.com/api/v2/mdm/commands/${uuid}` }] }
}

function badCommand(type: string, data: NonNullable<Ordered['commandData']>, mobile?: Mobile): Answer | undefined {
  if (data.pin !== undefined && !/^.{6}$/.test(data.pin)) return refusal(400, 'INVALID_FIELD', 'pin: 6 characters')
  if (type === 'DEVICE_LOCK' && data.pin === undefined) return refusal(400, 'INVALID_FIELD', 'pin: is required')
  if (type === 'ENABLE_LOST_MODE' && !mobile?.supervised) return refusal(400, 'INVALID_COMMAND', 'Not supervised')
  const silent = type === 'ENABLE_LOST_MODE' && !data.lostModeMessage
  return silent ? refusal(400, 'INVALID_FIELD', 'A message or a phone number is required') : undefined
}

function unmanage(of: (state: JamfState) => Common[]) {
  return ({ state, options }: Call, id: string): Answer => {
    if (!of(state.truth()).some((one) => one.id === id)) return notFound
    return state.write((truth) => {
      const device = of(truth).find((one) => one.id === id) as Common
      device.unmanagedFrom ??= Date.now() + (options.commandMs ?? 1500)
      return { status: 200, body: { deviceId: id, commandUuid: randomUUID() } }
    })
  }
}
