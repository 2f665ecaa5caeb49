/** What became of a request whose connection failed: certainly never sent, or perhaps done. Protocols alike. */

/** No connection was made, so nothing was asked: safe to ask again, also for a write. */
const neverMade = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'INVALID_CA',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
])

/** There was a connection, and it ended before the answer did. */
const cutOff = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EPROTO',
  'ENOTCONN',
  'ESHUTDOWN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SOCKET_CLOSED',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_ABORTED',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

export interface NetworkFailure {
  kind: 'never-made' | 'cut-off'
  /** "ECONNREFUSED", with the host where the error names it. */
  fact: string
}

/** Undefined where the error is no network's. */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  const chain = causesOf(error)
  const known = chain.filter((one) => kindOf(one) !== undefined)
  const telling = known.find((one) => kindOf(one) === 'cut-off') ?? known[0]
  if (!telling) return undefined
  const { code = '', hostname, address } = telling
  const where = hostname ?? address
  return { kind: kindOf(telling) as NetworkFailure['kind'], fact: where ? `${code} ${where}` : code }
}

interface SystemError {
  code?: string
  syscall?: string
  hostname?: string
  address?: string
  message?: string
}

function kindOf(error: SystemError): NetworkFailure['kind'] | undefined {
  const { code = '', syscall, message = '' } = error
  if (neverMade.has(code)) return 'never-made'
  if (!cutOff.has(code)) return undefined
  return syscall === 'connect' || message.includes('before secure TLS connection') ? 'never-made' : 'cut-off'
}

/** An error, its causes, and the parts of an AggregateError (one for each address that was tried). */
function causesOf(error: unknown): SystemError[] {
  const found: object[] = []
  const ahead = [error]
  while (ahead.length > 0) {
    const one = ahead.shift()
    if (typeof one !== 'object' || one === null || found.includes(one)) continue
    found.push(one)
    const { cause, errors } = one as { cause?: unknown; errors?: unknown }
    ahead.push(cause, ...(Array.isArray(errors) ? errors : []))
  }
  return found
}
