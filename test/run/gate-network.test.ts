import { describe, expect, it } from 'vitest'
import { networkFailure } from '../../src/run/gate-network.ts'

function failed(more: object, message = 'failed'): Error {
  return Object.assign(new Error(message), more)
}

describe('a network error', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s means that nothing was asked', (code) => {
    const error = new TypeError('fetch failed', { cause: failed({ code, hostname: 'api.vendor.test' }) })
    expect(networkFailure(error)).toEqual({ kind: 'never-made', fact: `${code} api.vendor.test` })
  })

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    '%s means that it may have been done',
    (code) => {
      expect(networkFailure(new TypeError('terminated', { cause: failed({ code }) }))?.kind).toBe('cut-off')
    },
  )

  it('that happened while connecting means that nothing was asked', () => {
    expect(networkFailure(failed({ code: 'ETIMEDOUT', syscall: 'connect' }))?.kind).toBe('never-made')
    const message = 'Client network socket disconnected before secure TLS connection was established'
    expect(networkFailure(failed({ code: 'ECONNRESET' }, message))?.kind).toBe('never-made')
  })

  it('of several addresses is harmless only where each of them is', () => {
    const refused = failed({ code: 'ECONNREFUSED' })
    const both = (other: Error) => new TypeError('fetch failed', { cause: new AggregateError([refused, other]) })
    expect(networkFailure(both(refused))?.kind).toBe('never-made')
    expect(networkFailure(both(failed({ code: 'ECONNRESET' })))?.kind).toBe('cut-off')
  })

  it('is nothing that a program says of itself', () => {
    expect(networkFailure(new TypeError('x is not a function'))).toBeUndefined()
    expect(networkFailure(failed({ code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined()
    expect(networkFailure('a text')).toBeUndefined()
  })
})
