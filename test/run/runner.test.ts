import { afterEach, describe, expect, it as test, vi } from 'vitest'
import { Busy, type Connector, Denied, InDoubt, Rejected } from '../../src/connector.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { currentCall } from '../../src/run/gate-context.ts'
import { memoryStore } from '../support/memory-store.ts'
import { hr, it, leaver, request } from '../support/story.ts'
import { type Bench, bench, ended, signedOff, toy, toyConnector, toyStep, until } from '../support/toy.ts'

const benches: Bench[] = []
afterEach(async () => {
  for (const one of benches.splice(0)) await one.engine.stop()
})

function begin(connectors: readonly Connector[], options: Parameters<typeof bench>[1] = {}): Bench {
  const made = bench(connectors, options)
  made.engine.start()
  benches.push(made)
  return made
}

async function run(connectors: readonly Connector[], options: Parameters<typeof bench>[1] = {}) {
  const made = begin(connectors, options)
  const id = await signedOff(made)
  return { made, id, one: await until(made, id, ended) }
}

const keysOf = (made: Bench, id: string, type: Event['type']) =>
  (made.store.kept.get(id) ?? []).filter((event) => event.type === type)

describe('a run that goes well', () => {
  test('phase by phase inside a system, and every step proved by a look after the change', async () => {
    const world = toy({ keys: ['k1', 'k2'], groups: ['g1'] })
    const steps = [toyStep(world, 'keys'), toyStep(world, 'groups', { phase: 'remove' })]
    const { one } = await run([toyConnector('zoo', steps)])
    expect(one.state).toBe('done')
    expect(world.done).toEqual(['keys/k1', 'keys/k2', 'groups/g1'])
    expect(one.steps['zoo/keys@main']).toMatchObject({
      ending: 'verified',
      findings: [{ state: 'done' }, { state: 'done' }],
    })
    expect(world.looks.filter((look) => look === 'keys')).toHaveLength(3) // for sign-off, at the start, as proof
  })
  test('what is ordered is on record before the vendor is asked, its answer after', async () => {
    const world = toy({ keys: ['k1'] })
    const store = memoryStore()
    const seen: string[] = []
    world.before = () =>
      seen.push(
        ...[...store.kept.values()]
          .flat()
          .slice(-1)
          .map((event) => event.type),
      ) as never
    const { id, made } = await run([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    expect(seen).toEqual(['intended'])
    expect(keysOf(made, id, 'answered')).toHaveLength(1)
  })
  test('a change that shows late is waited for', async () => {
    const world = toy({ keys: ['k1'] })
    let late = 4
    const step = toyStep(world, 'keys')
    const find: typeof step.find = async (at) =>
      world.done.length > 0 && late-- > 0 ? [{ id: 'k1', label: 'k1', state: 'open', fact: 'still' }] : step.find(at)
    const { one } = await run([toyConnector('zoo', [{ ...step, find }])])
    expect(one.steps['zoo/keys@main']?.ending).toBe('verified')
    expect(world.done).toEqual(['keys/k1'])
  })
  test('a step without anything to look at afterwards ends acknowledged', async () => {
    const world = toy({ out: ['session'] })
    const step = toyStep(world, 'out', { proof: 'none' })
    const find: typeof step.find = async (at) => [
      { id: 'session', label: 'Session', state: at.applied('session')?.answeredAt ? 'done' : 'open', fact: 'ordered' },
    ]
    const { one } = await run([toyConnector('zoo', [{ ...step, find }])])
    expect(one.steps['zoo/out@main']?.ending).toBe('acknowledged')
  })
  test.each([
    ['refuses the credential', new Denied('the credential was refused'), /credential was refused/],
    ['says a clear no', new Rejected('no such job'), /no such job/],
  ])("what waits for a system that then %s becomes somebody's task", async (_what, error, words) => {
    const world = toy({ job: ['j1'] })
    world.state = () => (world.done.length > 0 ? 'pending' : 'open')
    const step = toyStep(world, 'job')
    const find: typeof step.find = async (at) => {
      if (world.looks.length > 4) throw error
      world.looks.push('job')
      return [{ id: 'j1', label: 'Job', state: at.applied('j1')?.answeredAt ? 'pending' : 'open', fact: 'under way' }]
    }
    const { one } = await run([toyConnector('zoo', [{ ...step, find }])])
    expect(one.steps['zoo/job@main']).toMatchObject({ ending: 'unknown', fact: expect.stringMatching(words) })
  })
  test('what waits longer than the policy allows becomes the task of IT', async () => {
    const world = toy({ job: ['j1'] })
    const step = toyStep(world, 'job')
    const find: typeof step.find = async (at) => [
      { id: 'j1', label: 'Job', state: at.applied('j1')?.answeredAt ? 'pending' : 'open', fact: 'under way' },
    ]
    const made = begin([toyConnector('zoo', [{ ...step, find }])])
    const id = await signedOff(made, { policy: { ...request().policy, waitingFor: 120_000 } })
    const one = await until(made, id, ended)
    expect(one.steps['zoo/job@main']).toMatchObject({
      ending: 'unknown',
      fact: expect.stringMatching(/waited for too long/),
    })
  })
  test('what no plan could read, and was found and taken back later, ends verified and not as nothing found', async () => {
    const world = toy({ keys: ['k1'] })
    world.onLook = () => {
      if (world.looks.length < 3) throw new Busy('not now')
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'keys')])])
    expect(one.steps['zoo/keys@main']).toMatchObject({
      ending: 'verified',
      findings: [{ id: 'k1', label: 'k1', state: 'done', fact: 'no longer there' }],
    })
  })
  test('a manual step waits for its person; what needs it waits too', async () => {
    const world = toy({ licence: ['l1'] })
    const manual = {
      id: 'convert',
      title: 'Convert',
      area: 'applications',
      phase: 'preserve',
      ask: 'Run it',
      owner: 'it',
      dueIn: 1000,
    } as const
    const made = begin([
      toyConnector('zoo', [manual, toyStep(world, 'licence', { phase: 'reclaim', needs: ['zoo/convert'] })]),
    ])
    const id = await signedOff(made)
    const waiting = await until(made, id, (one) => one.steps['zoo/convert@main']?.state === 'waiting')
    expect(waiting.steps['zoo/licence@main']?.state).toBe('planned')
    await made.engine.ledger.record(id, {
      type: 'attested',
      at: made.clock.now().toISOString(),
      by: it,
      step: 'zoo/convert@main',
      note: 'ran it',
    })
    const one = await until(made, id, ended)
    expect(one.steps['zoo/licence@main']?.ending).toBe('verified')
  })
  test('what a system has only queued keeps the step waiting until it is there', async () => {
    const world = toy({ wipe: ['laptop'] })
    let polls = 0
    world.state = () => (world.done.length > 0 && polls < 3 ? 'pending' : undefined)
    const step = toyStep(world, 'wipe', {
      async apply() {
        world.done.push('wipe/laptop')
      },
    })
    const find: typeof step.find = async (at) => {
      if (world.done.length > 0) polls += 1
      return polls >= 3 ? [] : step.find(at)
    }
    const { one, made, id } = await run([toyConnector('zoo', [{ ...step, find }])])
    expect(keysOf(made, id, 'step-waiting')).toHaveLength(1)
    expect(one.steps['zoo/wipe@main']?.ending).toBe('verified')
    expect(world.done).toEqual(['wipe/laptop'])
  })
})

