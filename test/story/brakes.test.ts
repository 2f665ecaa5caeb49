import { afterEach, expect, test } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { stopFile } from '../../src/store/stop-file.ts'
import { bed, orders, recorded, writesAtAws } from '../support/story-bed.ts'
import {
  ask,
  offered,
  press,
  refusedAt,
  says,
  signBoth,
  storyOf,
  type,
  until,
  workOff,
} from '../support/story-people.ts'

let open: Sandbox | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

const minutes = 180_000

/** Stops everything with the first order at AWS, by whatever way is handed in. */
async function stoppedAtTheFirstOrder(stop: (box: Sandbox) => Promise<unknown> | unknown) {
  let done: Promise<unknown> | undefined
  const box = await bed({
    bend: (send) => async (request) => {
      const answer = await send(request)
      if (!done && open?.vendors.aws.calls.some(({ asked }) => writesAtAws(asked))) {
        done = Promise.resolve(stop(open))
        await done
      }
      return answer
    },
  })
  open = box
  const id = await ask(box, cast.manager, `/offboard ${cast.leaver}`)
  await offered(box, id, 'sign-it')
  await signBoth(box, id)
  await recorded(box, id, (one) => one.halted !== undefined)
  return { box, id }
}

async function endsAsUsual(box: Sandbox, id: string): Promise<void> {
  await workOff(box, id)
  const all = orders(box)
  expect(new Set(all.filter((order) => /transfers/.test(order))).size).toBeLessThanOrEqual(1)
}

test(
  '/offboard stop halts before the next request, the card says so, and /offboard resume ends it well',
  async () => {
    const { box, id } = await stoppedAtTheFirstOrder((it) => type(it, cast.hr, '/offboard stop wrong person'))
    expect(await says(box, id, /Everything is stopped, by .*wrong person/)).toBeTruthy()
    const before = orders(box).length
    await until(
      box,
      id,
      () => /Everything is stopped by/.test(storyOf(box, id)),
      'the thread to say that it is stopped',
    )
    expect(await type(box, cast.hr, '/offboard resume')).toMatch(/Only IT approvers can resume/)
    expect(await type(box, cast.other, '/offboard stop please')).toMatch(/Only HR or IT/)
    expect(orders(box)).toHaveLength(before)
    expect(await type(box, cast.it, '/offboard resume')).toMatch(/goes on/)
    await endsAsUsual(box, id)
  },
  minutes,
)

test(
  'a stop from the host outlives the process; going on ends it well',
  async () => {
    const by = { id: 'host:ops', name: 'ops at the command line' }
    const at = new Date().toISOString()
    const { box, id } = await stoppedAtTheFirstOrder((it) =>
      stopFile(it.folder).put({ stopped: true, at, by, why: 'a drill' }),
    )
    await says(box, id, /Everything is stopped, by ops at the command line: a drill/)
    const before = orders(box).length
    await box.restart()
    expect(await type(box, cast.it, '/offboard stop again')).toMatch(/stopped already, by ops/)
    expect(orders(box)).toHaveLength(before)
    stopFile(box.folder).put({ stopped: false, at, by })
    await endsAsUsual(box, id)
  },
  minutes,
)

test(
  'what is one of too many is held back until somebody else releases it by name',
  async () => {
    const box = await bed({ policy: { quarantineAfter: 1 } })
    open = box
    await ask(box, cast.hrSubstitute, `/offboard ${cast.other}`)
    const id = await ask(box, cast.hr, `/offboard ${cast.leaver}`)
    await says(box, id, /Held back: 1 other offboarding was/)
    expect(await refusedAt(box, id, cast.hr, 'release')).toMatch(/You asked for this offboarding/)
    await press(box, id, cast.it, 'release')
    await offered(box, id, 'sign-it')
    expect(box.bot().ledger.get(id)?.quarantine?.released?.by.id).toBeTruthy()
  },
  minutes,
)
