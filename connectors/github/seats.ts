/** What the organisation pays for: the Copilot seat, and codespaces, which also hold work that was never pushed. */
import { z } from 'zod'
import { type Finding, type ManualStep, path, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { paged } from './lists.ts'
import { freshPerson, personOf, User } from './people.ts'
import { isMember, isoDay, type On, personStep, type Step, unlessGone } from './step.ts'

const Seat = z.object({
  created_at: z.string(),
  pending_cancellation_date: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .nullish(),
  assigning_team: z.object({ name: z.string() }).nullish(),
})

/** A seat that a team gives ends with the team; GitHub keeps every other one to the end of the billing cycle. */
const copilotSeat: Step = personStep({
  id: 'copilot-seat',
  title: 'Cancel the Copilot seat',
  area: 'applications',
  phase: 'contain',
  async look({ org, user }) {
    const seat = await org.rest.find(
      'read the Copilot seat',
      path`/orgs/${org.login}/members/${user.login}/copilot`,
      Seat,
    )
    if (!seat || seat.assigning_team) return []
    const head = { id: 'seat', label: 'Copilot seat' }
    const ends = seat.pending_cancellation_date
    if (ends) return [{ ...head, state: 'done', fact: `pending_cancellation_date=${isoDay(ends)}` }]
    return [{ ...head, state: 'open', fact: `assigned ${isoDay(seat.created_at)}` }]
  },
  // 404 and 422 are what somebody gets who is no member any more: the seat went with the membership.
  act: ({ org, user }) =>
    unlessStatus(
      [404, 422],
      org.rest.order('cancel the Copilot seat', path`/orgs/${org.login}/copilot/billing/selected_users`, {
        method: 'DELETE',
        json: { selected_usernames: [user.login] },
      }),
    ),
})

const Codespace = z.object({
  name: z.string(),
  display_name: z.string().nullish(),
  owner: User,
  repository: z.object({ full_name: z.string() }),
  state: z.string(),
  last_used_at: z.string(),
  git_status: z.object({ has_unpushed_changes: z.boolean(), has_uncommitted_changes: z.boolean() }).partial(),
})
type Codespace = z.infer<typeof Codespace>
const Codespaces = z.object({ codespaces: z.array(Codespace) })

/**
 * The whole organisation's list, since who is no member any more can have no list of their own. None without an owner's
 * token: then it is a person's task.
 */
async function codespacesOf({ at, org, user }: On): Promise<Codespace[]> {
  const { owner } = org
  if (!owner) return []
  const base = path`/orgs/${org.login}/codespaces`
  const all = await at.once('codespaces', () =>
    paged(owner, 'list codespaces', base, Codespaces, (page) => page.codespaces),
  )
  return all.filter((one) => one.owner.id === user.id)
}

const stopped = ['Shutdown', 'Archived', 'Deleted', 'Moved', 'Failed']

const stopCodespaces: Step = personStep({
  id: 'stop-codespaces',
  title: 'Stop codespaces',
  area: 'infrastructure',
  phase: 'contain',
  async look(on) {
    const running = (await codespacesOf(on)).filter((one) => !stopped.includes(one.state))
    return running.map((one) => ({
      ...headOf(one),
      state: one.state === 'ShuttingDown' ? ('pending' as const) : ('open' as const),
      fact: `state=${one.state}`,
    }))
  },
  act: ({ org, user }, finding) =>
    unlessGone(
      Promise.resolve(
        org.owner?.order('stop a codespace', `${codespaceOf(org.login, user.login, finding.id)}/stop`, {
          method: 'POST',
        }),
      ),
    ),
})

const deleteCodespaces: Step = personStep({
  id: 'delete-codespaces',
  title: 'Delete codespaces',
  area: 'infrastructure',
  phase: 'reclaim',
  irreversible: true,
  look: async (on) => (await codespacesOf(on)).map((one) => ({ ...headOf(one), state: 'open', fact: unsaved(one) })),
  act: ({ org, user }, finding) =>
    unlessGone(
      Promise.resolve(
        org.owner?.order('delete a codespace', codespaceOf(org.login, user.login, finding.id), { method: 'DELETE' }),
      ),
    ),
})

function headOf({ name, display_name, repository }: Codespace): Pick<Finding, 'id' | 'label'> {
  return { id: name, label: `${display_name ?? name} (${repository.full_name})` }
}

function unsaved({ git_status: git, last_used_at }: Codespace): string {
  const lost = git.has_unpushed_changes || git.has_uncommitted_changes
  return `last used ${isoDay(last_used_at)}, ${lost ? 'holds work that was never pushed and is lost with it' : 'all work pushed'}`
}

function codespaceOf(org: string, login: string, name: string): string {
  return path`/orgs/${org}/members/${login}/codespaces/${name}`
}

const codespacesByHand: ManualStep<Client> = {
  id: 'codespaces-by-hand',
  title: 'Look after codespaces',
  area: 'infrastructure',
  phase: 'reclaim',
  owner: 'it',
  dueIn: 7 * 86_400_000,
  async applies(at) {
    const org = at.client.org(at.account.realm)
    if (org.owner || at.client.ownServer) return false
    const user = await personOf(at)
    return user !== undefined && (await isMember(org, user))
  },
  async ask(at) {
    const login = (await freshPerson(at))?.login ?? at.account.label
    const base = path`orgs/${at.account.realm}/members/${login}/codespaces`
    return [
      `GitHub lets no App look at codespaces. As an owner, list them: gh api "${base}".`,
      `Stop each: gh api -X POST "${base}/NAME/stop".`,
      `Delete each once nobody misses what was not pushed: gh api -X DELETE "${base}/NAME".`,
      'With ownerToken in the settings Latchkey does this.',
    ].join(' ')
  },
}

export const seatSteps = [copilotSeat, stopCodespaces, deleteCodespaces, codespacesByHand] as const
