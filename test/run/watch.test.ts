import { afterEach, describe, expect, it as test } from 'vitest'
import { type Account, type Connector, Denied, Rejected } from '../../src/connector.ts'
import type { EventOf } from '../../src/offboarding/event.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { memoryStore } from '../support/memory-store.ts'
import { it, request } from '../support/story.ts'
import { type Bench, bench, ended, signedOff, type Toy, toy, toyConnector, toyStep, until } from '../support/toy.ts'

const hour = 3600_000
const policy = { ...request().policy, watchFor: 3 * hour, watchEvery: hour }

const benches: Bench[] = []
afterEach(async () => {
  for (const one of benches.splice(0)) await one.engine.stop()
})

interface Watched {
  made: Bench
  id: string
  world: Toy
  /** Resolves with the state after so many looks. */
  looks(count: number): Promise<Offboarding>
}

const groupsOf = (world: Toy) => [toyConnector('zoo', [toyStep(world, 'groups')])]

/** Offboards, and waits until it is done. */
async function done(connectors: (world: Toy) => Connector[] = groupsOf, store = memoryStore()): Promise<Watched> {
  const world = toy({ groups: ['g1', 'g2'] })
  const made = bench(connectors(world), { store })
  made.engine.start()
  benches.push(made)
  const id = await signedOff(made, { policy })
  await until(made, id, ended)
  const looks = (count: number) => until(made, id, (one) => one.watch?.looks === count)
  return { made, id, world, looks }
}

function seen({ made, id }: Watched): EventOf<'watched'>[] {
  return (made.store.kept.get(id) ?? []).filter((event) => event.type === 'watched')
}

describe('the watch', () => {
  test('asks every system again, says that nothing came back, and orders nothing', async () => {
    const watched = await done()
    const { world, looks } = watched
    const before = world.looks.length
    await looks(1)
    expect(world.looks.length).toBe(before + 1)
    await looks(3)
    expect(world.done).toEqual(['groups/g1', 'groups/g2'])
    expect(seen(watched).map(({ cameBack, appeared, unseen }) => [cameBack, appeared, unseen])).toEqual(
      Array.from({ length: 3 }, () => [[], [], []]),
    )
  })

  test('finds what came back, takes it only when somebody says so, and then goes on', async () => {
    const { made, id, world, looks } = await done()
    world.held.groups = ['g2']
    const one = await looks(1)
    expect(one.state).toBe('needs-attention')
    expect(one.steps['zoo/groups@main']).toMatchObject({ ending: 'failed', fact: 'came back: g2' })
    expect(world.done).toHaveLength(2)
    const at = made.clock.now().toISOString()
    await made.engine.ledger.record(id, { type: 'retried', at, by: it, step: 'zoo/groups@main' })
    await until(made, id, (now) => now.state === 'done')
    expect(world.done).toEqual(['groups/g1', 'groups/g2', 'groups/g2'])
    expect((await looks(2)).state).toBe('done')
  })

  test('takes what is on its way, or may not be taken, for no access that came back', async () => {
    const { world, looks } = await done()
    world.held.groups = ['g1', 'g2']
    world.state = (_step, thing) => (thing === 'g1' ? 'blocked' : 'pending')
    expect(await looks(1)).toMatchObject({ state: 'done', watch: { cameBack: [], unseen: [] } })
  })

  test('finds an account that was made anew, once', async () => {
    const accounts: Account[] = [{ realm: 'main', id: 'zoo-jo', label: 'jo' }]
    const locate = async (_client: unknown, person: { emails: readonly string[] }) =>
      person.emails.includes('jo.miller@example.com') ? accounts : []
    const { made, id, looks } = await done((world) => [toyConnector('zoo', [toyStep(world, 'groups')], { locate })])
    accounts[0] = { realm: 'main', id: 'zoo-jo-2', label: 'jo again' }
    const one = await looks(1)
    const [task] = Object.values(one.steps).filter(({ plan }) => plan.task)
    expect(task?.plan.title).toBe('Another account: jo again')
    await until(made, id, (now) => now.steps[task?.key ?? '']?.state === 'waiting')
    const at = made.clock.now().toISOString()
    await made.engine.ledger.record(id, { type: 'attested', at, by: it, step: task?.key ?? '', note: 'Done' })
    expect((await looks(2)).state).toBe('done')
  })

  test('says of what it cannot read that it was not seen, which is neither well nor back', async () => {
    let broken = false
    const watched = await done((world) => {
      world.onLook = () => {
        if (broken) throw new Rejected('the page is gone')
      }
      return groupsOf(world)
    })
    broken = true
    const one = await watched.looks(1)
    expect(one.state).toBe('done')
    expect(one.watch?.unseen).toEqual([{ connectorTitle: 'ZOO', fact: 'the page is gone' }])
    broken = false
    expect((await watched.looks(2)).watch?.unseen).toEqual([])
  })

  test('says the same of a system whose credential is refused, and of one that does not know the leaver for an error', async () => {
    let why: Error | undefined
    const locate = async () => {
      if (why) throw why
      return [{ realm: 'main', id: 'zoo-jo', label: 'jo' }]
    }
    const watched = await done((world) => [toyConnector('zoo', [toyStep(world, 'groups')], { locate })])
    why = new Denied('the token has expired')
    expect((await watched.looks(1)).watch?.unseen).toEqual([{ connectorTitle: 'ZOO', fact: 'the token has expired' }])
  })

  test('leaves a system alone whose credential was refused before, and says so', async () => {
    let located = 0
    const locate = async () => {
      located += 1
      return [{ realm: 'main', id: 'zoo-jo', label: 'jo' }]
    }
    const { made, id, looks } = await done((all) => {
      all.held.mail = ['m1']
      all.before = (step) => {
        if (step === 'mail') throw new Denied('ZOO refused the credential')
      }
      return [toyConnector('zoo', [toyStep(all, 'groups'), toyStep(all, 'mail', { phase: 'remove' })], { locate })]
    })
    const at = made.clock.now().toISOString()
    await made.engine.ledger.record(id, { type: 'attested', at, by: it, step: 'zoo/mail@main', note: 'Done by hand' })
    const before = located
    const fact = expect.stringContaining('refused the credential')
    expect((await looks(2)).watch?.unseen).toEqual([{ connectorTitle: 'ZOO', fact }])
    expect(located).toBe(before)
  })

  test('has nothing to say of errors about an account that is gone', async () => {
    let gone = false
    const locate = async () => (gone ? [] : [{ realm: 'main', id: 'zoo-jo', label: 'jo' }])
    const watched = await done((world) => {
      world.onLook = () => {
        if (gone) throw new Rejected('no such user')
      }
      return [toyConnector('zoo', [toyStep(world, 'groups')], { locate })]
    })
    gone = true
    expect((await watched.looks(1)).watch?.unseen).toEqual([])
  })

  test('is not kept where the process ends in the middle of a look, and is done again by the next one', async () => {
    const store = memoryStore()
    const first = await done(groupsOf, store)
    first.world.onLook = () => void first.made.engine.stop()
    await until(first.made, first.id, (one) => one.state === 'done')
    await expect.poll(() => first.world.looks.length).toBeGreaterThan(2)
    await first.made.engine.stop()
    expect(seen(first)).toEqual([])
    const world = toy({ groups: ['g1'] })
    const next = bench(groupsOf(world), { store, start: first.made.clock.now().getTime() })
    benches.push(next)
    next.engine.start()
    const one = await until(next, first.id, (now) => now.watch?.looks === 1)
    expect(one.watch?.cameBack.map(({ labels }) => labels)).toEqual([['g1']])
  })
})
