import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { Busy, Denied, InDoubt } from '../../src/connector.ts'
import { inCall } from '../../src/run/gate.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { skippingClock, worldClock } from '../support/world-clock.ts'
import { bench, failureOf, fastLimit } from './gate-support.ts'

const lost: readonly (readonly [what: string, fault: Fault['as']])[] = [
  ['is cut off after the vendor did it', 'lost'],
  ['is cut off before', 'reset'],
  ['breaks off in the middle', 'half'],
  ['does not come in time', 'stall'],
  ["is a proxy's page with 200", 'html'],
  ["is a proxy's page with 404", { status: 404, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }],
  ['is a page without a type', { status: 200, body: '<!DOCTYPE html><p>Sign in</p>' }],
  ['is 500', { status: 500 }],
  ['is 502', { status: 502 }],
  ['is 504', { status: 504 }],
]

describe('an answer that is lost', () => {
  it.each(lost)('is asked for again where it is a read and the answer %s', async (_, as) => {
    const { vendor, read, records } = await bench({ faults: [{ as }], attemptTimeoutMs: 100 })
    expect(await (await read()).json()).toEqual({ ok: true })
    expect(vendor.calls.at(-1)?.status).toBe(200)
    expect(records).toMatchObject([{ kind: 'answered', status: 200, attempts: 2 }])
  })

  it.each(lost)('leaves a write in doubt, and is never sent again, where the answer %s', async (_, as) => {
    let received = 0
    const seen: Fault = { as, when: () => true }
    const { vendor, write, context, records } = await bench({
      faults: [seen],
      attemptTimeoutMs: 100,
      handle: () => ({ status: 204 }),
    })
    vendor.faults.unshift({
      as,
      when: () => {
        received += 1
        return false
      },
      times: Number.POSITIVE_INFINITY,
    })
    const error = await failureOf(write())
    expect(error).toBeInstanceOf(InDoubt)
    expect(error.message).toMatch(
      /^Vendor gave no answer to PATCH api\.vendor\.test\/users\/17 \(.+\)\. It may have happened/,
    )
    expect(context.failures).toMatchObject([{ kind: 'in-doubt', fact: error.message }])
    expect(records).toMatchObject([{ kind: 'in-doubt', attempts: 1 }])
    expect(received).toBe(1)
  })

  it('is tried six times, with a back-off that doubles and is shortened by chance', async () => {
    const clock = skippingClock()
    const { vendor, read } = await bench({ clock, faults: [{ as: { status: 500 }, times: 9 }] })
    const error = await failureOf(read())
    expect(error).toBeInstanceOf(Busy)
    expect(error.message).toMatch(
      /^Vendor cannot be asked now: GET .*\/users\/17 ended in 500 Internal Server Error\. Tried 6 times over [0-9.]+ ?[a-z]+\.$/,
    )
    expect(vendor.calls).toHaveLength(6)
    expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000])
  })
})

