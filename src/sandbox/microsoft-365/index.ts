/** A pretend Microsoft 365 tenant: the login authority and Graph v1.0, holding what offboarding touches. */
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Fault, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { failure } from './answers.ts'
import { appRoutes } from './apps.ts'
import { batch } from './batch.ts'
import { runCmdlet, seedExchange } from './exchange.ts'
import { groupRoutes } from './groups.ts'
import { intuneRoutes } from './intune.ts'
import { licenceRoutes } from './licences.ts'
import { type App, login, rolesIn } from './login.ts'
import { driveRoutes, mailRoutes } from './mail.ts'
import { methodRoutes } from './methods.ts'
import { roleRoutes } from './roles.ts'
import { allowed, match } from './route.ts'
import { seed } from './seed.ts'
import { guid, type Tenant } from './tenant.ts'
import { userRoutes } from './users.ts'

export { idOf, roleIds, skus } from './seed-parts.ts'

const routes = [
  ...userRoutes,
  ...licenceRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...methodRoutes,
  ...appRoutes,
  ...mailRoutes,
  ...driveRoutes,
  ...intuneRoutes,
]

export const everyRight: readonly string[] = [
  'Directory.Read.All',
  'User.EnableDisableAccount.All',
  'User-PasswordProfile.ReadWrite.All',
  'User.RevokeSessions.All',
  'UserAuthenticationMethod.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'DelegatedPermissionGrant.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'Device.ReadWrite.All',
  'MailboxSettings.ReadWrite',
  'Files.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'LicenseAssignment.ReadWrite.All',
  'User.ReadWrite.All',
  'User.DeleteRestore.All',
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementManagedDevices.PrivilegedOperations.All',
  'BitlockerKey.Read.All',
  'DeviceLocalCredential.Read.All',
]

export interface PretendMicrosoft365Options {
  /** How long a change stays invisible to readers. */
  lagMs?: number
  /** Graph's own page size is 100. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** Application permissions that were granted; all that are needed when absent. */
  rights?: readonly string[]
  /** Whether the app holds the role Privileged Authentication Administrator; true when absent. */
  privileged?: boolean
  /** Whether the tenant has Entra ID P2, which PIM takes; true when absent. */
  premium?: boolean
  /** How long Microsoft takes to take a licence back after its group was left. */
  licenceLagMs?: number
  secretExpired?: boolean
  /** Whether the tenant has Intune with devices of the leaver, and the leaver leaves apps behind; false when absent. */
  intune?: boolean
  /** Whether the app may run Exchange's cmdlets, and there is something for them to do; false when absent. */
  exchange?: boolean
  /** How long a device takes to carry out what Intune tells it; 0 when absent. */
  deviceMs?: number
  /** A certificate registered for the app besides its secret, PEM. */
  certificate?: string
}

export type PretendMicrosoft365 = Pretend & {
  world: World<Tenant>
  /** Faults of single parts of a `$batch`. Only answers (`as: { status … }`) make sense here. */
  innerFaults: Fault[]
  /** Every request inside a batch, and every one alone, with its status. */
  requests: { method: string; path: string; status: number }[]
  settings: { tenant: string; clientId: string; clientSecret: Secret; exchange?: true }
  /** Every device carries out now what it was told. */
  settle(): void
}

