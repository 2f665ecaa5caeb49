/** What the pretend BambooHR says of one person's employment. */
import { row, type Shown } from '../shown.ts'
import type { BambooState } from './index.ts'

export function showsBambooHr({ people, rows }: BambooState, email: string): Shown[] {
  const person = people.find((one) => one.workEmail === email)
  if (!person) return []
  const last = rows
    .filter((one) => one.employeeId === person.id)
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .at(-1)
  if (!last) return []
  const ends = last.employmentStatus === 'Terminated'
  return [row('records', 'Employment', `${last.employmentStatus} from ${last.date}`, !ends)]
}
