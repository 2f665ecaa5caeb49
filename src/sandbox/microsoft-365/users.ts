import type { Answer } from '../server.ts'
import { badRequest, denied, noContent, notFound, ok, synced } from './answers.ts'
import { licenceStates } from './licences.ts'
import { page, select } from './odata.ts'
import { type Call, directoryRead, type Route, stamp, userIn } from './route.ts'
import type { Entity, Tenant, User } from './tenant.ts'

const read = ['User.Read.All', 'User.ReadWrite.All', ...directoryRead]
const remove = ['User.DeleteRestore.All', 'User.ReadWrite.All']

/** What Graph shows of a user when nothing is selected. */
export const standardFields = [
  'id',
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
]

/** Which permissions allow which property; Graph asks for each by itself. */
const mayPatch: Record<string, readonly string[]> = {
  accountEnabled: ['User.EnableDisableAccount.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  passwordProfile: ['User-PasswordProfile.ReadWrite.All'],
}
const mayPatchOthers = ['User.ReadWrite.All', 'Directory.ReadWrite.All']
const masteredOnPremises = ['accountEnabled', 'passwordProfile', 'showInAddressList', 'displayName', 'jobTitle']

export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users',
    rights: read,
    handle: ({ asked, tenant, pageSize }) => page(tenant.users, asked, { pageSize, standard: standardFields }),
  },
  {
    method: 'GET',
    path: '/users/{}',
    rights: read,
    handle({ asked, tenant, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      return user ? ok(select(shown(tenant, user), asked, standardFields)) : notFound(id)
    },
  },
  {
    method: 'GET',
    path: '/users/{}/manager',
    rights: read,
    handle({ asked, tenant, parts: [id = ''] }) {
      const manager = userIn(tenant, tenant.managers[userIn(tenant, id)?.id ?? ''] ?? '')
      if (!manager) return notFound('manager')
      const type = { '@odata.type': '#microsoft.graph.user' }
      return ok(select({ ...type, ...manager }, asked, standardFields))
    },
  },
  {
    method: 'PATCH',
    path: '/users/{}',
    rights: [...Object.values(mayPatch).flat(), ...mayPatchOthers],
    handle: patchUser,
  },
  { method: 'DELETE', path: '/users/{}', rights: remove, handle: (call) => deleteUser(call, call.parts[0] ?? '') },
  {
    method: 'POST',
    path: '/users/{}/revokeSignInSessions',
    rights: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
    handle({ truth, write, parts: [id = ''] }) {
      const user = userIn(truth, id)
      if (!user) return notFound(id)
      write((tenant) => Object.assign(userIn(tenant, id) ?? {}, { signInSessionsValidFromDateTime: stamp() }))
      return ok({ '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean', value: true })
    },
  },
  {
    method: 'GET',
    path: '/directory/deletedItems/{}',
    rights: directoryRead,
    handle({ asked, tenant, parts: [id = ''] }) {
      const user = tenant.deletedUsers.find((one) => one.id === id)
      const type = { '@odata.type': '#microsoft.graph.user' }
      return user ? ok(select({ ...type, ...user }, asked, standardFields)) : notFound(id)
    },
  },
  {
    method: 'POST',
    path: '/directory/deletedItems/{}/restore',
    rights: remove,
    handle({ truth, write, parts: [id = ''] }) {
      const user = truth.deletedUsers.find((one) => one.id === id)
      if (!user) return notFound(id)
      write((tenant) => {
        tenant.deletedUsers = tenant.deletedUsers.filter((one) => one.id !== id)
        tenant.users.push(user)
      })
      return ok({ '@odata.type': '#microsoft.graph.user', id, userPrincipalName: user.userPrincipalName })
    },
  },
]

function shown(tenant: Tenant, user: User): Entity {
  return { ...user, licenseAssignmentStates: licenceStates(tenant, user.id) }
}

function patchUser(call: Call): Answer {
  const [id = ''] = call.parts
  const user = userIn(call.truth, id)
  if (!user) return notFound(id)
  const change = call.asked.body as Record<string, unknown>
  const names = Object.keys(change)
  const mayAll = names.every((name) => (mayPatch[name] ?? mayPatchOthers).some((right) => call.rights.includes(right)))
  const sensitive = names.some((name) => name in mayPatch)
  if (!mayAll || (sensitive && isAdministrator(call.truth, user.id) && !call.privileged)) return denied()
  if (user.onPremisesSyncEnabled && names.some((name) => masteredOnPremises.includes(name))) return synced()
  const { passwordProfile, ...plain } = change as { passwordProfile?: { password?: string } }
  if (passwordProfile && !isComplex(passwordProfile.password ?? '')) {
    return badRequest(
      'The specified password does not comply with password complexity requirements. Please provide a different password.',
    )
  }
  call.write((tenant) => {
    Object.assign(userIn(tenant, id) ?? {}, plain, passwordProfile ? { lastPasswordChangeDateTime: stamp() } : {})
  })
  return noContent
}

/** 8 to 256 characters, three of four kinds (Microsoft Entra password policies). */
function isComplex(password: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length
  return password.length >= 8 && password.length <= 256 && kinds >= 3
}

/** Holders of a role, and members or owners of role-assignable groups, are out of reach of a mere app permission. */
export function isAdministrator(tenant: Tenant, userId: string): boolean {
  const holds = tenant.roleAssignments.some((one) => one.principalId === userId)
  const assignable = tenant.groups.filter((group) => group.isAssignableToRole)
  return holds || assignable.some((group) => group.members.includes(userId) || group.owners.includes(userId))
}

/** Where `/$ref` is forgotten on a membership, Graph does this to the member. */
export function deleteUser(call: Call, id: string): Answer {
  const user = userIn(call.truth, id)
  if (!user) return notFound(id)
  if (!remove.some((right) => call.rights.includes(right))) return denied()
  if (isAdministrator(call.truth, user.id) && !call.privileged) return denied()
  if (user.onPremisesSyncEnabled) return synced()
  call.write((tenant) => {
    tenant.users = tenant.users.filter((one) => one.id !== user.id)
    tenant.deletedUsers.push({ ...user, deletedDateTime: stamp() })
  })
  return noContent
}
