import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it, vi } from 'vitest'
import { Busy, Denied, InDoubt, Rejected } from '../../src/connector.ts'
import { type CallContext, explain, type Failure, inCall } from '../../src/run/gate.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { skippingClock, worldClock } from '../support/world-clock.ts'
import { address, bench, failureOf, json } from './gate-support.ts'

const nothing = { failures: [] }
const inDoubt: Failure = { kind: 'in-doubt', fact: 'the answer was lost' }
const rejected: Failure = { kind: 'rejected', fact: 'answered 409', status: 409 }

describe('explain', () => {
  it.each([
    ['busy', new Busy('later')],
    ['denied', new Denied('later')],
    ['rejected', new Rejected('later', { status: 409 })],
    ['in-doubt', new InDoubt('later')],
  ] as const)('knows our own %s', (kind, error) => {
    expect(explain(error, nothing)).toEqual({ kind, fact: 'later' })
  })

  it('finds ours inside what an SDK made of it', () => {
    const ours = new InDoubt('lost')
    const graph = Object.assign(new Error('GraphError'), { originalError: ours })
    const gaxios = Object.assign(new Error('request failed'), { error: { cause: ours } })
    for (const error of [new Error('outer', { cause: graph }), gaxios, new AggregateError([new Error('a'), ours])])
      expect(explain(error, nothing)).toEqual({ kind: 'in-doubt', fact: 'lost' })
  })

  it('does not go round in circles', () => {
    const error = new Error('round')
    error.cause = { error }
    expect(explain(error, nothing)).toEqual({ kind: 'rejected', fact: 'round' })
  })

  it('goes by the last failed call where the SDK threw something of its own', () => {
    const last: Failure = { kind: 'busy', fact: 'throttled', status: 429 }
    expect(explain(new Error('Oops'), { failures: [rejected, last] })).toEqual({ kind: 'busy', fact: 'throttled' })
  })

  it('does not lose a lost write behind what was asked after it', () => {
    expect(explain(new Error('Oops'), { failures: [inDoubt, rejected] })).toMatchObject({ kind: 'in-doubt' })
  })

  it('takes anything else as a no, told in short and without a token', () => {
    const long = `Basic dXNlcjpwYXNzd29yZA== is wrong\n${'x'.repeat(2_000)}`
    const { kind, fact } = explain(new Error(long), nothing)
    expect(kind).toBe('rejected')
    expect(fact).toMatch(/^Basic \[secret\] is wrong x+…$/)
    expect(fact.length).toBeLessThanOrEqual(600)
    expect(explain('a text', nothing).fact).toBe('a text')
  })
})

describe('the context of a call', () => {
  it('is told on the record, with what it took, and gets the failures of its own calls only', async () => {
    const clock = skippingClock()
    const { gate, records } = await bench({
      clock,
      faults: [{ as: { status: 429, headers: { 'retry-after': '3' } } }, { as: { status: 404, body: {} } }],
    })
    const one: CallContext = { offboarding: 'o1', step: 'vendor/keys@main', phase: 'contain', since: 1, failures: [] }
    const other: CallContext = { failures: [] }
    await inCall(one, () => gate.fetch(`${address}/users/17?email=jo@example.com&code=abc`))
    await inCall(other, () => gate.fetch(`${address}/users/17`))
    expect(records[0]).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      use: 'vendor',
      limit: 'all',
      method: 'GET',
      host: 'api.vendor.test',
      path: '/users/17?email&code',
      kind: 'rejected',
      status: 404,
      attempts: 2,
      busy: 1,
      waitedMs: expect.any(Number),
      ms: expect.any(Number),
      offboarding: 'o1',
      step: 'vendor/keys@main',
    })
    expect(records[0]?.waitedMs).toBeGreaterThanOrEqual(3_000)
    expect(records[1]).not.toHaveProperty('offboarding')
    expect(one.failures).toHaveLength(1)
    expect(other.failures).toEqual([])
  })
})

describe('knocking at a system that gave no answer', () => {
  it('takes one try a call, and the usual ones from its first answer on', async () => {
    const away: Fault = { as: { status: 503 } }
    const { gate, records, vendor } = await bench({ faults: [away] })
    const knocking: CallContext = { knocking: true, failures: [] }
    const ask = () => inCall(knocking, () => gate.fetch(`${address}/users/17`))
    await expect(ask()).rejects.toThrow(Busy)
    expect(knocking.knocking).toBe(true)
    await ask()
    vendor.faults.push(away)
    await ask()
    expect(records.map(({ kind, attempts }) => `${kind} ${attempts}`)).toEqual(['busy 1', 'answered 1', 'answered 2'])
  })
})

