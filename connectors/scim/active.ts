/** Writing `active`, in the dialect that the service understands. */
import { path, Rejected, unlessStatus } from '../../src/connector.ts'
import { patchSchema, type Scim, write } from './client.ts'
import type { Settings } from './settings.ts'
import { wholeUser } from './users.ts'

const coreSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** The service's own (RFC 7643, 3.1 and 4.1.2): a replacement without them leaves them as they are. */
const readOnly = new Set(['id', 'meta', 'groups', 'password'])

/** Where it is gone already, nothing is left to write. */
export async function setActive(scim: Scim, id: string, active: boolean): Promise<void> {
  const method = await methodOf(scim)
  if (method === 'delete') {
    if (active) throw new Rejected(`${scim.settings.title} has ended the membership: IT invites them again.`)
    await deleteUser(scim, id)
  } else if (method === 'put') await replace(scim, id, active)
  else {
    const order = write('PATCH', { schemas: [patchSchema], Operations: [operation(scim.settings, active)] })
    const what = active ? 'switch the account on' : 'switch the account off'
    if (active) await scim.rest.order(what, path`/Users/${id}`, order)
    else await unlessStatus([404], scim.rest.order(what, path`/Users/${id}`, order))
  }
}

export async function deleteUser(scim: Scim, id: string): Promise<void> {
  await unlessStatus([404, 410], scim.rest.order('delete the user', path`/Users/${id}`, { method: 'DELETE' }))
}

async function methodOf(scim: Scim): Promise<'patch' | 'put' | 'delete'> {
  if (scim.settings.write !== 'auto') return scim.settings.write
  return (await scim.config())?.patch?.supported === false ? 'put' : 'patch'
}

function operation({ pathless, capitals, text }: Settings, active: boolean) {
  const op = capitals ? 'Replace' : 'replace'
  const value = text ? (active ? 'True' : 'False') : active
  return pathless ? { op, value: { active: value } } : { op, path: 'active', value }
}

/** The whole user as it stands, with one value changed; where the service counts versions, only that very one. */
async function replace(scim: Scim, id: string, active: boolean): Promise<void> {
  const user = await wholeUser(scim, id)
  if (!user) return
  const kept = Object.fromEntries(Object.entries(user).filter(([name]) => !readOnly.has(name)))
  const value = scim.settings.text ? (active ? 'True' : 'False') : active
  const json = { schemas: [coreSchema], ...kept, active: value }
  const version = (await scim.config())?.etag?.supported ? versionOf(user.meta) : undefined
  const order = write('PUT', json, version ? { 'if-match': version } : {})
  await scim.rest.order(active ? 'switch the account on' : 'switch the account off', path`/Users/${id}`, order)
}

function versionOf(meta: unknown): string | undefined {
  const { version } = (meta ?? {}) as { version?: unknown }
  return typeof version === 'string' ? version : undefined
}
