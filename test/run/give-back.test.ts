import { afterEach, describe, expect, it as test, vi } from 'vitest'
import { Busy, type Connector, Denied, InDoubt, Rejected } from '../../src/connector.ts'
import { latest } from '../../src/offboarding/give-back.ts'
import { type Attic, backEnded, backEvents, giveableStep, giveBack } from '../support/give-back.ts'
import { memoryStore } from '../support/memory-store.ts'
import { it, request } from '../support/story.ts'
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

/** Offboards, then has everything given back. */
async function backOf(connectors: readonly Connector[], options: Parameters<typeof bench>[1] = {}) {
  const made = begin(connectors, options)
  const id = await signedOff(made)
  await until(made, id, ended)
  await giveBack(made, id)
  const one = await until(made, id, backEnded)
  return { made, id, one, back: latest(one) }
}

const minute = 60_000
const newAttic = (): Attic => ({ back: [] })

describe('giving back', () => {
  test('puts back what was taken, as it was before, and proves each by a look', async () => {
    const [world, attic] = [toy({ groups: ['g1', 'g2'] }), newAttic()]
    const { back, one } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    expect(attic.back).toEqual(['groups/g1 as keeper of g1', 'groups/g2 as keeper of g2'])
    expect(back).toMatchObject({ state: 'done', steps: { 'zoo/groups@main': { ending: 'verified' } } })
    expect(back?.steps['zoo/groups@main']?.findings.map((finding) => finding.state)).toEqual(['open', 'open'])
    expect(one.state).toBe('done')
    expect(world.done).toEqual(['groups/g1', 'groups/g2'])
  })

  test('is on record before the vendor is asked, and its answer after', async () => {
    const [world, attic, store] = [toy({ groups: ['g1'] }), newAttic(), memoryStore()]
    const seen: (string | undefined)[] = []
    attic.before = () => void seen.push([...store.kept.values()].flat().at(-1)?.type)
    const { made, id } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])], { store })
    expect(seen).toEqual(['give-back-intended'])
    const types = backEvents(made, id).map((event) => event.type.replace('give-back-', ''))
    expect(types).toEqual(['asked', 'signed', 'signed', 'started', 'intended', 'answered', 'ended'])
  })

  test('goes the way back: last phase first inside a system, before what it was taken after, systems side by side', async () => {
    const [world, attic] = [toy({ lock: ['l'], mail: ['m'], seat: ['s'], barn: ['b'] }), newAttic()]
    const zoo = toyConnector('zoo', [
      giveableStep(world, attic, 'lock'),
      giveableStep(world, attic, 'mail', { phase: 'preserve' }),
      giveableStep(world, attic, 'seat', { phase: 'reclaim' }),
    ])
    const farm = toyConnector('farm', [giveableStep(world, attic, 'barn', { needs: ['zoo/mail'] })])
    await backOf([zoo, farm])
    const order = attic.back.map((one) => one.split('/')[0])
    expect(order.filter((one) => one !== 'barn')).toEqual(['seat', 'mail', 'lock'])
    expect(order.indexOf('barn')).toBeLessThan(order.indexOf('mail'))
  })

  test('orders nothing that somebody has put back already', async () => {
    const [world, attic] = [toy({ groups: ['g1', 'g2'] }), newAttic()]
    const made = begin([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    const id = await signedOff(made)
    await until(made, id, ended)
    world.held.groups = ['g2']
    await giveBack(made, id)
    const one = await until(made, id, backEnded)
    expect(attic.back).toEqual(['groups/g1 as keeper of g1'])
    expect(latest(one)?.state).toBe('done')
  })

  test('knows what comes back under a new id by its name', async () => {
    const [world, attic] = [toy({ roles: ['r1'] }), newAttic()]
    const step = giveableStep(world, attic, 'roles')
    const find: typeof step.find = async (at) => (await step.find(at)).map((one) => ({ ...one, label: 'Auditor' }))
    attic.after = () => {
      world.held.roles = ['r2']
    }
    const { back } = await backOf([toyConnector('zoo', [{ ...step, find }])])
    expect(back?.steps['zoo/roles@main']).toMatchObject({ ending: 'verified', findings: [{ id: 'r1', state: 'open' }] })
  })

  test('is not said of what the system does not show again', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    attic.after = () => {
      world.held.groups = []
    }
    const { back } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    expect(back).toMatchObject({ state: 'needs-attention' })
    expect(back?.steps['zoo/groups@main']).toMatchObject({
      ending: 'failed',
      fact: expect.stringMatching(/ordered, but the system still says: not there/),
    })
  })

  test('is acknowledged, not proved, where the system offers no way to look', async () => {
    const [world, attic] = [toy({ out: ['session'] }), newAttic()]
    const step = giveableStep(world, attic, 'out', { proof: 'none' })
    const find: typeof step.find = async (at) => [
      {
        id: 'session',
        label: 'Session',
        state: at.applied('session')?.answeredAt ? 'done' : 'open',
        fact: 'so',
        before: { role: 'x' },
      },
    ]
    const { back } = await backOf([toyConnector('zoo', [{ ...step, find }])])
    expect(attic.back).toHaveLength(1)
    expect(back?.steps['zoo/out@main']).toMatchObject({ ending: 'acknowledged' })
  })

  test('looks no further than the system: an order that was taken back does not say done any more', async () => {
    const [world, attic] = [toy({ lock: ['phone'] }), newAttic()]
    const step = giveableStep(world, attic, 'lock')
    const find: typeof step.find = async (at) => {
      const locked = world.held.lock?.length === 0 || at.applied('phone')?.answeredAt
      return [{ id: 'phone', label: 'Phone', state: locked ? 'done' : 'open', fact: 'so', before: { role: 'x' } }]
    }
    const { back } = await backOf([toyConnector('zoo', [{ ...step, find }])])
    expect(back?.steps['zoo/lock@main']?.ending).toBe('verified')
  })
})

