/** The system through the gate: one door, which leads nowhere that is refused and follows no redirect. */
import { z } from 'zod'
import {
  Denied,
  everyPage,
  type Gate,
  type HeldToken,
  nextLink,
  type Outgoing,
  Rejected,
  type Rest,
  renewing,
  rest,
  unlessStatus,
} from '../../src/connector.ts'
import { guardOf, type Lookup } from './addresses.ts'
import { select, textAt } from './select.ts'
import type { Look, Settings } from './settings.ts'
import { urlOf, type Values } from './template.ts'

export interface Http {
  settings: Settings
  rest: Rest
  /** All pages of a look, each as its paths see it; none where the system says that there is nothing. */
  pages(what: string, look: Look, values: Values): Promise<unknown[]>
}

/** `resolve` is the platform's own when absent. */
export function connect(settings: Settings, gate: Gate, resolve?: Lookup): Http {
  const guard = guardOf(settings.allow, resolve)
  const fetch = async (url: URL, init: RequestInit) => {
    await guard(url)
    // A redirect would take the credential, and us, anywhere.
    return gate.fetch(url, { ...init, redirect: 'manual' })
  }
  const { title: vendor, baseUrl: base } = settings
  let headers = signingIn(settings, fetch)
  // A token that was taken back must not be shown again once IT has mended it.
  const afresh = async (url: URL, init: RequestInit) => {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (error instanceof Denied) headers = signingIn(settings, fetch)
      throw error
    }
  }
  const door = rest({ vendor, base, headers: () => headers(), fetch: afresh })
  return {
    settings,
    rest: door,
    async pages(what, look, values) {
      const first = urlOf(look.get, values)
      return everyPage(vendor, first, async (page) => {
        const read = onePage(door, what, look, page, settings)
        // Only of the whole is "there is nothing" an answer; a later page that is not there is a list not read.
        return page === first ? ((await unlessStatus(look.goneWhen, read)) ?? { items: [] }) : read
      })
    },
  }
}

async function onePage(door: Rest, what: string, look: Look, page: string, { title, baseUrl }: Settings) {
  const { data, headers } = await door.answer(what, page, z.unknown())
  if (data === undefined || select(look.has, data).length === 0)
    throw new Rejected(`${title}'s answer to "${what}" could not be understood: it has no ${look.has}.`)
  const here = /^https:/.test(page) ? page : `${baseUrl.replace(/\/$/, '')}${page}`
  return { items: [look.one ? [data] : data], next: nextOf(look, data, headers, here) }
}

function nextOf({ next }: Look, data: unknown, headers: Headers, here: string): string | undefined {
  if (!next) return undefined
  if ('link' in next) return absolute(nextLink(headers), here)
  if ('url' in next) return absolute(textAt(next.url, data), here)
  const cursor = textAt(next.cursor, data)
  if (!cursor) return undefined
  const url = new URL(here)
  url.searchParams.set(next.parameter, cursor)
  return url.href
}

function absolute(link: string | undefined, here: string): string | undefined {
  return link ? new URL(link, here).href : undefined
}

type Send = (url: URL, init: RequestInit) => Promise<Response>

function signingIn({ auth, title }: Settings, fetch: Send): () => Promise<Record<string, string>> {
  if ('header' in auth) {
    const { header, scheme, value } = auth
    return async () => ({ [header]: [scheme, value.reveal()].filter(Boolean).join(' ') })
  }
  const held = renewing(() => tokenOf(auth, title, fetch))
  return async () => ({ authorization: `Bearer ${(await held()).token}` })
}

const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().default(300) })

/** Renewed this long before it runs out, so that none runs out on its way. */
const earlyMs = 30_000

type Client = Extract<Settings['auth'], { tokenUrl: string }>

async function tokenOf(auth: Client, vendor: string, fetch: Send): Promise<HeldToken> {
  const { tokenUrl, clientId, clientSecret, scope, sendAs } = auth
  // RFC 6749, 2.3.1: form-encoded before they are joined.
  const pair = [clientId, clientSecret.reveal()].map(encodeURIComponent).join(':')
  const basic = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
  const door = rest({ vendor, base: tokenUrl, headers: () => (sendAs === 'basic' ? basic : {}), fetch })
  const form = {
    grant_type: 'client_credentials',
    ...(scope ? { scope } : {}),
    ...(sendAs === 'form' ? { client_id: clientId, client_secret: clientSecret.reveal() } : {}),
  }
  const given = await door.ask('hand out a token', tokenUrl, Token, { method: 'POST', form })
  return { token: given.access_token, until: Date.now() + given.expires_in * 1000 - earlyMs }
}

/** Asking for a token changes nothing, so it may be asked for again. */
export function reads({ body }: Outgoing): boolean {
  return body.startsWith('grant_type=client_credentials')
}

/** The token endpoint refuses its client with 400 (RFC 6749, 5.2). */
export function classify({ status }: { status: number }, body: string): 'denied' | undefined {
  return status === 400 && body.length < 5_000 && /"error"\s*:\s*"(invalid|unauthorized)_client"/.test(body)
    ? 'denied'
    : undefined
}
