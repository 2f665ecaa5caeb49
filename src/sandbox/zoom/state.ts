/** What the pretend Zoom knows: users with licences and roles, who schedules for whom, and what they own. */
import { cast, employees } from '../company.ts'

export interface User {
  id: string
  email: string
  first_name: string
  last_name: string
  job_title: string
  dept: string
  manager?: string
  timezone: string
  type: 1 | 2
  status: 'active' | 'inactive' | 'pending'
  role_id: '0' | '1' | '2'
  /** Six digits that make anybody the host of a meeting. */
  host_key: string
  signedIn: boolean
  meetings: string[]
  webinars: string[]
  recordings: string[]
  whiteboards: string[]
}

export interface State {
  users: User[]
  /** `assistant` may schedule in the name of `scheduler`. */
  scheduling: { scheduler: string; assistant: string }[]
  /** Set free: no longer of this account. */
  free: User[]
}

export const accountId = 'AbCdEfGhIjKlMnOpQrStUv'
export const owner = 'grace.kim@example.com'

export function seed(): State {
  const users = employees.map((person): User => {
    const [first_name = '', ...rest] = person.name.split(' ')
    const id = `z8yCxjabcdEFGHfp${String(person.id).padStart(4, '0')}`
    return {
      id,
      email: person.email,
      first_name,
      last_name: rest.join(' '),
      job_title: person.title,
      dept: person.department,
      ...(person.manager && { manager: person.manager }),
      timezone: person.zone,
      type: person.department === 'Sales' ? 2 : 1,
      status: 'active',
      role_id: person.email === owner ? '0' : person.department === 'IT' ? '1' : '2',
      host_key: String(482_913 + person.id * 17),
      signedIn: true,
      meetings: [`meeting-${person.id}`],
      webinars: person.department === 'Sales' ? [`webinar-${person.id}`] : [],
      recordings: [`recording-${person.id}-1`, `recording-${person.id}-2`],
      whiteboards: [`whiteboard-${person.id}`],
    }
  })
  const id = (email: string) => users.find((one) => one.email === email)?.id ?? ''
  const [leaver, namesake, manager, other] = [cast.leaver, cast.namesake, cast.manager, cast.other].map(id)
  const pair = (scheduler = '', assistant = '') => ({ scheduler, assistant })
  const scheduling = [
    pair(manager, leaver),
    pair(other, leaver),
    pair(leaver, other),
    pair(manager, namesake),
    pair(namesake, other),
  ]
  return { users, scheduling, free: [] }
}
