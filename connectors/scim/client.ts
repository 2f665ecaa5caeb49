/** The service as its settings describe it, and what it says of itself (ServiceProviderConfig, RFC 7643 section 5). */
import { z } from 'zod'
import {
  type Asking,
  type At,
  Denied,
  everyPage,
  type Gate,
  Rejected,
  type Rest,
  rest,
  unlessStatus,
} from '../../src/connector.ts'
import type { Settings } from './settings.ts'
import { authorization } from './token.ts'

export interface Scim {
  settings: Settings
  rest: Rest
  /** Host and path: two tenants of one service are two realms. */
  realm: string
  /** Undefined where the service does not describe itself. Read once: it is what the service can do. */
  config(): Promise<ServiceProviderConfig | undefined>
}

export type ScimAt = At<Scim>

const Supported = z.object({ supported: z.boolean() }).optional()
const ServiceProviderConfig = z.object({ patch: Supported, filter: Supported, etag: Supported })
export type ServiceProviderConfig = z.infer<typeof ServiceProviderConfig>

export const scimJson = 'application/scim+json'

export function connect(settings: Settings, gate: Gate): Scim {
  let authorize = authorization(settings, gate)
  const api = rest({
    vendor: settings.title,
    base: settings.baseUrl,
    headers: async () => ({ accept: `${scimJson}, application/json`, ...(await authorize()) }),
    async fetch(url, init) {
      try {
        return await gate.fetch(url, init)
      } catch (error) {
        // A token that was taken back must not be shown again once IT has mended it.
        if (error instanceof Denied) authorize = authorization(settings, gate)
        throw error
      }
    },
  })
  const { host, pathname } = new URL(settings.baseUrl)
  let known: Promise<ServiceProviderConfig | undefined> | undefined
  return {
    settings,
    rest: api,
    realm: `${host}${pathname.replace(/\/$/, '')}`,
    config() {
      known ??= readConfig(api).catch((error) => {
        known = undefined
        throw error
      })
      return known
    },
  }
}

/** Many services leave it out, or keep it from the token. */
function readConfig(api: Rest): Promise<ServiceProviderConfig | undefined> {
  const asked = api.ask('describe itself', '/ServiceProviderConfig', ServiceProviderConfig)
  return unlessStatus([400, 403, 404, 405, 501], asked)
}

/** RFC 7644: bodies are application/scim+json. */
export function write(method: 'PATCH' | 'PUT', json: unknown, more: Record<string, string> = {}): Asking {
  return { method, json, headers: { 'content-type': scimJson, ...more } }
}

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** A text in a filter (RFC 7644, figure 1: a JSON string). */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these are refused
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new Rejected('An address with control characters is no address.')
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/**
 * All pages (`startIndex` counts from 1; a service may give fewer than asked for). Throws Rejected where it answers
 * without a list, or gives the same page again: then it does not page, and the rest cannot be read.
 */
export function list<T extends { id: string }>(
  scim: Scim,
  what: string,
  path: string,
  shape: z.ZodType<T>,
  filter?: string,
): Promise<T[]> {
  const { title, pageSize } = scim.settings
  const List = z.object({ totalResults: z.number().int(), Resources: z.array(shape).optional() })
  const seen = new Set<string>()
  let read = 0
  return everyPage(title, '1', async (startIndex) => {
    const query = { startIndex, count: pageSize, ...(filter !== undefined && { filter }) }
    const { totalResults, Resources: items = [] } = await scim.rest.ask(what, path, List, { query })
    const more = read + items.length < totalResults
    const fresh = items.filter(({ id }) => !seen.has(id))
    if ((more || items.length > 0) && fresh.length === 0)
      throw new Rejected(
        `${title} says it has ${totalResults}, and gave ${seen.size}: its list cannot be read to the end.`,
      )
    for (const { id } of fresh) seen.add(id)
    read += items.length
    return { items: fresh, next: more ? String(read + 1) : undefined }
  })
}
