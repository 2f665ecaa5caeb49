/** Graph's application permissions: which are needed, what for, and which broader ones do as well. */
import { z } from 'zod'
import type { Health, Right } from '../../src/connector.ts'
import { globalAdministrator } from './administrators.ts'
import { claimsIn } from './exchange.ts'
import type { Graph } from './graph.ts'
import { ask, quoted } from './odata.ts'
import type { Settings } from './settings.ts'

interface Needed extends Right {
  /** Broader permissions that include it. */
  or?: readonly string[]
  unless?(settings: Settings): boolean
}

const write = 'Directory.ReadWrite.All'

const needed: readonly Needed[] = [
  { name: 'Directory.Read.All', for: 'find the person, groups, roles, devices, consents and licences', or: [write] },
  { name: 'User.EnableDisableAccount.All', for: 'block sign-in', or: ['User.ReadWrite.All', write] },
  { name: 'User-PasswordProfile.ReadWrite.All', for: 'set a random password' },
  { name: 'User.RevokeSessions.All', for: 'end sessions', or: ['User.ReadWrite.All', write] },
  { name: 'UserAuthenticationMethod.ReadWrite.All', for: 'remove second factors and passkeys' },
  { name: 'RoleManagement.ReadWrite.Directory', for: 'remove directory roles and members of role-assignable groups' },
  { name: 'DelegatedPermissionGrant.ReadWrite.All', for: 'withdraw consents given to apps', or: [write] },
  { name: 'AppRoleAssignment.ReadWrite.All', for: 'remove assignments to applications' },
  { name: 'Device.ReadWrite.All', for: 'disable registered devices', or: [write] },
  { name: 'MailboxSettings.ReadWrite', for: 'set the automatic reply and remove leaking inbox rules' },
  { name: 'Files.ReadWrite.All', for: 'give the receiver access to OneDrive', or: ['Sites.ReadWrite.All'] },
  { name: 'GroupMember.ReadWrite.All', for: 'remove from groups', or: ['Group.ReadWrite.All', write] },
  { name: 'Group.ReadWrite.All', for: 'hand owned groups over', or: [write] },
  {
    name: 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
    for: 'remove eligible group memberships (PIM)',
  },
  { name: 'LicenseAssignment.ReadWrite.All', for: 'take licences back', or: ['User.ReadWrite.All', write] },
  ...intune([
    [
      'DeviceManagementManagedDevices.Read.All',
      'find devices in Intune',
      'DeviceManagementManagedDevices.ReadWrite.All',
    ],
    ['DeviceManagementManagedDevices.PrivilegedOperations.All', 'lock, restart, wipe and retire devices'],
    ['BitlockerKey.Read.All', 'keep BitLocker recovery keys'],
    ['DeviceLocalCredential.Read.All', 'keep local administrator passwords'],
  ]),
  {
    name: 'User.ReadWrite.All',
    for: 'hide from address lists (not with hideFromAddressLists: false, nor with exchange: true)',
    or: [write],
    unless: (settings) => !settings.hideFromAddressLists || settings.exchange,
  },
  {
    name: 'User.DeleteRestore.All',
    for: 'delete the user (only with deleteUsers: true)',
    or: ['User.ReadWrite.All'],
    unless: (settings) => !settings.deleteUsers,
  },
]

function intune(rights: readonly (readonly [name: string, why: string, or?: string])[]): readonly Needed[] {
  return rights.map(([name, why, or]) => ({
    name,
    for: `${why} (not with intune: false)`,
    ...(or ? { or: [or] } : {}),
    unless: (settings) => !settings.intune,
  }))
}

/** Of Exchange, not of Graph: it is in another token. */
const manageExchange: Right = {
  name: 'Office 365 Exchange Online: Exchange.ManageAsApp, and the role Exchange Recipient Administrator',
  for: 'the mailbox and distribution lists (only with exchange: true)',
}

const asRight = (right: Right): Right => ({ name: right.name, for: right.for })

export const rights: readonly Right[] = [...needed.map(asRight), manageExchange]

export function rightsFor(settings: Settings): readonly Right[] {
  const graph = needed.filter((right) => !right.unless?.(settings)).map(asRight)
  return settings.exchange ? [...graph, manageExchange] : graph
}

const Claims = z.object({
  roles: z.array(z.string()).default([]),
  oid: z.string().optional(),
  app_displayname: z.string().optional(),
})
type Claims = z.infer<typeof Claims>
const Organization = z.object({ displayName: z.string().nullish(), onPremisesSyncEnabled: z.boolean().nullish() })
const Assignment = z.object({ roleDefinitionId: z.string() })
/** Template id of the role Privileged Authentication Administrator (Microsoft Entra built-in roles). */
const privilegedAuthentication = '7be44c8a-adaf-4e2a-84d6-ab2649e08a13'
/** Exchange Recipient Administrator, and the wider Exchange Administrator. */
const exchangeRecipients = '31392ffb-586c-42d1-9346-e59415a2cc4e'
const exchangeAdministrator = '29232cdf-9323-42fd-ade2-1d097af3e4de'

