/** What the pretend in-house system holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State } from './index.ts'

export function showsHttp({ people, memberships, customers }: State, email: string): Shown[] {
  const person = people.find((one) => one.email.toLowerCase() === email)
  if (!person) return []
  const projects = memberships.filter((one) => one.person === person.id).map((one) => one.project)
  const owned = customers.filter((one) => one.owner === person.id).map((one) => one.name)
  return told([
    row('applications', 'Account', person.status, person.status === 'active'),
    ...there('applications', 'Project', projects, 'member'),
    ...there('applications', 'Customer', owned, 'theirs'),
  ])
}
