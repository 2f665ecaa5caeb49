/** What people do by hand: payroll, benefits, the badge, a laptop to come back. The tasks come from the settings. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Connector, duration, type ManualStep } from '../src/connector.ts'

const Owner = z.union([z.enum(['hr', 'it']), z.string().regex(/^[UW][A-Z0-9]{6,}$/)], {
  error: 'is hr, it, or the Slack id of a person (U…)',
})

const Task = z.strictObject({
  title: z.string().trim().min(1).max(150),
  area: z.enum(['directory', 'infrastructure', 'applications', 'devices', 'records']),
  owner: Owner,
  /** From the start of the offboarding; in milliseconds once read. */
  due: duration().refine((ms) => ms > 0, 'is a time such as 90m, 4h or 3d'),
  /** What exactly is to be done; the title says it when absent. */
  ask: z.string().trim().min(1).max(2000).optional(),
  phase: z.enum(['contain', 'preserve', 'remove', 'reclaim']).default('remove'),
})
export type Task = z.infer<typeof Task>

/** Two tasks with the same id would be one in the journal, so they are refused where they are written. */
export const Tasks = z.array(Task).superRefine((tasks, context) => {
  const titles = new Map<string, string>()
  for (const [index, { title }] of tasks.entries()) {
    const other = titles.get(stepId(title))
    if (other === undefined) titles.set(stepId(title), title)
    else
      context.addIssue({
        code: 'custom',
        path: [index, 'title'],
        message: `is too much like “${other}”: titles must differ in their letters or digits`,
      })
  }
})

/** A connector value for the tasks of the settings; it has no vendor, and people attest what they did. */
export function manualConnector(tasks: readonly Task[]): Connector<Record<string, never>, undefined> {
  return {
    id: 'manual',
    title: 'By hand',
    rights: [],
    settings: z.strictObject({}),
    limits: [],
    renew: 'has nothing to renew here: people do these tasks',
    connect: () => undefined,
    check: async () => ({ as: 'people, by hand', missing: [] }),
    locate: async (_client, leaver) => [{ realm: 'people', id: leaver.id, label: leaver.name }],
    steps: tasks.map(stepOf),
  }
}

function stepOf(task: Task): ManualStep {
  const { title, area, phase, owner, due } = task
  return { id: stepId(title), title, area, phase, owner, dueIn: due, ask: task.ask ?? title }
}

/**
 * Made from the title alone, so that it stays the same whatever is added around it. Where a script has no letters of
 * ours, the title's hash tells tasks apart.
 */
function stepId(title: string): string {
  const plain = title.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '')
  const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
  if (slug && !/[^\P{L}a-z]/u.test(plain)) return slug
  const hash = createHash('sha256').update(title.normalize('NFC')).digest('hex').slice(0, 8)
  return `${slug || 'task'}-${hash}`
}

export default manualConnector([])