describe('giving back that does not go well', () => {
  test('ends with the reason after a clear no, and what it was taken after waits', async () => {
    const [world, attic] = [toy({ lock: ['l'], seat: ['s'] }), newAttic()]
    attic.before = (step) => {
      if (step === 'seat') throw new Rejected('no seat is free')
    }
    const steps = [
      giveableStep(world, attic, 'lock'),
      giveableStep(world, attic, 'seat', { phase: 'remove', needs: ['zoo/lock'] }),
    ]
    const { back, made, id } = await backOf([toyConnector('zoo', steps)])
    expect(back?.steps['zoo/seat@main']).toMatchObject({
      ending: 'failed',
      fact: expect.stringMatching(/no seat is free/),
    })
    expect(back?.steps['zoo/lock@main']?.state).toBe('planned')
    delete attic.before
    await made.engine.ledger.record(id, { type: 'give-back-retried', at: now(made), by: it, stepKey: 'zoo/seat@main' })
    const one = await until(made, id, (now) => latest(now)?.state === 'done')
    expect(attic.back.map((what) => what.split('/')[0])).toEqual(['seat', 'lock'])
    expect(latest(one)?.steps['zoo/seat@main']).toMatchObject({ ending: 'verified', attempt: 2 })
  })

  test('waits out a system that is busy', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    let no = 2
    attic.before = () => {
      if (no-- > 0) throw new Busy('not now')
    }
    const { back } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    expect(back?.steps['zoo/groups@main']?.ending).toBe('verified')
    expect(attic.back).toHaveLength(1)
  })

  test('reads back what is in doubt and does not repeat what has landed', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    attic.after = () => {
      throw new InDoubt('the answer was lost')
    }
    const { back } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    expect(back?.steps['zoo/groups@main']?.ending).toBe('verified')
    expect(attic.back).toHaveLength(1)
  })

  test('asks a person where it is in doubt and cannot be read back', async () => {
    const [world, attic] = [toy({ out: ['session'] }), newAttic()]
    const step = giveableStep(world, attic, 'out', { proof: 'none' })
    const find: typeof step.find = async (at) => [
      {
        id: 'session',
        label: 'Session',
        state: at.applied('session')?.answeredAt ? 'done' : 'open',
        fact: 'so',
        before: { role: 'x' },
      },
    ]
    attic.after = () => {
      throw new InDoubt('the answer was lost')
    }
    const { back } = await backOf([toyConnector('zoo', [{ ...step, find }])])
    expect(attic.back).toHaveLength(1)
    expect(back?.steps['zoo/out@main']?.ending).toBe('unknown')
  })

  test('stops at a refused credential until somebody has seen to it', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    attic.before = () => {
      throw new Denied('the credential was refused')
    }
    const { back, made, id } = await backOf([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    expect(back?.steps['zoo/groups@main']?.ending).toMatch(/failed|unknown/)
    delete attic.before
    await made.engine.ledger.record(id, {
      type: 'give-back-retried',
      at: now(made),
      by: it,
      stepKey: 'zoo/groups@main',
    })
    await until(made, id, (one) => latest(one)?.state === 'done')
  })

  test('touches no account that is protected by now', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    let guarded = false
    const zoo = toyConnector('zoo', [giveableStep(world, attic, 'groups')], {
      locate: async () => [
        { realm: 'main', id: 'zoo-jo', label: 'jo', ...(guarded ? { protected: 'a break-glass account' } : {}) },
      ],
    })
    const made = begin([zoo])
    const id = await signedOff(made)
    await until(made, id, ended)
    guarded = true
    await giveBack(made, id)
    const one = await until(made, id, backEnded)
    expect(attic.back).toEqual([])
    expect(latest(one)?.steps['zoo/groups@main']).toMatchObject({
      ending: 'failed',
      fact: expect.stringMatching(/protected \(a break-glass account\)/),
    })
  })

  test('is nobody knows where the system is no longer in the settings', async () => {
    const [world, attic, store] = [toy({ groups: ['g1'] }), newAttic(), memoryStore()]
    const first = begin([toyConnector('zoo', [giveableStep(world, attic, 'groups')])], { store })
    const id = await signedOff(first)
    await until(first, id, ended)
    await first.engine.stop()
    const again = begin([toyConnector('farm', [])], {
      store: memoryStore(store.kept),
      start: first.clock.now().getTime(),
    })
    await giveBack(again, id)
    const one = await until(again, id, backEnded)
    expect(latest(one)?.steps['zoo/groups@main']).toMatchObject({
      ending: 'unknown',
      fact: expect.stringMatching(/no longer in the settings/),
    })
  })
})

