import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog, createScrub, type LogOptions, scrubTokens, silentLog } from '../src/log.ts'

const canary = 'c4nary "quoted"/slash+plus\\back é'

function logTo(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'debug', secrets: () => [canary], write: (line) => lines.push(line), ...options })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('a log line', () => {
  it('is JSON with its time, level, fields and message', () => {
    const { log, lines, last } = logTo()
    log.child({ system: 'okta' }).warn({ attempts: 3, at: new Date(0), list: new Set(['a']), none: undefined }, 'slow')
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      system: 'okta',
      attempts: 3,
      at: '1970-01-01T00:00:00.000Z',
      list: ['a'],
      msg: 'slow',
    })
    expect(lines[0]).toMatch(/\n$/)
  })

  it('is written from its level on', () => {
    const { log, lines } = logTo({ level: 'warn' })
    log.debug({}, 'a')
    log.info({}, 'b')
    log.error({}, 'c')
    expect(lines).toHaveLength(1)
  })

  it('tells an error by its name, message, place and causes', () => {
    const { log, last } = logTo()
    const cause = Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' })
    log.error({ error: new Error('no answer', { cause }) }, 'plan failed')
    expect(last().error).toEqual({
      name: 'Error',
      message: 'no answer',
      at: expect.stringContaining('log.test.ts'),
      cause: { name: 'TypeError', message: 'fetch failed', code: 'ECONNREFUSED', at: expect.any(String) },
    })
    log.error(new AggregateError([new Error('one')], 'several'), 'both')
    expect(last().error).toMatchObject({ name: 'AggregateError', errors: [{ message: 'one' }] })
  })

  it('bears what cannot be written: circles, big numbers, functions, bytes, depth', () => {
    const { log, last } = logTo()
    const round: Record<string, unknown> = { big: 12n, run: () => 1, bytes: Buffer.from(canary) }
    round.self = round
    log.info(round, 'odd')
    expect(last()).toMatchObject({ big: '12', self: '…', bytes: `${Buffer.byteLength(canary)} bytes` })
  })
})

describe('a secret', () => {
  const url = new URL(`https://example.com/?q=${encodeURIComponent(canary)}`)
  it.each<[where: string, fields: object, message: string]>([
    ['the message', {}, `it is ${canary}!`],
    ['a nested field', { a: { b: [{ c: `x${canary}y` }] } }, ''],
    ["a field's name", { [canary]: 1 }, ''],
    ['an error', { error: new Error(`bad ${canary}`) }, ''],
    ['the cause of an error', { error: new Error('bad', { cause: new Error(`worse ${canary}`) }) }, ''],
    ['one of several errors', { error: new AggregateError([new Error(canary)]) }, ''],
    ['a URL', { url, href: url.href }, ''],
    ['JSON in a text', { body: JSON.stringify({ token: canary }) }, ''],
    ['JSON inside JSON', { body: JSON.stringify(JSON.stringify({ a: canary })) }, ''],
    ['base64', { a: Buffer.from(canary).toString('base64'), b: Buffer.from(canary).toString('base64url') }, ''],
    ['basic authentication', { a: `x ${Buffer.from(`me:${canary}`).toString('base64')}` }, ''],
    ['a form', { body: new URLSearchParams({ a: canary }).toString() }, ''],
  ])('is not written where it is in %s', (_, fields, message) => {
    const { log, lines } = logTo()
    log.info(fields, message)
    log.child(fields).info({}, message)
    for (const line of lines) {
      expect(line).toContain('[secret]')
      const written = [canary, JSON.stringify(canary).slice(1, -1), encodeURIComponent(canary)]
      for (const form of [...written, 'c4nary', Buffer.from(canary).toString('base64').slice(4, 24)])
        expect(line).not.toContain(form)
    }
  })

  it('is not written where it is a number, or the value of a telling name', () => {
    const { log, last } = logTo({ secrets: () => ['482915'] })
    log.info({ pin: 'x', count: 482915, headers: { authorization: 'a', 'Set-Cookie': 'b' }, access_token: 'c' }, '')
    expect(last()).toMatchObject({
      pin: '[secret]',
      count: '[secret]',
      headers: { authorization: '[secret]', 'Set-Cookie': '[secret]' },
      access_token: '[secret]',
    })
  })

  it('is covered from the moment it is known', () => {
    const known: string[] = []
    const { log, last } = logTo({ secrets: () => known })
    log.info({ a: 'learnt-later' }, '')
    expect(last().a).toBe('learnt-later')
    known.push('learnt-later')
    log.info({ a: 'learnt-later' }, '')
    expect(last().a).toBe('[secret]')
  })

  it('survives in no encoding, whatever it is made of', () => {
    const secrets = fc
      .string({ minLength: 9, maxLength: 40, unit: 'grapheme-ascii' })
      .filter((one) => one.trim() === one)
    const around = fc.stringMatching(/^[a-z]{0,7}$/)
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const scrub = createScrub(() => [secret])
        const text = `${before}${secret}${after}`
        for (const coded of [text, JSON.stringify(text), encodeURIComponent(text)])
          expect(scrub(coded)).toContain('[secret]')
        const basic = Buffer.from(`${before}:${secret}`).toString('base64')
        expect(scrub(basic)).toContain('[secret]')
      }),
    )
  })
})

