/** Who may schedule for whom: a right that works in other people's names. */
import { z } from 'zod'
import { type AutomaticStep, path } from '../../src/connector.ts'
import type { Zoom, ZoomAt } from './client.ts'
import { barred, freshUser, userToActOn } from './person.ts'

type Step = AutomaticStep<Zoom>

const People = z.array(z.object({ id: z.string().min(1), email: z.string().optional() }))
const shapes = {
  schedulers: z.object({ schedulers: People }).transform((answer) => answer.schedulers),
  assistants: z.object({ assistants: People }).transform((answer) => answer.assistants),
} as const

type Kind = keyof typeof shapes

function listOf({ client, account }: ZoomAt, kind: Kind) {
  return client.rest.ask(`list ${kind}`, `${path`/users/${account.id}`}/${kind}`, shapes[kind])
}

/** Zoom takes all of a kind away at once, so each kind is one finding. */
function step(kind: Kind, title: string, fact: string, undo: NonNullable<Step['undo']>): Step {
  return {
    id: kind,
    title,
    area: 'applications',
    phase: 'remove',
    async find(at) {
      const user = await freshUser(at.client, at.account.id)
      if (!user || user.status === 'pending') return []
      const people = await listOf(at, kind)
      if (people.length === 0) return []
      const label = people.map(({ id, email }) => email ?? id).join(', ')
      const before = { ids: people.map(({ id }) => id) }
      const why = barred(user)
      return [{ id: kind, label, before, ...(why ? { state: 'blocked', fact: why } : { state: 'open', fact }) }]
    },
    async apply(at) {
      if (!(await userToActOn(at))) return
      const order = { method: 'DELETE' } as const
      await at.client.rest.order(`take away ${kind}`, `${path`/users/${at.account.id}`}/${kind}`, order)
    },
    undo,
  }
}

async function assist(at: ZoomAt, whom: string, ids: readonly string[]): Promise<void> {
  const json = { assistants: ids.map((id) => ({ id })) }
  await at.client.rest.order('let somebody schedule', path`/users/${whom}/assistants`, { method: 'POST', json })
}

function idsIn(before: unknown): string[] {
  return (before as { ids: string[] }).ids
}

export const schedulers = step(
  'schedulers',
  'Take away the right to schedule for others',
  'may schedule meetings in their names',
  async (at, finding) => {
    for (const id of idsIn(finding.before)) await assist(at, id, [at.account.id])
  },
)

export const assistants = step(
  'assistants',
  'Take away others’ right to schedule for the leaver',
  'may schedule meetings in the name of the leaver',
  (at, finding) => assist(at, at.account.id, idsIn(finding.before)),
)