describe('a crash while something is given back', () => {
  /** The process dies inside `undo`: before or after the system has done it. */
  async function killedAt(moment: 'before' | 'after') {
    const [world, attic, store] = [toy({ groups: ['g1'] }), newAttic(), memoryStore()]
    const connectors = [toyConnector('zoo', [giveableStep(world, attic, 'groups')])]
    const first = begin(connectors, { store })
    const id = await signedOff(first)
    await until(first, id, ended)
    const dead = new Promise<never>(() => undefined)
    let reached = false
    const step = giveableStep(world, attic, 'groups')
    connectors[0]!.steps = [
      {
        ...step,
        async undo(at, finding) {
          if (moment === 'after') await step.undo?.(at, finding)
          reached = true
          await dead
        },
      },
    ]
    await giveBack(first, id)
    await vi.waitFor(() => expect(reached).toBe(true))
    const left = memoryStore(structuredClone(store.kept))
    benches.splice(benches.indexOf(first), 1)
    connectors[0]!.steps = [step]
    const start = first.clock.now().getTime()
    first.engine.runner.hold('killed')
    const again = begin(connectors, { store: left, start })
    const one = await until(again, id, backEnded)
    return { attic, one, again, id, waited: again.clock.now().getTime() - start }
  }

  test('after it was done finds it there and does not repeat it', async () => {
    const { attic, one } = await killedAt('after')
    expect(attic.back).toHaveLength(1)
    expect(latest(one)).toMatchObject({ state: 'done', steps: { 'zoo/groups@main': { ending: 'verified' } } })
  })

  test('before it was done waits out what may still land, then does it', async () => {
    const { attic, one, waited, again, id } = await killedAt('before')
    expect(attic.back).toHaveLength(1)
    expect(latest(one)?.state).toBe('done')
    expect(waited).toBeGreaterThanOrEqual(35_000)
    expect(backEvents(again, id).filter((event) => event.type === 'give-back-intended')).toHaveLength(2)
  })
})

describe('once it is signed', () => {
  test('what cannot be undone is called off and never runs, however long one waits', async () => {
    const [world, attic] = [toy({ groups: ['g1'], user: ['u1'] }), newAttic()]
    const steps = [
      giveableStep(world, attic, 'groups'),
      toyStep(world, 'user', { phase: 'reclaim', irreversible: true }),
    ]
    const made = begin([toyConnector('zoo', steps)])
    const id = await signedOff(made, { policy: { ...request().policy, irreversibleAfter: 5 * minute } })
    await giveBack(made, id)
    const one = await until(made, id, backEnded)
    expect(one.steps['zoo/user@main']).toMatchObject({ ending: 'skipped', fact: expect.stringMatching(/called off/) })
    await made.clock.sleep(20 * minute)
    made.engine.runner.move(id)
    await made.engine.runner.idle()
    expect(world.done).toEqual(['groups/g1'])
  })

  test('and while it is only asked for, what cannot be undone waits for the decision', async () => {
    const [world, attic] = [toy({ groups: ['g1'], user: ['u1'] }), newAttic()]
    const steps = [
      giveableStep(world, attic, 'groups'),
      toyStep(world, 'user', { phase: 'reclaim', irreversible: true }),
    ]
    const made = begin([toyConnector('zoo', steps)])
    const policy = { ...request().policy, irreversibleAfter: 5 * minute, signOffWithin: 10 * minute }
    const id = await signedOff(made, { policy })
    await giveBack(made, id, { sign: false })
    const one = await until(made, id, (now) => latest(now)?.state === 'expired')
    expect(world.done).toEqual(['groups/g1'])
    expect(one.steps['zoo/user@main']?.state).toBe('delayed')
    await until(made, id, (now) => now.steps['zoo/user@main']?.state === 'ended')
    expect(world.done).toEqual(['groups/g1', 'user/u1'])
    expect(attic.back).toEqual([])
  })

  test('nothing is sent while everything is stopped, and it goes on afterwards', async () => {
    const [world, attic] = [toy({ groups: ['g1'] }), newAttic()]
    const made = begin([toyConnector('zoo', [giveableStep(world, attic, 'groups')])])
    const id = await signedOff(made)
    await until(made, id, ended)
    made.engine.halts.stop(it, 'a drill')
    await giveBack(made, id)
    await made.clock.sleep(60_000)
    expect(attic.back).toEqual([])
    expect(made.engine.ledger.get(id)?.halted?.by.id).toBe(it.id)
    made.engine.halts.resume(it)
    await until(made, id, backEnded)
    expect(attic.back).toHaveLength(1)
  })
})

function now(made: Bench): string {
  return made.clock.now().toISOString()
}