export async function pretendMicrosoft365(options: PretendMicrosoft365Options = {}): Promise<PretendMicrosoft365> {
  const tenant = world(seed(options.intune ?? false), options.lagMs ?? 0)
  const app = appOf(tenant.truth(), options)
  if (options.exchange) tenant.write(seedExchange)
  if (options.privileged ?? true) tenant.write((state) => void state.roleAssignments.push(privilegedRole(app.objectId)))
  const innerFaults: Fault[] = []
  const requests: PretendMicrosoft365['requests'] = []

  function graph(asked: Asked): Answer {
    const rights = rolesIn(asked.headers.authorization)
    if (!rights) return failure(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.')
    if (asked.path !== '/v1.0/$batch') return one(asked, rights)
    return batch(asked, (part) => innerFault(innerFaults, part) ?? one(part, rights))
  }

  function one(asked: Asked, rights: readonly string[]): Answer {
    const answer = route(asked, rights, tenant, options)
    requests.push({ method: asked.method, path: asked.path, status: answer.status })
    return answer
  }

  function handle(asked: Asked): Answer {
    if (asked.host === 'login.microsoftonline.com') return login(app, asked)
    return asked.host === 'outlook.office365.com'
      ? runCmdlet(asked, rolesIn(asked.headers.authorization), tenant)
      : graph(asked)
  }

  const server = await pretend({
    hosts: ['graph.microsoft.com', 'login.microsoftonline.com', 'outlook.office365.com'],
    handle,
    record,
    ...(options.traffic ? { traffic: options.traffic } : {}),
    ...(options.latencyMs ? { latencyMs: options.latencyMs } : {}),
  })
  const settle = () =>
    tenant.write(({ managedDevices }) => {
      for (const order of managedDevices.flatMap(({ orders }) => orders))
        order.doneAt = Math.min(order.doneAt, Date.now())
    })
  const settings = {
    tenant: app.tenant,
    clientId: app.clientId,
    clientSecret: new Secret(app.clientSecret),
    ...(options.exchange && { exchange: true as const }),
  }
  return Object.assign(server, { world: tenant, innerFaults, requests, settings, settle })
}

function appOf(tenant: Tenant, options: PretendMicrosoft365Options): App {
  return {
    tenant: tenant.organization.id,
    clientId: guid(80, 1),
    clientSecret: 'pretend~8Q~client.secret.of.latchkey',
    secretExpired: options.secretExpired ?? false,
    ...(options.certificate ? { certificate: options.certificate } : {}),
    displayName: 'Latchkey',
    objectId: guid(81, 1),
    roles: options.rights ?? everyRight,
    exchangeRoles: options.exchange ? ['Exchange.ManageAsApp'] : [],
    graphUrl: 'https://graph.microsoft.com',
  }
}

function route(
  asked: Asked,
  rights: readonly string[],
  tenant: World<Tenant>,
  options: PretendMicrosoft365Options,
): Answer {
  const path = asked.path.replace(/^\/v1\.0/, '').replace(/%24/g, '$')
  const plain = path.replace(/\/microsoft\.graph\.\w+$/, '')
  const advanced = asked.headers.consistencylevel === 'eventual' && asked.query.get('$count') === 'true'
  if (plain !== path && !advanced) {
    const why = 'The specified OData cast needs ConsistencyLevel:eventual and $count=true.'
    return failure(400, 'Request_UnsupportedQuery', why)
  }
  const found = match(routes, asked.method, plain)
  if (!found) return failure(400, 'BadRequest', `Resource not found for the segment '${path.split('/').at(-1)}'.`)
  const refusal = allowed(found.route, rights)
  if (refusal) return refusal
  return found.route.handle({
    asked,
    parts: found.parts,
    tenant: tenant.read(),
    truth: tenant.truth(),
    write: tenant.write,
    pageSize: options.pageSize ?? 100,
    rights,
    privileged: options.privileged ?? true,
    premium: options.premium ?? true,
    licenceLagMs: options.licenceLagMs ?? 0,
    intune: options.intune ?? false,
    deviceMs: options.deviceMs ?? 0,
  })
}

function privilegedRole(principalId: string) {
  const roleDefinitionId = '7be44c8a-adaf-4e2a-84d6-ab2649e08a13'
  return { id: guid(70, 99), principalId, roleDefinitionId, directoryScopeId: '/' }
}

function innerFault(faults: Fault[], part: Asked): Answer | undefined {
  const index = faults.findIndex((fault) => fault.when?.(part) ?? true)
  const fault = faults[index]
  if (!fault || typeof fault.as !== 'object') return undefined
  fault.times = (fault.times ?? 1) - 1
  if (fault.times <= 0) faults.splice(index, 1)
  return fault.as
}

/** The published subset that traffic is held against lists these two creates neither way round. */
const outside = /\/(roleManagement\/directory\/roleAssignments|users\/[^/]+\/appRoleAssignments)$/

function record(asked: Asked, answer: Answer): Record<string, unknown> | undefined {
  if (asked.host !== 'graph.microsoft.com') return undefined
  if (asked.method === 'POST' && outside.test(asked.path)) return undefined
  return exchange('msgraph', withoutPassword(asked), answer)
}

function withoutPassword(asked: Asked): Asked {
  const body = asked.body as { passwordProfile?: Record<string, unknown> } | null
  if (!body?.passwordProfile) return asked
  return { ...asked, body: { ...body, passwordProfile: { ...body.passwordProfile, password: '(hidden)' } } }
}
