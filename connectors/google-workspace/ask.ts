/** One question to Google: its own errors turned into ours, paging, and "not there" as an answer. */
import { z } from 'zod'
import { Busy, Denied, InDoubt, misread, pageCounter, Rejected } from '../../src/connector.ts'

interface GoogleError {
  response?: { status: number; data?: unknown }
  cause?: unknown
}

/**
 * Throws what the gate threw, or Rejected with Google's status, reason and message. The libraries' errors are dropped:
 * they carry the whole request, and with it new passwords.
 */
export async function ask<T>(what: string, call: () => Promise<{ data: T }>, shape: z.ZodType = anObject): Promise<T> {
  const data = await answerOf(what, call)
  if (!isParsed(data))
    throw new Rejected(
      `Google's answer to "${what}" was not JSON: is there a proxy in between? Nothing is known of it.`,
    )
  const read = shape.safeParse(data)
  if (read.success) return data
  throw new Rejected(`Google's answer to "${what}" could not be understood: ${misread(read.error)}.`)
}

const anObject = z.looseObject({})

/** What is not marked as JSON or text, gaxios hands on unread as a Blob: an object, but none of Google's. */
function isParsed(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !(data instanceof Blob)
}

/** For orders: Google answers most with nothing at all. */
export async function order(what: string, call: () => Promise<{ data: unknown }>): Promise<void> {
  const data = await answerOf(what, call)
  if ((typeof data === 'string' && data !== '') || (data instanceof Blob && data.size > 0))
    throw new Error(`Google's answer to "${what}" was no JSON: is there a proxy in between? It may not be done.`)
}

async function answerOf<T>(what: string, call: () => Promise<{ data: T }>): Promise<T> {
  try {
    return (await call()).data
  } catch (error) {
    throw ourError(what, error)
  }
}

function ourError(what: string, error: unknown): Error {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof Busy || one instanceof Denied || one instanceof InDoubt || one instanceof Rejected) return one
  const { response } = error as GoogleError
  if (!response) return new Rejected(`Could not ${what} at Google: ${withoutAnswer(error)}.`)
  const { reason, message } = said(response.data)
  const code = [response.status, reason].filter(Boolean).join(' ')
  const told = `Google refused to ${what}: ${message || 'without a reason'} (${code}).`
  return new Rejected(told, { status: response.status, ...(reason && { code: reason }) })
}

/** The libraries stumble over a token or an answer that is none, in words for programmers. */
function withoutAnswer(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given'
  return stumbled(error) || stumbled(error.cause) ? 'its answer could not be understood' : error.message
}

function stumbled(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError
}

const text = z.string().optional().catch(undefined)
const OAuthError = z.object({ error: z.string(), error_description: text })
const ApiError = z.object({
  error: z.object({
    message: text,
    status: text,
    errors: z.array(z.object({ reason: text })).catch([]),
  }),
})

function said(body: unknown): { reason: string | undefined; message: string } {
  const signIn = OAuthError.safeParse(body).data
  if (signIn) return { reason: signIn.error, message: signIn.error_description ?? signIn.error }
  const { message, errors, status } = ApiError.safeParse(body).data?.error ?? {}
  return { reason: errors?.[0]?.reason ?? status, message: message ?? '' }
}

const goneReasons = ['notFound', 'NOT_FOUND']

/** Undefined where Google itself says that it is not there; a 404 of anybody else's is thrown like every refusal. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && error.status === 404 && goneReasons.includes(error.code ?? '')) return undefined
    throw error
  }
}

/** "Already so": the conflict that a repeated order ends in. */
export async function unlessThere(answer: Promise<unknown>): Promise<void> {
  try {
    await answer
  } catch (error) {
    if (!(error instanceof Rejected && error.status === 409)) throw error
  }
}

/** All pages. `page` is asked with the token of the page before, or with nothing. */
export async function all<P extends { nextPageToken?: string | null }, T>(
  page: (pageToken: { pageToken?: string }) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = []
  const count = pageCounter('Google')
  let token: string | null | undefined
  do {
    const answer = await page(token ? { pageToken: token } : {})
    found.push(...(items(answer) ?? []))
    token = answer.nextPageToken
    if (token) count(token)
  } while (token)
  return found
}
