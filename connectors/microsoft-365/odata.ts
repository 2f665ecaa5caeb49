/** Addresses and answers as OData writes them. */
import type { z } from 'zod'
import { misread, Rejected } from '../../src/connector.ts'

/** A path whose inserted parts are percent-encoded: path`/users/${id}/drive`. */
export function path(fixed: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: fixed }, ...parts.map(encodeURIComponent))
}

/** `ask('/users', { $filter: … })`; values are percent-encoded. */
export function ask(where: string, query: Record<string, string>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${where}?${pairs.join('&')}`
}

/** A text inside an OData filter. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The fields that a shape reads, for `$select`. */
export function fieldsOf(shape: z.ZodObject): string {
  return Object.keys(shape.shape)
    .filter((name) => !name.includes('@'))
    .join(',')
}

export function parsed<T>(shape: z.ZodType<T>, answer: unknown, where: string): T {
  const result = shape.safeParse(answer)
  if (result.success) return result.data
  throw new Rejected(`Microsoft Graph's answer to ${where.split('?')[0]} could not be read: ${misread(result.error)}.`)
}