describe('a run that meets trouble', () => {
  test('a clear no fails that step with the reason, holds up no other system, and can be tried again', async () => {
    const [world, other] = [toy({ keys: ['k1', 'k2'] }), toy({ barn: ['b'] })]
    world.before = (_step, thing) => {
      if (thing === 'k1') throw new Rejected('403 Authorization_RequestDenied')
    }
    const { made, id, one } = await run([
      toyConnector('zoo', [toyStep(world, 'keys')]),
      toyConnector('farm', [toyStep(other, 'barn')]),
    ])
    expect(one.state).toBe('needs-attention')
    expect(one.steps['zoo/keys@main']).toMatchObject({ ending: 'failed', fact: 'k1: 403 Authorization_RequestDenied' })
    expect(one.steps['farm/barn@main']?.ending).toBe('verified')
    delete world.before
    await made.engine.ledger.record(id, {
      type: 'retried',
      at: made.clock.now().toISOString(),
      by: it,
      step: 'zoo/keys@main',
    })
    expect((await until(made, id, (now) => now.state === 'done')).steps['zoo/keys@main']).toMatchObject({
      ending: 'verified',
      attempt: 2,
    })
    expect(world.done).toEqual(['keys/k2', 'keys/k1'])
  })
  test('an answer that was lost is read back, and not ordered again', async () => {
    const world = toy({ keys: ['k1'] })
    world.after = () => {
      throw new InDoubt('the connection was cut')
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'keys')])])
    expect(one.steps['zoo/keys@main']?.ending).toBe('verified')
    expect(world.done).toEqual(['keys/k1'])
  })
  test('a lost order that never arrived is given again, once it cannot land any more', async () => {
    const world = toy({ keys: ['k1'] })
    let lost = 1
    const times: number[] = []
    const made = begin([toyConnector('zoo', [toyStep(world, 'keys')])])
    world.before = () => {
      times.push(made.clock.now().getTime())
      if (lost-- > 0) throw new InDoubt('the connection was cut')
    }
    const one = await until(made, await signedOff(made), ended)
    expect(one.steps['zoo/keys@main']?.ending).toBe('verified')
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(35_000)
  })
  test('what was in doubt is still known when a person tries again, so that what landed is found', async () => {
    const world = toy({ move: ['files'] })
    const step = toyStep(world, 'move')
    const jobs: number[] = []
    // Only a job of this very order counts; its answer is lost, and the look after it is refused.
    const find: typeof step.find = async (at) => {
      world.onLook?.('move')
      const ordered = at.applied('files')?.intentAt.getTime() ?? Number.POSITIVE_INFINITY
      const state = jobs.some((job) => job >= ordered) ? 'done' : 'open'
      return [{ id: 'files', label: 'Files', state, fact: 'as the list of jobs says' }]
    }
    const made = begin([toyConnector('zoo', [{ ...step, find }])])
    world.before = () => {
      jobs.push(made.clock.now().getTime())
      world.onLook = () => {
        throw new Rejected('403 for a moment')
      }
      throw new InDoubt('the connection was cut')
    }
    const id = await signedOff(made)
    expect((await until(made, id, ended)).steps['zoo/move@main']?.ending).toBe('unknown')
    delete world.onLook
    const at = made.clock.now().toISOString()
    await made.engine.ledger.record(id, { type: 'retried', at, by: it, step: 'zoo/move@main' })
    const one = await until(made, id, (now) => ended(now) && now.steps['zoo/move@main']?.attempt === 2)
    expect([one.steps['zoo/move@main']?.ending, jobs.length]).toEqual(['verified', 1])
  })
  test('what can neither be repeated nor read back stops and asks a person', async () => {
    const world = toy({ mail: ['m1'] })
    world.before = () => {
      throw new InDoubt('the connection was cut')
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'mail', { repeat: 'ask' })])])
    expect(one.steps['zoo/mail@main']).toMatchObject({ ending: 'unknown', fact: expect.stringContaining('cut') })
    expect(keysOf(benches[0] as Bench, one.id, 'intended')).toHaveLength(1)
  })
  test('a system that stops answering ends unknown, never done', async () => {
    const world = toy({ keys: ['k1'] })
    world.after = () => {
      world.onLook = () => {
        throw new Busy('ZOO does not answer')
      }
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'keys')])])
    expect(one.steps['zoo/keys@main']).toMatchObject({
      ending: 'unknown',
      fact: expect.stringMatching(/^ZOO does not answer.*somebody presses Try again/),
      findings: [{ state: 'unknown' }],
    })
  })
  test('a system that comes back in time is not a failure', async () => {
    const world = toy({ keys: ['k1'] })
    let down = 5
    world.before = () => {
      if (down-- > 0) throw new Busy('ZOO does not answer')
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'keys')])])
    expect(one.state).toBe('done')
  })
  test('a system that is away for a while is only knocked at meanwhile', async () => {
    const world = toy({ keys: ['k1'] })
    const knocks: unknown[] = []
    world.after = () => {
      world.onLook = () => {
        knocks.push(currentCall()?.knocking)
        if (knocks.length < 4) throw new Busy('ZOO does not answer')
      }
    }
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'keys')])])
    expect(one.state).toBe('done')
    expect(knocks).toEqual([false, true, true, true])
  })
  test('a refused credential stops that system only, and another try is given when a person asks', async () => {
    const [world, other] = [toy({ keys: ['k'], groups: ['g'] }), toy({ barn: ['b'] })]
    let asked = 0
    world.before = () => {
      asked += 1
      throw new Denied('ZOO refused the credential. IT renews it')
    }
    const steps = [toyStep(world, 'keys'), toyStep(world, 'groups', { phase: 'remove' })]
    const { made, id, one } = await run([toyConnector('zoo', steps), toyConnector('farm', [toyStep(other, 'barn')])])
    expect(one.steps['zoo/groups@main']).toMatchObject({
      ending: 'unknown',
      fact: expect.stringContaining('IT renews it'),
    })
    expect([asked, one.steps['farm/barn@main']?.ending]).toEqual([1, 'verified'])
    delete world.before
    await made.engine.ledger.record(id, {
      type: 'retried',
      at: made.clock.now().toISOString(),
      by: it,
      step: 'zoo/groups@main',
    })
    await until(made, id, (now) => now.steps['zoo/groups@main']?.ending === 'verified')
  })
  test('blocked findings fail the step with what to do', async () => {
    const world = toy({ role: ['admin'] })
    world.state = () => 'blocked'
    const { one } = await run([toyConnector('zoo', [toyStep(world, 'role')])])
    expect(one.steps['zoo/role@main']?.ending).toBe('failed')
    expect(world.done).toEqual([])
  })
})

