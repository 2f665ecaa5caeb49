/** What the pretend service knows: users and groups as SCIM resources are (RFC 7643), and what lives on beside them. */
import { cast, employees } from '../company.ts'

export interface User {
  id: string
  userName: string
  active: boolean
  name: { givenName: string; familyName: string }
  displayName: string
  title: string
  department: string
  manager?: string
  emails: { value: string; type: string; primary: boolean }[]
  /** Kept though SCIM does not show it: a client that replaces the user must not lose it. */
  nickName: string
  /** What SCIM says nothing of. */
  apiTokens: number
  version: number
}

export interface Group {
  id: string
  displayName: string
  members: string[]
}

export interface State {
  users: User[]
  groups: Group[]
}

const groupNames = ['Everyone', 'Sales', 'Design review', 'Forecast "Q4"', 'Beta testers', 'Leadership']

export function seed(): State {
  const users = employees.map((person): User => {
    const [givenName = '', ...rest] = person.name.split(' ')
    return {
      id: idOf(person.id),
      userName: person.email,
      active: true,
      name: { givenName, familyName: rest.join(' ') },
      displayName: person.name,
      title: person.title,
      department: person.department,
      ...(person.manager && { manager: employees.find(({ email }) => email === person.manager)?.name ?? '' }),
      emails: [
        { value: person.email, type: 'work', primary: true },
        ...(person.email === cast.leaver ? [{ value: 'jmiller@example.com', type: 'other', primary: false }] : []),
      ],
      nickName: givenName,
      apiTokens: 1,
      version: 1,
    }
  })
  const member = (email: string) => idOf(employees.find((one) => one.email === email)?.id ?? 0)
  const groups = groupNames.map((displayName, at): Group => {
    const members = [member(cast.manager), member(cast.namesake)]
    return { id: `9e1c-${at + 1}`, displayName, members: at === 5 ? members : [...members, member(cast.leaver)] }
  })
  return { users, groups }
}

function idOf(number: number): string {
  return `2819c223-7f76-453a-919d-${String(number).padStart(12, '0')}`
}
