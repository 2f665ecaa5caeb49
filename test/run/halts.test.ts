import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Connector } from '../../src/connector.ts'
import { request } from '../support/story.ts'
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

const ann = { id: 'UANN', name: 'Ann' }

/** A system that takes its time over its first order: `ordered` resolves when it has it, `answer()` lets it answer. */
function slowFirst() {
  const world = toy({ keys: ['k1'], groups: ['g1'] })
  const [ordered, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  world.before = async (step) => {
    if (step !== 'keys') return
    ordered.resolve()
    await answered.promise
  }
  const steps = [toyStep(world, 'keys'), toyStep(world, 'groups', { phase: 'remove' })]
  return { world, connector: toyConnector('zoo', steps), ordered: ordered.promise, answer: answered.resolve }
}

describe('stop everything', () => {
  test('what is on its way is still answered, nothing else is asked, and all ends well once it goes on', async () => {
    const { world, connector, ordered, answer } = slowFirst()
    const made = begin([connector])
    const id = await signedOff(made)
    await ordered
    made.engine.halts.stop(ann, 'wrong person')
    const looks = world.looks.length
    answer()
    const one = await until(made, id, (it) => it.steps['zoo/keys@main']?.applied.k1?.answeredAt !== undefined)
    await made.engine.runner.idle()
    expect(one.halted).toMatchObject({ by: ann, why: 'wrong person' })
    expect([world.done, world.looks.length]).toEqual([['keys/k1'], looks])
    made.engine.halts.resume(ann)
    expect((await until(made, id, ended)).state).toBe('done')
    expect(world.done).toEqual(['keys/k1', 'groups/g1'])
    expect(made.engine.ledger.get(id)?.halted?.resumed?.by).toEqual(ann)
  })
  test('what is asked for meanwhile is not even read, and starts when it goes on', async () => {
    const world = toy({ keys: ['k1'] })
    const made = begin([toyConnector('zoo', [toyStep(world, 'keys')])])
    made.engine.halts.stop(ann, 'a drill')
    const asked = signedOff(made)
    await vi.waitFor(() => expect(made.engine.ledger.open()[0]?.halted?.why).toBe('a drill'))
    expect(world.looks).toEqual([])
    made.engine.halts.resume(ann)
    expect((await until(made, await asked, ended)).state).toBe('done')
  })
  test('stopped again before what was on its way is answered, it stays stopped', async () => {
    const { world, connector, ordered, answer } = slowFirst()
    const made = begin([connector])
    await signedOff(made)
    await ordered
    made.engine.halts.stop(ann, 'first')
    made.engine.halts.resume(ann)
    made.engine.halts.stop(ann, 'second')
    answer()
    await made.engine.runner.idle()
    made.engine.runner.moveAll()
    await made.engine.runner.idle()
    expect(world.done).toEqual(['keys/k1'])
  })
})

describe('an ordinary end of the process', () => {
  test('lets what was ordered be answered, so that the next start need not wait and look first', async () => {
    const { world, connector, ordered, answer } = slowFirst()
    const made = begin([connector])
    const id = await signedOff(made)
    await ordered
    const stopped = made.engine.stop()
    answer()
    await stopped
    const types = (made.store.kept.get(id) ?? []).map((event) => event.type)
    expect(types.at(-1)).toBe('answered')
    expect(world.done).toEqual(['keys/k1'])
  })
})

describe('at the moment of acting', () => {
  test('an account that the settings protect by now is not touched', async () => {
    const { connector, ordered, answer, world } = slowFirst()
    const first = begin([connector])
    const id = await signedOff(first)
    await ordered
    const stopped = first.engine.stop()
    answer()
    await stopped
    const again = begin([connector], {
      store: first.store,
      start: first.clock.now().getTime(),
      protected: ['jo.miller@example.com'],
    })
    const one = await until(again, id, ended)
    expect(one.steps['zoo/groups@main']).toMatchObject({ ending: 'failed', fact: expect.stringMatching(/protected/) })
    expect(world.done).toEqual(['keys/k1'])
  })
  test('before what cannot be undone the system is asked once more whether the account is protected', async () => {
    const world = toy({ user: ['u1'] })
    let own = false
    const connector = toyConnector('zoo', [toyStep(world, 'user', { irreversible: true })])
    const locate: Connector['locate'] = async (client, person) =>
      (await connector.locate(client, person)).map((one) => (own ? { ...one, protected: 'Latchkey itself' } : one))
    const made = begin([{ ...connector, locate }])
    const id = await signedOff(made, { policy: { ...request().policy, irreversibleAfter: 60_000 } })
    await until(made, id, (one) => one.steps['zoo/user@main']?.state === 'delayed')
    own = true
    const one = await until(made, id, (it) => it.steps['zoo/user@main']?.state === 'ended')
    expect(one.steps['zoo/user@main']).toMatchObject({
      ending: 'failed',
      fact: expect.stringMatching(/Latchkey itself/),
    })
    expect(world.done).toEqual([])
  })
})