describe('a vendor that is busy', () => {
  it.each([
    ['read', 429],
    ['write', 429],
    ['read', 503],
    ['write', 503],
  ] as const)('is asked again where it answers a %s with %i, with the same body', async (what, status) => {
    const some = await bench({ faults: [{ as: { status }, times: 3 }] })
    expect((await some[what]()).status).toBe(200)
    expect(some.vendor.calls.map((call) => call.status)).toEqual([status, status, status, 200])
    const bodies = some.vendor.calls.map((call) => call.asked.body)
    expect(bodies).toEqual(bodies.map(() => (what === 'write' ? { active: false } : null)))
    expect(some.context.failures).toEqual([])
  })

  it.each([
    ['in seconds', () => '20'],
    ['as a date', () => new Date(Date.now() + 20_000).toUTCString()],
  ])('is left alone for as long as Retry-After says %s, by every call of the bucket', async (_, value) => {
    const clock = worldClock()
    const headers = { 'retry-after': value(), date: new Date().toUTCString() }
    const { vendor, read } = await bench({ clock, faults: [{ as: { status: 429, headers } }] })
    const calls = [read()]
    await vi.waitFor(() => expect(clock.sleepers.length).toBeGreaterThan(0))
    calls.push(read(), read(), read())
    await clock.advance(18_900)
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(1_200)
    await Promise.all(calls)
    expect(vendor.calls).toHaveLength(5)
  })

  it('is measured by its own clock where Retry-After is a date', async () => {
    const clock = worldClock('2026-11-02T08:00:00.000Z')
    const headers = { date: 'Mon, 02 Nov 2026 05:00:00 GMT', 'retry-after': 'Mon, 02 Nov 2026 05:00:07 GMT' }
    const { read } = await bench({ clock, faults: [{ as: { status: 503, headers } }] })
    const call = read()
    await vi.waitFor(() => expect(clock.sleepers).toEqual([Date.parse('2026-11-02T08:00:07.000Z')]))
    await clock.advance(7_000)
    await call
  })

  it("is left alone for as long as the vendor's own header says", async () => {
    const clock = worldClock()
    const { read } = await bench({
      clock,
      resetAfter: (answer, body, now) => Number(answer.headers.get('x-reset')) * 1000 - now + JSON.parse(body).more,
      faults: [{ as: { status: 429, headers: { 'x-reset': '1793606410' }, body: { more: 5 } } }],
    })
    const call = read()
    await vi.waitFor(() => expect(clock.sleepers).toEqual([1_793_606_410_005]))
    await clock.advance(20_000)
    expect((await call).status).toBe(200)
  })

  it('is given up at once where it wants more time than there is, and so are those who wait', async () => {
    const { vendor, read } = await bench({
      limits: [{ ...fastLimit, concurrent: 1 }],
      faults: [{ as: { status: 429, headers: { 'retry-after': '3600' } } }],
    })
    const errors = await Promise.all([failureOf(read()), failureOf(read())])
    for (const error of [...errors, await failureOf(read())]) expect(error).toBeInstanceOf(Busy)
    expect(errors[1]?.message).toContain('asked to be left alone for another 3600 s')
    expect(vendor.calls).toHaveLength(1)
  })

  it('is not waited for longer than the settings say in all', async () => {
    const clock = skippingClock()
    const { vendor, read } = await bench({
      clock,
      maxWaitMs: 50_000,
      faults: [{ as: { status: 429, headers: { 'retry-after': '20' } }, times: 9 }],
    })
    expect(await failureOf(read())).toBeInstanceOf(Busy)
    expect(vendor.calls).toHaveLength(3)
  })

  it('is whatever the connector says is busy', async () => {
    const { vendor, read } = await bench({
      classify: (answer, body) => (answer.status === 403 && body.includes('rateLimit') ? 'busy' : undefined),
      faults: [{ as: { status: 403, body: { reason: 'rateLimitExceeded' } }, times: 2 }],
    })
    expect((await read()).status).toBe(200)
    expect(vendor.calls).toHaveLength(3)
  })
})

describe('a connection that is never made', () => {
  it('is tried again, for a write too, and then the vendor is busy', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    await new Promise((done) => server.close(done))
    const { gate, records, context } = await bench({ send: fetch })
    const error = await failureOf(
      inCall(context, () => gate.fetch(`http://127.0.0.1:${port}/users`, { method: 'POST', body: 'x' })),
    )
    expect(error).toBeInstanceOf(Busy)
    expect(error.message).toMatch(
      /no connection \(ECONNREFUSED 127\.0\.0\.1\)\. Tried 6 times .*; nothing was changed by it/,
    )
    expect(records).toMatchObject([{ kind: 'busy', attempts: 6 }])
    expect(context.failures).toMatchObject([{ kind: 'busy' }])
  })
})

describe('a refusal', () => {
  it('of the credential says what was refused, and where IT renews it', async () => {
    const body = { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed' } }
    const { vendor, read, context } = await bench({ faults: [{ as: { status: 401, body } }] })
    const error = await failureOf(read())
    expect(error).toBeInstanceOf(Denied)
    expect(error.message).toBe(
      'Vendor refused the credential (401 InvalidAuthenticationToken). IT makes a new token in the console of Vendor, under API.',
    )
    expect(context.failures).toMatchObject([{ kind: 'denied', status: 401, code: 'InvalidAuthenticationToken' }])
    expect(vendor.calls).toHaveLength(1)
  })

  it('is one of the credential where the connector says so, and none where it says that', async () => {
    const classify = (answer: { status: number }) => (answer.status === 400 ? 'denied' : 'rejected')
    const { read } = await bench({
      classify,
      faults: [
        { as: { status: 400, body: { error: 'invalid_client' } } },
        { as: { status: 401 } },
        { as: { status: 500 } },
      ],
    })
    expect((await failureOf(read())).message).toContain('(400 invalid_client)')
    expect((await read()).status).toBe(401)
    expect((await read()).status).toBe(500)
  })

  it.each([400, 403, 404, 409, 422])('with %i is handed to the SDK, and kept for the explanation', async (status) => {
    const body = { error: { code: 'No', message: 'not this one' } }
    const { write, context, records } = await bench({ faults: [{ as: { status, body } }] })
    const response = await write()
    expect([response.status, await response.json()]).toEqual([status, body])
    expect(context.failures).toMatchObject([{ kind: 'rejected', status, code: 'No' }])
    expect(context.failures[0]?.fact).toContain('(No: not this one)')
    expect(records).toMatchObject([{ kind: 'rejected', status, code: 'No', attempts: 1 }])
  })
})
