/** One question to Google: its own errors turned into ours, paging, and "not there" as an answer. */
import { Busy, Denied, InDoubt, Rejected } from '../../src/connector.ts'

interface GoogleError {
  response?: { status: number; data?: unknown }
  cause?: unknown
}

/**
 * Throws what the gate threw, or Rejected with Google's status, reason and message. The libraries' errors are dropped:
 * they carry the whole request, and with it new passwords.
 */
export async function ask<T>(what: string, call: () => Promise<{ data: T }>): Promise<T> {
  const data = await answerOf(what, call)
  if (typeof data !== 'object' || data === null)
    throw new Error(`Google's answer to "${what}" was not JSON: is there a proxy in between? Nothing is known of it.`)
  return data
}

/** For orders: Google answers most with nothing at all. */
export async function order(what: string, call: () => Promise<{ data: unknown }>): Promise<void> {
  const data = await answerOf(what, call)
  if (typeof data === 'string' && data !== '')
    throw new Error(`Google's answer to "${what}" was a page of text: is there a proxy in between? It may not be done.`)
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
  if (!response) return new Error(`Could not ${what} at Google: ${error instanceof Error ? error.message : error}`)
  const { reason, message } = said(response.data)
  const code = [response.status, reason].filter(Boolean).join(' ')
  const told = `Google refused to ${what}: ${message || 'without a reason'} (${code}).`
  return new Rejected(told, { status: response.status, ...(reason && { code: reason }) })
}

function said(body: unknown): { reason: string | undefined; message: string } {
  const { error, error_description: description } = (body ?? {}) as { error?: unknown; error_description?: string }
  if (typeof error === 'string') return { reason: error, message: description ?? error }
  const { message, errors, status } = (error ?? {}) as {
    message?: string
    errors?: { reason?: string }[]
    status?: string
  }
  return { reason: errors?.[0]?.reason ?? status, message: message ?? '' }
}

/** Undefined where Google says 404; anything else it refuses is thrown. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && error.status === 404) return undefined
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
  let token: string | null | undefined
  do {
    const answer = await page(token ? { pageToken: token } : {})
    found.push(...(items(answer) ?? []))
    if (answer.nextPageToken && answer.nextPageToken === token)
      throw new Error('Google named the same next page twice, so its list cannot be read to the end.')
    token = answer.nextPageToken
  } while (token)
  return found
}
