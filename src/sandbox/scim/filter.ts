/** The one operator that most services know: `attribute eq "value"`. */
import { refusal } from './answers.ts'
import type { Dialect } from './index.ts'
import type { Group, User } from './state.ts'

export interface Filter {
  attribute: string
  value: string
}

/** Undefined without a filter, or where the service overlooks it; an answer where it is refused. */
export function readFilter(query: URLSearchParams, known: readonly string[], dialect: Dialect) {
  const text = query.get('filter')
  if (text === null || dialect.filter === 'overlooked') return undefined
  if (dialect.filter === 'none') return refusal(501, 'Filtering is not supported')
  const [, attribute = '', json = ''] = /^([\w.]+) eq ("(?:[^"\\]|\\.)*")$/i.exec(text) ?? []
  const searched = dialect.filter === 'unknowing' ? ['userName', 'id', 'displayName'] : known
  if (dialect.filter === 'unknowing' && !searched.includes(attribute)) return { attribute: 'none', value: '' }
  if (!known.includes(attribute)) return refusal(400, `The filter is not supported: ${text}`, 'invalidFilter')
  return { attribute, value: JSON.parse(json) as string }
}

/** userName and addresses are told apart without regard to case (RFC 7643, 4.1.1). */
export function userFits({ attribute, value }: Filter, user: User): boolean {
  const wanted = value.toLowerCase()
  if (attribute === 'none') return false
  if (attribute === 'id') return user.id === value
  if (attribute === 'userName') return user.userName.toLowerCase() === wanted
  return user.emails.some((one) => one.value.toLowerCase() === wanted)
}

export function groupFits({ attribute, value }: Filter, group: Group): boolean {
  if (attribute === 'none') return false
  return attribute === 'displayName' ? group.displayName === value : group.members.includes(value)
}
