/** What runs in the leaver's name, and stops with the account: pipeline schedules and triggers. */
import { z } from 'zod'
import { type ManualStep, path, unlessStatus } from '../../src/connector.ts'
import { type Client, type GitlabAt, isInstance } from './client.ts'
import { membershipsOf } from './groups.ts'

const Project = z.object({ id: z.number(), path_with_namespace: z.string() })
const Owner = z.object({ id: z.number() }).nullish()
const Schedule = z.object({ id: z.number(), description: z.string(), active: z.boolean(), owner: Owner })
const Trigger = z.object({ id: z.number(), description: z.string(), owner: Owner })

/** Of every project that the leaver is a direct member of, or whose group is. */
async function projectsOf(at: GitlabAt): Promise<z.infer<typeof Project>[]> {
  const lists = (await membershipsOf(at)).map(({ source_type: type, source_id: id }) =>
    type === 'Project'
      ? at.client.rest.find('read a project', path`/projects/${id}`, Project).then((one) => (one ? [one] : []))
      : at.client.every('list projects', path`/groups/${id}/projects`, Project, { include_subgroups: true }),
  )
  return [...new Map((await Promise.all(lists)).flat().map((one) => [one.id, one])).values()]
}

function leftoversOf(at: GitlabAt): Promise<string[]> {
  return at.once('leftovers', async () => {
    const projects = await projectsOf(at)
    const found = await Promise.all(
      projects.map(async ({ id, path_with_namespace: name }) => {
        const schedules = at.client.every('list schedules', path`/projects/${id}/pipeline_schedules`, Schedule)
        const triggers = at.client.every('list triggers', path`/projects/${id}/triggers`, Trigger)
        const isTheirs = (one: { owner?: { id: number } | null | undefined }) => String(one.owner?.id) === at.account.id
        // Where a project has no pipelines at all, GitLab refuses the question.
        const [some, more] = await Promise.all([unlessOff(schedules), unlessOff(triggers)])
        return [
          ...some
            .filter(isTheirs)
            .map((one) => `pipeline schedule "${one.description}" of ${name}${one.active ? '' : ' (switched off)'}`),
          ...more.filter(isTheirs).map((one) => `pipeline trigger "${one.description}" of ${name}`),
        ]
      }),
    )
    return found.flat()
  })
}

async function unlessOff<T>(list: Promise<T[]>): Promise<T[]> {
  return (await unlessStatus([403, 404], list)) ?? []
}

export const leftovers: ManualStep<Client> = {
  id: 'leftovers',
  title: 'Pipeline schedules and triggers of theirs',
  area: 'infrastructure',
  phase: 'preserve',
  owner: 'it',
  dueIn: 3 * 86_400_000,
  applies: async (at) => isInstance(at) && (await leftoversOf(at)).length > 0,
  async ask(at) {
    const found = await leftoversOf(at)
    return `These run as ${at.account.label} and stop with the account. Somebody who stays takes each over (Build > Pipeline schedules > Take ownership; a trigger is made anew) or deletes it: ${found.join('; ')}. Change the CI/CD variables and webhook secrets that the person knew.`
  },
}
