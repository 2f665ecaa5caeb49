import { describe, expect, it } from 'vitest'
import { Rejected } from '../../src/connector.ts'
import { retryAfterMs } from '../../src/run/gate-answer.ts'
import { sentence, vendorWords } from '../../src/run/gate-words.ts'
import { bench, failureOf, json } from './gate-support.ts'

const sent = { headers: new Headers(), body: '' }

describe("the vendor's words", () => {
  it.each([
    [
      'Graph',
      { error: { code: 'Request_ResourceNotFound', message: 'Not there' } },
      'Request_ResourceNotFound',
      'Not there',
    ],
    [
      'Google',
      { error: { code: 403, message: 'Not Authorized', errors: [{ reason: 'forbidden', domain: 'global' }] } },
      'forbidden',
      'Not Authorized',
    ],
    ['OAuth', { error: 'invalid_client', error_description: 'Unknown client' }, 'invalid_client', 'Unknown client'],
    ['Okta', { errorCode: 'E0000007', errorSummary: 'Not found' }, 'E0000007', 'Not found'],
    ['SCIM', { scimType: 'mutability', detail: 'Read only', status: '400' }, 'mutability', 'Read only'],
    ['AWS in JSON', { __type: 'com.amazon#AccessDeniedException', Message: 'No' }, 'AccessDeniedException', 'No'],
    ['Zoom', { code: 1001, message: 'User does not exist' }, '1001', 'User does not exist'],
    ['Slack', { ok: false, error: 'invalid_auth' }, 'invalid_auth', undefined],
    ['GitHub', { message: 'Not Found', documentation_url: 'https://…' }, undefined, 'Not Found'],
    ['a list', [{ code: 'A', message: 'b' }], 'A', 'b'],
  ])('are found where %s puts them', (_, body, code, message) => {
    expect(vendorWords(JSON.stringify(body), sent)).toEqual({ ...(code && { code }), ...(message && { message }) })
  })

  it('are found in the XML of AWS', () => {
    const body = '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>'
    expect(vendorWords(body, sent)).toEqual({ code: 'Throttling', message: 'Rate exceeded' })
  })

  it('are none where there are none', () => {
    for (const body of ['', 'plain text', '[]', 'null', '{"error":{}}']) expect(vendorWords(body, sent)).toEqual({})
  })

  it('are short', () => {
    const { message } = vendorWords(JSON.stringify({ message: 'many words '.repeat(99) }), sent)
    expect(message?.length).toBe(200)
  })

  it('make a sentence with the status', () => {
    expect(sentence(409, { code: 'Conflict', message: 'again' })).toBe('409 Conflict (Conflict: again)')
    expect(sentence(599, {})).toBe('599')
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-02T08:00:00Z')
  it.each([
    ['7', undefined, 7_000],
    ['0.5', undefined, 500],
    ['Mon, 02 Nov 2026 08:00:09 GMT', undefined, 9_000],
    ['Mon, 02 Nov 2026 08:00:09 GMT', 'Mon, 02 Nov 2026 08:00:04 GMT', 5_000],
    ['Mon, 02 Nov 2026 07:00:00 GMT', undefined, 0],
    ['soon', undefined, undefined],
    ['', undefined, undefined],
  ])('%s with a date of %s is %s ms', (value, date, ms) => {
    const headers = new Headers({ 'retry-after': value, ...(date ? { date } : {}) })
    expect(retryAfterMs(headers, now)).toBe(ms)
  })
})

describe('a secret in a refusal', () => {
  const password = 'Tr0ub4dor&3-correct'
  const echo = { error: { code: 'InvalidPassword', message: `The password ${password} is too weak.` } }
  const body = JSON.stringify({ passwordProfile: { password } })
  const refuse = (status: number) => ({ handle: () => ({ status, body: echo }) })

  it.each([400, 403, 404, 409, 422])('is no part of what an SDK reads of a %i', async (status) => {
    const { call } = await bench(refuse(status))
    const answer = await call('/users/17', { method: 'PATCH', body, headers: json })
    const text = await answer.text()
    expect(JSON.parse(text)).toEqual({
      error: { code: 'InvalidPassword', message: 'The password [secret] is too weak.' },
    })
  })

  it('is out where it is the credential of the settings, whichever request it was sent with', async () => {
    const leaking = {
      handle: () => ({ status: 403, body: { error: { message: `as latchkey:${password} you may not` } } }),
    }
    const { call, context } = await bench({ ...leaking, secrets: () => [password] })
    expect(await (await call('/users/17')).text()).not.toContain(password)
    expect(context.failures[0]?.fact).toContain('[secret]')
    expect(JSON.stringify(context.failures)).not.toContain(password)
  })

  it('is out of an error of another protocol', async () => {
    const { gate } = await bench({ secrets: () => [password] })
    const work = gate.schedule({ url: 'ldap://dc1/', method: 'MODIFY', writes: true }, async () => {
      throw new Rejected(`dc1 answered 19 (${password} is in the history)`, { status: 19 })
    })
    const error = await failureOf(work)
    expect(error.message).toBe('dc1 answered 19 ([secret] is in the history)')
    expect(error.stack).not.toContain(password)
  })

  it('is left alone in what was answered well, where it may be what was asked for', async () => {
    const { call } = await bench({ handle: () => ({ status: 200, body: echo }) })
    expect(await (await call('/users/17', { method: 'PATCH', body, headers: json })).text()).toContain(password)
  })
})