export async function check(graph: Graph): Promise<Health> {
  const claims = claimsOf(await graph.token())
  const missing = claims ? missingOf(claims, graph.settings) : []
  missing.push(...(await missingInExchange(graph)))
  // Without the right to read, only the token says who we are; the list of what is missing matters more.
  const mayRead = !missing.some((sentence) => sentence.startsWith('Directory.Read.All'))
  const [organization] = mayRead ? await graph.list('/organization', Organization) : []
  const app = claims?.app_displayname ?? 'app'
  const warnings: string[] = []
  if (!claims) warnings.push('The token cannot be read, so missing rights show only when they are used.')
  if (organization?.onPremisesSyncEnabled) {
    warnings.push(
      'This tenant syncs from Active Directory: set up that connector too, for synced users are blocked there.',
    )
  }
  if (mayRead && claims?.oid) warnings.push(...roleWarnings(await rolesOf(graph, claims.oid), graph.settings))
  if (claims) warnings.push(...broaderThanNeeded(claims, graph.settings))
  const where = organization?.displayName ?? graph.settings.tenant
  return { as: `${app} (${graph.settings.clientId.slice(0, 8)}…) in ${where}`, missing, warnings }
}

function missingOf({ roles }: Claims, settings: Settings): string[] {
  const lacking = needed.filter((right) => {
    if (right.unless?.(settings)) return false
    return ![right.name, ...(right.or ?? [])].some((name) => roles.includes(name))
  })
  return lacking.map(
    (right) =>
      `${right.name} (${right.for}): in the Entra admin center, App registrations, API permissions, add this Microsoft Graph application permission and grant admin consent.`,
  )
}

async function missingInExchange({ exchangeToken }: Graph): Promise<string[]> {
  const claims = exchangeToken && claimsIn(await exchangeToken())
  if (!claims || claims.roles.includes('Exchange.ManageAsApp')) return []
  return [
    'Exchange.ManageAsApp: in the Entra admin center, App registrations, API permissions, APIs my organization uses, Office 365 Exchange Online, add this application permission and grant admin consent; then give the app the role Exchange Recipient Administrator.',
  ]
}

/** The claims are read, not trusted: they tell the administrator what to grant and decide nothing. */
function claimsOf(token: string): Claims | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
    return Claims.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}

/** What the token lets whoever steals the credential do, and these settings never ask for. */
function broaderThanNeeded({ roles }: Claims, settings: Settings): string[] {
  const used = new Set(needed.filter((right) => !right.unless?.(settings)).map((right) => right.name))
  const beyond = roles.filter((name) => !used.has(name))
  if (beyond.length === 0) return []
  return [
    `The app may more than Latchkey needs with these settings: ${beyond.join(', ')}. IT removes ${beyond.length === 1 ? 'it' : 'them'} in the Entra admin center, App registrations, API permissions.`,
  ]
}

/** Template ids of the directory roles that the app itself holds. */
async function rolesOf(graph: Graph, principalId: string): Promise<string[]> {
  const $filter = `principalId eq ${quoted(principalId)}`
  const roles = await graph.list(ask('/roleManagement/directory/roleAssignments', { $filter }), Assignment)
  return roles.map((role) => role.roleDefinitionId)
}

function roleWarnings(held: readonly string[], { exchange }: Settings): string[] {
  const wanted = [privilegedAuthentication, ...(exchange ? [exchangeRecipients] : [])]
  const beyond = held.filter((role) => !wanted.includes(role))
  const warnings = beyond.map((role) => {
    const name = role === globalAdministrator ? 'Global Administrator' : `with the id ${role}`
    return `The app holds the directory role ${name}, which is more than Latchkey needs. IT removes it; Privileged Authentication Administrator is enough.`
  })
  if (exchange && !held.some((role) => [exchangeRecipients, exchangeAdministrator, globalAdministrator].includes(role)))
    warnings.push(
      'The app holds no role in Exchange, so Exchange refuses it. IT gives it Exchange Recipient Administrator (Entra admin center, Roles & admins).',
    )
  if (held.includes(privilegedAuthentication) || held.includes(globalAdministrator)) return warnings
  return [
    'The app does not hold the role Privileged Authentication Administrator, so it cannot block administrators; those become tasks for IT.',
    ...warnings,
  ]
}
