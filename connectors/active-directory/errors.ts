/** What a controller's no means, and who does what about it: result codes (RFC 4511 A.1) and Windows' own numbers. */
import { ResultCodeError } from 'ldapts'
import { Rejected } from '../../src/connector.ts'

/** Not the directory's last word on what was asked; the gate knows each kind. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
  readonly kind: 'busy' | 'denied' | 'in-doubt'
  constructor(kind: 'busy' | 'denied' | 'in-doubt', message: string, cause: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

export function classify(error: unknown): 'busy' | 'denied' | 'in-doubt' | undefined {
  return error instanceof Trouble ? error.kind : undefined
}

/** Result codes that steps look at themselves. */
export const code = {
  noSuchAttribute: 16,
  noSuchObject: 32,
  insufficientAccess: 50,
  unwilling: 53,
  alreadyExists: 68,
} as const

/** "data 52e" of a refused bind is a Windows error number (learn.microsoft.com, "Bind Error Messages"). */
const bindData: Readonly<Record<string, string>> = {
  '525': 'there is no such user',
  '52e': 'the user or the password is wrong',
  '530': 'it may not sign in at this time of day',
  '531': 'it may not sign in from here',
  '532': 'its password has expired',
  '533': 'the service account is disabled',
  '701': 'the service account has expired',
  '773': 'its password must be changed first',
  '775': 'the service account is locked out',
}

/** The bind was refused: a result code; else no connection came about, so nothing was asked. */
export function bindFailure(error: unknown, host: string): Error {
  if (error instanceof ResultCodeError) return bindRefused(error, host)
  const { code: word, message } = error as NodeJS.ErrnoException
  if (isCertificateProblem(word))
    return new Rejected(
      `the certificate of ${host} is not trusted (${message}): IT puts the authority that made it into the setting 'ca', and the name it carries into 'tlsServerName'`,
      { ...(word ? { code: word } : {}), cause: error },
    )
  return new Trouble('busy', `no connection to ${host} (${word ?? firstLine(message)})`, error)
}

function bindRefused(error: ResultCodeError, host: string): Error {
  if (busy.has(error.code)) return new Trouble('busy', said(error, host), error)
  if (error.code !== 49) return new Rejected(said(error, host), { status: error.code, code: error.name, cause: error })
  const data = /data ([0-9a-f]+)/.exec(error.message)?.[1]
  const why = data ? `${bindData[data] ?? 'refused'}, data ${data}` : 'refused'
  return new Trouble('denied', `${host} answered the sign-in with 49: ${why}`, error)
}

/** OpenSSL's and Node's own words for a certificate they do not take. */
function isCertificateProblem(word: string | undefined): boolean {
  return /CERT|ISSUER|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH/.test(word ?? '')
}

/** busy, unavailable, timeLimitExceeded, adminLimitExceeded. */
const busy = new Set([3, 11, 51, 52])

/** Nothing but a result code is an answer; whatever else ended a write leaves it in doubt. */
export function callFailure(error: unknown, host: string, writes: boolean): Error {
  if (error instanceof Rejected || error instanceof Trouble) return error
  if (!(error instanceof ResultCodeError))
    return new Trouble(writes ? 'in-doubt' : 'busy', `${host}: ${firstLine((error as Error).message)}`, error)
  if (busy.has(error.code)) return new Trouble('busy', said(error, host), error)
  // 000004DC: the controller forgot the sign-in of this connection; the next one signs in again.
  if (error.code === 1 && error.message.includes('000004DC')) return new Trouble('busy', said(error, host), error)
  return new Rejected(explained(error, host), { status: error.code, code: error.name, cause: error })
}

function explained(error: ResultCodeError, host: string): string {
  const answer = said(error, host)
  if (error.code === 10) return `${answer}. It belongs to another domain: IT names a controller of that one`
  if (error.message.includes('0000052D'))
    return `${answer}. A password policy or filter refused 40 random characters: IT looks at what it wants`
  if (error.code === 8) return `${answer}. It wants signing or encryption that this connection does not have`
  return answer
}

function said(error: ResultCodeError, host: string): string {
  return `${host} answered ${error.code} ${error.name.replace(/Error$/, '')} (${firstLine(error.message)})`
}

function firstLine(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? ''
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`
}
