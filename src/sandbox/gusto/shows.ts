/** What the pretend Gusto says of one person's employment. */
import { row, type Shown } from '../shown.ts'
import type { GustoState } from './index.ts'

export function showsGusto({ people, terminations }: GustoState, email: string): Shown[] {
  const person = people.find((one) => one.work_email === email || one.email === email)
  if (!person) return []
  const end = terminations.find((one) => one.employee_uuid === person.uuid && !one.void)
  return [row('records', 'Payroll', end ? `ends ${end.effective_date}` : 'employed', !end)]
}
