/** Where the account is somebody's own, or held by an identity provider, its access is suspended in each directory. */
import { z } from 'zod'
import { type AutomaticStep, everyPage, path, Rejected } from '../../src/connector.ts'
import { switchable } from './account.ts'
import { type AtlassianAt, type Client, freshUser, isManaged, lastAdmin, userOf } from './client.ts'

const text = z.string().nullish()
const Directories = z.object({
  data: z.array(z.object({ directoryId: z.string(), name: text })),
  links: z.object({ next: text }).nullish(),
})
const Details = z.object({ data: z.object({ membershipStatus: z.string() }) })

export const suspendAccess: AutomaticStep<Client> = {
  id: 'suspend-access',
  title: 'Suspend access to all apps',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user || (isManaged(user) && (await switchable(at)) === true)) return []
    const last = await lastAdminNow(at)
    const found = await Promise.all(
      (await directoriesOf(at)).map(async ({ directoryId: id, name }) => {
        const there = await at.client.rest.find('read the access', placeIn(at, id), Details)
        const status = there?.data.membershipStatus ?? 'no_membership'
        const head = { id, label: name ?? id, fact: `membershipStatus=${status}` }
        if (status !== 'active') return { ...head, state: 'done' as const }
        return last ? { ...head, state: 'blocked' as const, fact: last } : { ...head, state: 'open' as const }
      }),
    )
    return found
  },
  async apply(at, finding) {
    const last = await lastAdminNow(at)
    if (last) throw new Rejected(last, { code: 'lastAdmin' })
    await at.client.rest.order('suspend access', `${placeIn(at, finding.id)}/suspend`, { method: 'POST' })
  },
  async undo(at, finding) {
    await at.client.rest.order('restore access', `${placeIn(at, finding.id)}/restore`, { method: 'POST' })
  },
}

/** Fresh. */
async function lastAdminNow(at: AtlassianAt): Promise<string | undefined> {
  const user = await freshUser(at)
  return user && lastAdmin(at, user)
}

function placeIn({ client, account }: AtlassianAt, directory: string): string {
  return `${client.directories}${path`/${directory}/users/${account.id}`}`
}

/** Those that the person is in. */
function directoriesOf({ client, account }: AtlassianAt) {
  return everyPage('Atlassian', '', async (cursor) => {
    const query = { accountId: account.id, limit: 100, cursor: cursor || undefined }
    const { data, links } = await client.rest.ask('list directories', client.directories, Directories, { query })
    const next = links?.next ? new URL(links.next, 'https://none.invalid').searchParams.get('cursor') : undefined
    return { items: data, next: next ?? links?.next ?? undefined }
  })
}
