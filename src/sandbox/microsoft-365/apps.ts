/** Consents and app role assignments, devices, and the organisation itself. */
import { noContent, notFound, ok } from './answers.ts'
import { page } from './odata.ts'
import { directoryRead, type Route, stamp, userIn } from './route.ts'
import { type AppRoleAssignment, type Device, type Entity, guid, type Tenant } from './tenant.ts'

const readUsers = ['User.Read.All', 'User.ReadWrite.All', ...directoryRead]
const writeApps = ['AppRoleAssignment.ReadWrite.All']
const readDevices = ['Device.Read.All', 'Device.ReadWrite.All', ...directoryRead]

export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/organization',
    rights: ['Organization.Read.All', 'User.Read.All', ...directoryRead],
    handle: ({ asked, tenant, pageSize }) => page([tenant.organization], asked, { pageSize }),
  },
  ofUser('oauth2PermissionGrants', ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.Read.All'], (tenant, id) =>
    tenant.grants.filter((grant) => grant.principalId === id),
  ),
  {
    method: 'DELETE',
    path: '/oauth2PermissionGrants/{}',
    rights: ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'],
    handle({ truth, write, parts: [id = ''] }) {
      if (!truth.grants.some((grant) => grant.id === id)) return notFound(id)
      write((tenant) => {
        tenant.grants = tenant.grants.filter((grant) => grant.id !== id)
      })
      return noContent
    },
  },
  // Also those that come through a group that the user is a direct member of, as Graph lists them.
  ofUser('appRoleAssignments', [...writeApps, 'Directory.Read.All'], (tenant, id) => {
    const groups = tenant.groups.filter((group) => group.members.includes(id)).map((group) => group.id)
    return tenant.appRoles.filter((role) => role.principalId === id || groups.includes(role.principalId))
  }),
  {
    method: 'POST',
    path: '/users/{}/appRoleAssignments',
    rights: writeApps,
    handle({ asked, truth, write, parts: [id = ''] }) {
      const user = userIn(truth, id)
      if (!user) return notFound(id)
      const { resourceId, appRoleId } = asked.body as { resourceId: string; appRoleId: string }
      const role: AppRoleAssignment = {
        id: guid(60, truth.appRoles.length + 900),
        principalId: user.id,
        principalType: 'User',
        principalDisplayName: user.displayName,
        resourceId,
        resourceDisplayName: truth.appNames[resourceId] ?? 'App',
        appRoleId,
        createdDateTime: stamp(),
      }
      write((tenant) => void tenant.appRoles.push(role))
      return ok(role, 201)
    },
  },
  {
    method: 'DELETE',
    path: '/users/{}/appRoleAssignments/{}',
    rights: writeApps,
    handle({ truth, write, parts: [, id = ''] }) {
      if (!truth.appRoles.some((role) => role.id === id)) return notFound(id)
      write((tenant) => {
        tenant.appRoles = tenant.appRoles.filter((role) => role.id !== id)
      })
      return noContent
    },
  },
  ofUser('registeredDevices', readUsers, (tenant, id) => devices(tenant, (one) => one.registeredUsers.includes(id))),
  ofUser('ownedDevices', readUsers, (tenant, id) => devices(tenant, (one) => one.registeredOwners.includes(id))),
  {
    method: 'GET',
    path: '/devices',
    rights: readDevices,
    handle: ({ asked, tenant, pageSize }) =>
      page(
        tenant.devices.map(({ registeredUsers: _users, registeredOwners: _owners, ...one }) => one),
        asked,
        { pageSize },
      ),
  },
  {
    method: 'GET',
    path: '/devices/{}/registeredUsers',
    rights: readDevices,
    handle({ asked, tenant, pageSize, parts: [id = ''] }) {
      const device = tenant.devices.find((one) => one.id === id)
      if (!device) return notFound(id)
      const users = tenant.users.filter((user) => device.registeredUsers.includes(user.id))
      return page(
        users.map((user) => ({ '@odata.type': '#microsoft.graph.user', ...user })),
        asked,
        { pageSize },
      )
    },
  },
  {
    method: 'PATCH',
    path: '/devices/{}',
    rights: ['Device.ReadWrite.All', 'Directory.ReadWrite.All'],
    handle({ asked, truth, write, parts: [id = ''] }) {
      if (!truth.devices.some((one) => one.id === id)) return notFound(id)
      write((tenant) => Object.assign(tenant.devices.find((one) => one.id === id) ?? {}, asked.body))
      return noContent
    },
  },
]

function ofUser(
  name: string,
  rights: readonly string[],
  of: (tenant: Tenant, userId: string) => readonly Entity[],
): Route {
  return {
    method: 'GET',
    path: `/users/{}/${name}`,
    rights,
    handle({ asked, tenant, pageSize, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      return user ? page(of(tenant, user.id), asked, { pageSize }) : notFound(id)
    },
  }
}

function devices(tenant: Tenant, of: (device: Device) => boolean): Entity[] {
  return tenant.devices.filter(of).map(({ registeredUsers: _users, registeredOwners: _owners, ...device }) => ({
    '@odata.type': '#microsoft.graph.device',
    ...device,
  }))
}
