/** The leaver's files: whoever takes over may open and change them. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Receipt, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, path } from './odata.ts'

const Drive = z.object({ id: z.string(), webUrl: z.string().nullish() })
const Who = z.object({ user: z.object({ id: z.string().nullish() }).nullish() }).nullish()
const Permission = z.object({ id: z.string(), roles: z.array(z.string()).nullish(), grantedToV2: Who })
const Invited = z.object({ value: z.array(z.object({ id: z.string() })) })

export const oneDriveAccess: AutomaticStep<Graph> = {
  id: 'onedrive-access',
  title: 'Give the receiver access to OneDrive',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const { handOverTo } = at
    if (!handOverTo) return []
    const drive = await driveOf(at)
    if (!drive) return []
    const finding = { id: `drive:${handOverTo.id}`, label: `OneDrive for ${handOverTo.label}` }
    const permission = await accessOf(at, drive.id, handOverTo.id)
    if (!permission) return [{ ...finding, state: 'open', fact: 'no access yet' }]
    const fact = `${permission.roles?.join(', ')}${drive.webUrl ? `: ${drive.webUrl}` : ''}`
    return [{ ...finding, state: 'done', fact }]
  },
  async apply(at): Promise<Receipt | undefined> {
    const drive = await driveOf(at)
    if (!drive || !at.handOverTo) throw new Rejected('There is no OneDrive, or nobody to hand it to, any more.')
    // Sharing twice would be one permission for Microsoft, and a second one in its log.
    if (await accessOf(at, drive.id, at.handOverTo.id)) return undefined
    const body = {
      recipients: [{ objectId: at.handOverTo.id }],
      roles: ['write'],
      requireSignIn: true,
      sendInvitation: false,
    }
    const answer = await at.client.post(path`/drives/${drive.id}/items/root/invite`, body)
    return { permission: Invited.parse(answer).value[0]?.id ?? null }
  },
  async undo(at) {
    const drive = await driveOf(at)
    const permission = drive && at.handOverTo && (await accessOf(at, drive.id, at.handOverTo.id))
    if (drive && permission) await at.client.remove(path`/drives/${drive.id}/items/root/permissions/${permission.id}`)
  },
}

function driveOf(at: At<Graph>) {
  return at.client.get(ask(path`/users/${at.account.id}/drive`, { $select: 'id,webUrl' }), Drive)
}

async function accessOf(at: At<Graph>, driveId: string, receiverId: string) {
  const permissions = await at.client.list(path`/drives/${driveId}/items/root/permissions`, Permission)
  const enough = (roles: readonly string[]) => roles.includes('write') || roles.includes('owner')
  return permissions.find((one) => one.grantedToV2?.user?.id === receiverId && enough(one.roles ?? []))
}