describe('what looks like a token', () => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'
  it.each([
    ['xoxb-1234-5678-abcDEF', '[secret]'],
    ['xoxe.xoxp-1-Mi0yLTM0NTY3', '[secret]'],
    ['xapp-1-A0123-456-abcdef', '[secret]'],
    ['Authorization: Bearer abc.DEF-123', 'Authorization: Bearer [secret]'],
    ['bearer abcdefgh1', 'bearer [secret]'],
    ['SSWS 00aBcDeFgHiJ', 'SSWS [secret]'],
    [`key: ${pem} end`, 'key: [secret] end'],
    [JSON.stringify({ private_key: pem }), '{"private_key":"[secret]"}'],
    ['AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'AKIAIOSFODNN7EXAMPLE [secret]'],
    ['aws_secret_access_key = abcd/efgh', 'aws_secret_access_key = [secret]'],
    ['{"client_secret":"s3cr3tvalue"}', '{"client_secret":"[secret]"}'],
    ['"{\\"password\\":\\"hunter22\\"}"', '"{\\"password\\":\\"[secret]\\"}"'],
    ['https://x.test/?a=1&X-Amz-Signature=abcdef12&b=2', 'https://x.test/?a=1&X-Amz-Signature=[secret]&b=2'],
    ['password=2026-11-23T07:47:15Zhunter2', 'password=[secret]'],
    ['postgres://me:hunter@db/x', 'postgres://me:[secret]@db/x'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '[secret]'],
    ['ghp_0123456789abcdefghij', '[secret]'],
    ['ya29.a0AfH6SMBx_0123456789', '[secret]'],
  ])('%s', (text, clean) => {
    expect(scrubTokens(`see ${text}`)).toBe(`see ${clean}`)
  })

  it.each([
    'Basic authentication is switched off',
    'Key AKIAIOSFODNN7EXAMPLE Active, last used 2026-11-02',
    'password changed 2026-11-02',
    'the secret: nothing of note',
    'token endpoint answered 400',
    'https://graph.microsoft.com/v1.0/users/1f2e3d4c-0000-4000-8000-123456789abc/memberOf',
    'arn:aws:iam::111122223333:user/jo.miller',
    'accountEnabled=false',
    'pwdLastSet=2026-11-23T07:47:15.309Z, both resets answered',
    'lastPasswordChangeDateTime=2026-11-23T07:47:15Z',
    '{"passwordChangedAt":"2026-11-23T07:47:15Z"}',
    'changePasswordAtNextLogin=true',
  ])('is not seen in: %s', (text) => {
    expect(scrubTokens(text)).toBe(text)
  })

  it.each(['a+', 'eyJ-', 'secret', 'secret-'])('is looked for once over in a long row of %j', (piece) => {
    const text = piece.repeat(250_000 / piece.length)
    expect(scrubTokens(`${text} ghp_0123456789abcdefghij`)).toMatch(/\[secret\]$/)
  })
})

describe('the silent log', () => {
  it('takes everything and says nothing', () => {
    expect(() => silentLog.child({}).error({ error: new Error('x') }, inspect({}))).not.toThrow()
  })
})