describe('planning', () => {
  test('a system that was never read holds nothing else up, but it is not done until somebody looked there by hand', async () => {
    const broken = toyConnector('farm', [], {
      locate: async () => {
        throw new Busy('FARM does not answer')
      },
    })
    const made = begin([toyConnector('zoo', [toyStep(toy({ keys: ['k'] }), 'keys')]), broken])
    const id = await signedOff(made)
    const one = await until(made, id, (now) => now.steps['zoo/keys@main']?.ending === 'verified')
    expect(one.plan?.unreadable).toMatchObject([{ connector: 'farm', fact: 'FARM does not answer' }])
    const key = 'farm/never-read@unknown'
    const waiting = await until(made, id, (now) => now.steps[key]?.state === 'waiting')
    expect([waiting.state, waiting.containedAt]).toEqual(['running', undefined])
    expect(waiting.steps[key]?.plan.task?.ask).toMatch(/FARM could not be read.*by hand/)
    await made.engine.ledger.record(id, {
      type: 'attested',
      at: made.clock.now().toISOString(),
      by: it,
      step: key,
      note: 'nothing there',
    })
    expect((await until(made, id, ended)).state).toBe('done')
  })
  test('two possible accounts stay out of the plan until IT chooses', async () => {
    const account = (id: string) => ({ realm: 'main', id, label: id })
    const world = toy({ keys: ['k'] })
    const made = begin([
      toyConnector('zoo', [toyStep(world, 'keys')], { locate: async () => [account('a'), account('b')] }),
    ])
    const { ledger } = made.engine
    const { id } = await ledger.request(
      (await import('../support/story.ts')).request({ at: made.clock.now().toISOString() }),
    )
    const first = await until(made, id, (one) => one.plan !== undefined)
    expect(first.plan).toMatchObject({
      steps: [],
      ambiguous: [{ connector: 'zoo', candidates: [{ id: 'a' }, { id: 'b' }] }],
    })
    await ledger.record(id, {
      type: 'account-chosen',
      at: made.clock.now().toISOString(),
      by: it,
      connector: 'zoo',
      realm: 'main',
      account: 'b',
    })
    const second = await until(made, id, (one) => one.plan?.steps.length === 1)
    expect(second.plan?.steps[0]?.account.id).toBe('b')
  })
  test.each([
    ['by the connector', { protected: 'the principal that Latchkey itself signs in as' }, []],
    ['by the settings', {}, ['JO.Miller@example.com']],
  ])('an account protected %s refuses the whole offboarding', async (_how, more, people) => {
    const world = toy({ keys: ['k'] })
    const locate = async () => [{ realm: 'main', id: 'a', label: 'jo.miller@example.com', ...more }]
    const made = begin([toyConnector('zoo', [toyStep(world, 'keys')], { locate })], { protected: people })
    const { id } = await made.engine.ledger.request(
      (await import('../support/story.ts')).request({ at: made.clock.now().toISOString() }),
    )
    expect((await until(made, id, ended)).state).toBe('refused')
    expect(world.done).toEqual([])
  })
  test('at the time it is planned again: what appeared is taken back too and marked, what vanished is done', async () => {
    const world = toy({ keys: ['k1', 'k2'] })
    const made = begin([toyConnector('zoo', [toyStep(world, 'keys')])])
    const { ledger } = made.engine
    const later = new Date(made.clock.now().getTime() + 3600_000).toISOString()
    const id = await signedOff(made, { effectiveAt: later })
    expect(ledger.get(id)?.state).toBe('scheduled')
    world.held.keys = ['k2', 'k3']
    const one = await until(made, id, ended)
    expect(one.startedAt && one.startedAt >= later).toBe(true)
    expect(one.steps['zoo/keys@main']).toMatchObject({ ending: 'verified', foundAfterSignOff: ['k3'] })
    expect(world.done).toEqual(['keys/k2', 'keys/k3'])
  })
  test('an irreversible step runs by itself after the delay, and does not hold up done', async () => {
    const world = toy({ keys: ['k'], user: ['jo'] })
    const steps = [toyStep(world, 'keys'), toyStep(world, 'user', { phase: 'reclaim', irreversible: true })]
    const { made, id, one } = await run([toyConnector('zoo', steps)])
    expect(one).toMatchObject({ state: 'done', steps: { 'zoo/user@main': { state: 'delayed' } } })
    await made.engine.stop()
    const month = 30 * 24 * 3600_000
    const early = begin([toyConnector('zoo', steps)], {
      store: memoryStore(structuredClone(made.store.kept)),
      start: Date.parse(one.effectiveAt ?? '') + month - 60_000,
    })
    const last = await until(early, id, (now) => now.steps['zoo/user@main']?.state === 'ended')
    expect(Date.parse(last.steps['zoo/user@main']?.startedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(one.effectiveAt ?? '') + month,
    )
    expect(world.done).toEqual(['keys/k', 'user/jo'])
  })
  test('no more than the policy allows start within an hour', async () => {
    const world = toy({ keys: ['k'] })
    const made = begin([
      toyConnector('zoo', [toyStep(world, 'keys')], {
        locate: async (_c, who) => [{ realm: 'main', id: who.id, label: who.name }],
      }),
    ])
    const policy = { ...(await import('../support/story.ts')).request().policy, startsPerHour: 1 }
    const first = await signedOff(made, { policy, requestKey: 'A' })
    const other = { ...leaver, id: 'UZ', slackId: 'UZ', emails: ['z@example.com'] }
    const second = await signedOff(made, { policy, leaver: other, requestKey: 'B' })
    const [a, b] = [await until(made, first, ended), await until(made, second, ended)]
    expect(Math.abs(Date.parse(a.startedAt ?? '') - Date.parse(b.startedAt ?? ''))).toBeGreaterThanOrEqual(3600_000)
  })
})

describe('after a crash', () => {
  test('a step that was running is looked at first, and what had landed is not ordered again', async () => {
    const world = toy({ keys: ['k1', 'k2'] })
    const store = memoryStore()
    let crashed: Map<string, Event[]> | undefined
    world.after = (_step, thing) => {
      if (thing === 'k1') crashed ??= structuredClone(store.kept)
    }
    const first = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    await until(first, await signedOff(first), ended)
    world.held.keys = ['k2']
    const resumedAt = first.clock.now().getTime()
    world.done = []
    const second = begin([toyConnector('zoo', [toyStep(world, 'keys')])], {
      store: memoryStore(crashed),
      start: resumedAt,
    })
    const id = [...(crashed as Map<string, Event[]>).keys()][0] as string
    const one = await until(second, id, ended)
    expect(one).toMatchObject({ state: 'done', steps: { 'zoo/keys@main': { ending: 'verified' } } })
    expect(world.done).toEqual(['keys/k2'])
  })
  test('reading back waits until what was sent cannot land any more', async () => {
    const world = toy({ keys: ['k1'] })
    const store = memoryStore()
    let crashed: Map<string, Event[]> | undefined
    world.before = () => {
      crashed ??= structuredClone(store.kept)
    }
    const first = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    await until(first, await signedOff(first), ended)
    world.looks = []
    const looked: number[] = []
    // Its turn may have come a long time after it was ordered, and up to the very crash.
    const start = first.clock.now().getTime() + 20_000
    const second = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store: memoryStore(crashed), start })
    world.onLook = () => looked.push(second.clock.now().getTime())
    const id = [...(crashed as Map<string, Event[]>).keys()][0] as string
    await until(second, id, ended)
    expect(looked[0]).toBeGreaterThanOrEqual(start + 35_000)
  })
  test('an order whose answer was lost before the crash is waited out all the same', async () => {
    const world = toy({ keys: ['k1'] })
    const store = memoryStore()
    let crashed: Map<string, Event[]> | undefined
    world.before = () => {
      world.onLook = () => {
        crashed ??= structuredClone(store.kept)
      }
      throw new InDoubt('the connection was cut')
    }
    const first = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    const id = await signedOff(first)
    await vi.waitFor(() => expect(crashed).toBeDefined())
    await first.engine.stop()
    const lost = crashed?.get(id)?.find((event) => event.type === 'not-applied')
    const ordered: number[] = []
    const start = Date.parse(lost?.at ?? '') + 1000
    const second = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store: memoryStore(crashed), start })
    world.before = () => void ordered.push(second.clock.now().getTime())
    await until(second, id, ended)
    expect(ordered[0]).toBeGreaterThanOrEqual(Date.parse(lost?.at ?? '') + 35_000)
  })
  test('a connector that is not in the settings any more leaves its step unknown, for a person', async () => {
    const world = toy({ keys: ['k1'] })
    const store = memoryStore()
    let crashed: Map<string, Event[]> | undefined
    world.before = () => {
      crashed ??= structuredClone(store.kept)
    }
    const first = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    await until(first, await signedOff(first), ended)
    const second = begin([], { store: memoryStore(crashed), start: first.clock.now().getTime() })
    const one = await until(second, [...(crashed as Map<string, Event[]>).keys()][0] as string, ended)
    expect(one.steps['zoo/keys@main']).toMatchObject({
      ending: 'unknown',
      fact: expect.stringContaining('no longer in the settings'),
    })
  })
  test('a disk that fails stops everything and is never called a success', async () => {
    const world = toy({ keys: ['k1'] })
    const store = memoryStore()
    store.before = (_id, events) => {
      if (events.some((event) => event.type === 'answered')) throw new Error('EIO')
    }
    const made = begin([toyConnector('zoo', [toyStep(world, 'keys')])], { store })
    const id = await signedOff(made)
    await vi.waitFor(() => expect(made.fatal).toMatchObject([{ message: 'EIO' }]))
    await made.engine.runner.idle()
    expect(made.engine.ledger.get(id)?.steps['zoo/keys@main']?.state).toBe('running')
  })
})

test('signing again after the start is refused', async () => {
  const { made, id } = await run([toyConnector('zoo', [toyStep(toy({ keys: ['k'] }), 'keys')])])
  const again = made.engine.ledger.record(id, {
    type: 'signed',
    at: made.clock.now().toISOString(),
    by: hr,
    role: 'hr',
    digest: 'x',
  })
  await expect(again).rejects.toThrow(/no longer waits for sign-off/)
  expect(made.store.kept.get(id)?.at(-1)).toMatchObject({ type: 'refused', by: { id: hr.id } })
})
