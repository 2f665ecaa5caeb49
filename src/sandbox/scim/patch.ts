/** PATCH as RFC 7644 3.5.2 has it, narrowed to what a service of the given dialect understands. */
import type { Answer } from '../server.ts'
import { refusal } from './answers.ts'
import type { Dialect } from './index.ts'
import type { Group, User } from './state.ts'

interface Operation {
  op?: unknown
  path?: unknown
  value?: unknown
}

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** The operations, or why the message is none. */
export function operationsOf(body: unknown, dialect: Dialect): readonly Operation[] | Answer {
  const { schemas, Operations } = (body ?? {}) as { schemas?: unknown; Operations?: unknown }
  if (
    !Array.isArray(schemas) ||
    !schemas.includes(patchSchema) ||
    !Array.isArray(Operations) ||
    Operations.length === 0
  )
    return refusal(400, 'The message is no PatchOp', 'invalidSyntax')
  const known = dialect.capitals ? ['Add', 'Remove', 'Replace'] : ['add', 'remove', 'replace']
  const odd = (Operations as Operation[]).find(({ op }) => !known.includes(String(op)))
  return odd ? refusal(400, `"${odd.op}" is not one of ${known.join(', ')}`, 'invalidSyntax') : Operations
}

/** Why it is refused; undefined once it is done. */
export function patchUser(user: User, { path, value }: Operation, dialect: Dialect): Answer | undefined {
  if (dialect.pathless === (path !== undefined)) return refusal(400, 'The path is not understood', 'invalidPath')
  if (path !== undefined && path !== 'active') return refusal(400, `${path} cannot be changed`, 'mutability')
  const given = dialect.pathless ? (value as { active?: unknown } | undefined)?.active : value
  const active = activeOf(given, dialect)
  if (active === undefined) return refusal(400, 'active is not of the expected type', 'invalidValue')
  user.active = active
  return undefined
}

export function activeOf(value: unknown, { text }: Dialect): boolean | undefined {
  if (!text) return typeof value === 'boolean' ? value : undefined
  return value === 'True' ? true : value === 'False' ? false : undefined
}

export function patchGroup(
  group: Group,
  { op, path, value }: Operation,
  known: readonly string[],
  dialect: Dialect,
): Answer | undefined {
  const listed = Array.isArray(value) ? value.map((one) => String((one as { value?: unknown }).value)) : []
  if (String(op).toLowerCase() === 'add') {
    if (path !== 'members' || listed.some((id) => !known.includes(id)))
      return refusal(400, 'members are added by the id of a user', 'invalidValue')
    group.members = [...new Set([...group.members, ...listed])]
    return undefined
  }
  const leaving = dialect.member === 'value' ? (path === 'members' ? listed : []) : named(path)
  if (leaving.length === 0) return refusal(400, 'The path names nobody', 'invalidPath')
  if (!leaving.some((id) => group.members.includes(id))) return refusal(400, 'Nobody is at this path', 'noTarget')
  group.members = group.members.filter((id) => !leaving.includes(id))
  return undefined
}

function named(path: unknown): string[] {
  const [, json] = /^members\[value eq ("(?:[^"\\]|\\.)*")\]$/.exec(String(path)) ?? []
  return json ? [JSON.parse(json) as string] : []
}
