import { setTimeout as latency } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import type { Limit } from '../../src/connector.ts'
import { phases } from '../../src/offboarding/offboarding.ts'
import { createGate, type GateOptions, inCall } from '../../src/run/gate.ts'
import { skippingClock, worldClock } from '../support/world-clock.ts'
import { address } from './gate-support.ts'

/** A gate to nowhere that notes when each request leaves. */
function gateOver(options: Partial<GateOptions> & { limits: readonly Limit[] }) {
  const sent: { at: number; path: string }[] = []
  const answers: (() => Response)[] = []
  const gate = createGate({
    use: 'vendor',
    title: 'Vendor',
    renew: 'renews it.',
    send: async (request) => {
      sent.push({ at: performance.now(), path: new URL(request.url).pathname })
      return answers.shift()?.() ?? Response.json({ ok: true })
    },
    clock: skippingClock(),
    random: () => 0.5,
    onCall: () => undefined,
    ...options,
  })
  return { gate, sent, answers }
}

function limit(more: Partial<Limit>): Limit {
  return { id: 'all', perSecond: 100, concurrent: 10, source: 'of this test', ...more }
}

/** The most that left within any span of that many milliseconds. */
function mostWithin(sent: readonly { at: number }[], spanMs: number): number {
  const counts = sent.map((one) => sent.filter(({ at }) => at >= one.at && at < one.at + spanMs).length)
  return Math.max(...counts)
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function throttled(): Response {
  return new Response('', { status: 429, headers: { 'retry-after': '5' } })
}

/** So many calls behind a pause of five seconds. Bottleneck runs on real timers, and gets the time to start them. */
async function gathered(count: number) {
  const clock = worldClock()
  const over = gateOver({ clock, limits: [limit({ perSecond: 20, concurrent: 10 })] })
  over.answers.push(throttled)
  const calls = [over.gate.fetch(`${address}/first`)]
  await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
  calls.push(...times(count - 1, (index) => over.gate.fetch(`${address}/${index}`)))
  await latency(250)
  expect(over.sent).toHaveLength(1)
  return { ...over, clock, calls }
}

describe('the pace of a bucket', () => {
  it.each([
    [3, 7],
    [40, 60],
    [200, 300],
  ])('never has more than %i a second leave in any second', async (perSecond, calls) => {
    const { gate, sent } = gateOver({ limits: [limit({ perSecond })] })
    await Promise.all(times(calls, () => gate.fetch(`${address}/users`)))
    expect(sent).toHaveLength(calls)
    expect(mostWithin(sent, 1_000)).toBeLessThanOrEqual(perSecond)
    await gate.close()
  })

  it('is even: a second is not used up in its first moment', async () => {
    const { gate, sent } = gateOver({ limits: [limit({ perSecond: 20 })] })
    await Promise.all(times(10, () => gate.fetch(`${address}/users`)))
    expect(mostWithin(sent, 240)).toBeLessThanOrEqual(6)
    await gate.close()
  })

  it('is kept where timers are late: what was held up does not leave on top', async () => {
    const { gate, sent, answers } = gateOver({ limits: [limit({ perSecond: 5 })] })
    answers.push(() => Response.json({}))
    answers.push(() => {
      for (const until = performance.now() + 900; performance.now() < until; );
      return Response.json({})
    })
    await Promise.all(times(11, () => gate.fetch(`${address}/users`)))
    expect(mostWithin(sent, 1_000)).toBeLessThanOrEqual(5)
    await gate.close()
  })

  it('holds after a pause too: what gathered meanwhile leaves one by one', async () => {
    const { clock, gate, sent, calls } = await gathered(9)
    await clock.advance(5_000)
    await Promise.all(calls)
    const after = sent.slice(1)
    expect(after).toHaveLength(9)
    expect((after.at(-1)?.at ?? 0) - (after[0]?.at ?? 0)).toBeGreaterThan(8 * 40)
    await gate.close()
  })

  it('stops again where the first to leave after a pause is told to wait once more', async () => {
    const { clock, gate, sent, answers, calls } = await gathered(4)
    answers.push(throttled)
    await clock.advance(5_000)
    await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
    expect(sent).toHaveLength(2)
    await clock.advance(4_900)
    expect(sent).toHaveLength(2)
    await clock.advance(100)
    await Promise.all(calls)
    expect(sent).toHaveLength(6)
    await gate.close()
  })

  it('never has more in flight than the vendor allows', async () => {
    let flying = 0
    let most = 0
    const send = async () => {
      flying += 1
      most = Math.max(most, flying)
      await latency(30)
      flying -= 1
      return Response.json({})
    }
    const { gate } = gateOver({ send, limits: [limit({ perSecond: 400, concurrent: 3 })] })
    await Promise.all(times(12, () => gate.fetch(`${address}/users`)))
    expect(most).toBe(3)
    await gate.close()
  })

  it('is that of the settings where they have their own', async () => {
    const overrides = { all: { perSecond: 5 } }
    const { gate, sent } = gateOver({ overrides, limits: [limit({ perSecond: 400 })] })
    await Promise.all(times(6, () => gate.fetch(`${address}/users`)))
    expect(mostWithin(sent, 1_000)).toBeLessThanOrEqual(5)
    await gate.close()
  })
})

describe('buckets', () => {
  const limits = [
    limit({ id: 'writes', matches: (request) => request.method !== 'GET' }),
    limit({ id: 'mail', matches: (request) => request.url.pathname.startsWith('/mail') }),
    limit({ id: 'rest' }),
  ]

  it('count a call by the first limit that takes it', async () => {
    const used: string[] = []
    const { gate } = gateOver({ limits, onCall: (record) => used.push(record.limit) })
    await gate.fetch(`${address}/mail`, { method: 'POST' })
    await gate.fetch(`${address}/mail`)
    await gate.fetch(`${address}/users`)
    expect(used).toEqual(['writes', 'mail', 'rest'])
    await gate.close()
  })

  it('do not hold each other up', async () => {
    const clock = worldClock()
    const { gate, answers, sent } = gateOver({ clock, limits })
    answers.push(() => new Response('', { status: 429, headers: { 'retry-after': '30' } }))
    const held = gate.fetch(`${address}/mail`)
    await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
    await gate.fetch(`${address}/users`)
    expect(sent.map((one) => one.path)).toEqual(['/mail', '/users'])
    await clock.advance(30_000)
    await held
    await gate.close()
  })
})

describe('whose turn it is', () => {
  it('is decided when a call can leave: the phase first, then the oldest offboarding', async () => {
    const clock = worldClock()
    const { gate, sent, answers } = gateOver({ clock, limits: [limit({ perSecond: 400, concurrent: 1 })] })
    answers.push(() => new Response('', { status: 503, headers: { 'retry-after': '9' } }))
    const ask = (path: string, phase?: (typeof phases)[number], since?: number) =>
      inCall({ failures: [], ...(phase ? { phase } : {}), ...(since ? { since } : {}) }, () =>
        gate.fetch(`${address}/${path}`),
      )
    const calls = [ask('paused', 'reclaim', 1)]
    await vi.waitFor(() => expect(clock.sleepers).toHaveLength(1))
    for (const phase of [...phases].reverse())
      calls.push(ask(`${phase}-young`, phase, 300), ask(`${phase}-old`, phase, 200))
    calls.push(ask('looking'))
    await clock.advance(9_000)
    await Promise.all(calls)
    expect(sent.map((one) => one.path.slice(1))).toEqual([
      'paused',
      'contain-old',
      'contain-young',
      'looking',
      'preserve-old',
      'preserve-young',
      'remove-old',
      'remove-young',
      'paused',
      'reclaim-old',
      'reclaim-young',
    ])
    await gate.close()
  })
})