describe('the work of a call', () => {
  it('runs on behalf of who asked for it, whoever it waited behind', async () => {
    const { gate } = await bench({ limits: [{ id: 'all', perSecond: 400, concurrent: 1, source: 'test' }] })
    const whose = new AsyncLocalStorage<string>()
    const call = { url: 'ldap://dc1/search', method: 'search', writes: false }
    const ask = (name: string) => whose.run(name, () => gate.schedule(call, async () => whose.getStore()))
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(ask))).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('secrets', () => {
  const secret = 's3cr3t/Value+of==ours'
  const password = 'N3w-passw0rd-for-jo'

  it('get into no record, message or failure, even where the vendor echoes them', async () => {
    const echo = `Token ${secret} may not set password ${password}; sent ${Buffer.from(`latchkey:${secret}`).toString('base64')}`
    const { call, records, context } = await bench({
      handle: ({ path }) => ({ status: path === '/401' ? 401 : 400, body: { error: { code: 'Bad', message: echo } } }),
    })
    const init = {
      method: 'POST',
      headers: { ...json, authorization: `Basic ${Buffer.from(`latchkey:${secret}`).toString('base64')}` },
      body: JSON.stringify({ user: { passwordProfile: { password } } }),
    }
    await call('/users?access_token=abc123', init)
    await call('/tokens/xoxb-111-222-abcdef', { ...init, headers: { ...json, 'x-api-key': secret } })
    const form = new URLSearchParams({ client_secret: secret, newPassword: password })
    const error = await failureOf(call('/401', { method: 'POST', body: form }))
    const seen = JSON.stringify([records, context.failures, error.message])
    expect(context.failures).toHaveLength(3)
    for (const one of [secret, password, 'abc123', 'xoxb-111', Buffer.from(`latchkey:${secret}`).toString('base64')])
      expect(seen).not.toContain(one)
    expect(seen).toContain('[secret]')
  })
})

describe('giving up', () => {
  it('ends a call that waits for its turn at once, and it was never sent', async () => {
    const { vendor, gate, read } = await bench({
      limits: [{ id: 'all', perSecond: 400, concurrent: 1, source: 'test' }],
    })
    vendor.faults.push({ as: 'stall' })
    const stalled = failureOf(read())
    await vi.waitFor(() => expect(vendor.calls).toHaveLength(1))
    const stop = new AbortController()
    const waiting = failureOf(
      inCall({ failures: [], signal: stop.signal }, () => gate.fetch(`${address}/users`, { method: 'POST' })),
    )
    stop.abort()
    const error = await waiting
    expect(error).toBeInstanceOf(Busy)
    expect(error.message).toContain('given up before it was sent; nothing was changed')
    await gate.close()
    expect(await stalled).toBeInstanceOf(Busy)
    expect(vendor.calls).toHaveLength(1)
  })

  it.each([
    ['GET', Busy],
    ['POST', InDoubt],
  ] as const)('while a %s is on its way leaves the truth', async (method, kind) => {
    const { vendor, gate } = await bench({ faults: [{ as: 'stall' }] })
    const stop = new AbortController()
    const context: CallContext = { failures: [], signal: stop.signal }
    const call = failureOf(inCall(context, () => gate.fetch(`${address}/users`, { method })))
    await vi.waitFor(() => expect(vendor.calls).toHaveLength(1))
    stop.abort()
    expect(await call).toBeInstanceOf(kind)
    expect(context.failures).toHaveLength(1)
    expect(vendor.calls).toHaveLength(1)
  })

  it("follows the SDK's own signal, and ends a back-off", async () => {
    const clock = worldClock()
    const { vendor, call } = await bench({ clock, faults: [{ as: { status: 500 }, times: 9 }] })
    const stop = new AbortController()
    const asked = failureOf(call('/users', { signal: stop.signal }))
    await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
    stop.abort()
    expect(await asked).toBeInstanceOf(Busy)
    expect(clock.sleepers).toEqual([])
    expect(vendor.calls).toHaveLength(1)
  })

  it('by closing the gate ends everything, and lets nothing out any more', async () => {
    const { vendor, gate, read, write } = await bench({
      faults: [{ as: 'stall', times: 2 }],
      limits: [{ id: 'all', perSecond: 400, concurrent: 2, source: 'test' }],
    })
    const calls = [failureOf(read()), failureOf(write()), failureOf(write())]
    await vi.waitFor(() => expect(vendor.calls).toHaveLength(2))
    await gate.close()
    expect((await Promise.all(calls)).map((error) => error.name)).toEqual(['Busy', 'InDoubt', 'Busy'])
    expect(await failureOf(read())).toBeInstanceOf(Busy)
    expect(vendor.calls).toHaveLength(2)
  })

  it('by closing the gate leaves no timer behind', async () => {
    const clock = worldClock()
    const { gate, read } = await bench({ clock, faults: [{ as: { status: 429, headers: { 'retry-after': '60' } } }] })
    const call = failureOf(read())
    await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
    await gate.close()
    await call
    expect(clock.sleepers).toEqual([])
  })
})
