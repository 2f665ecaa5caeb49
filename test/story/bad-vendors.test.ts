import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Offboarding, StepRun } from '../../src/offboarding/offboarding.ts'
import { endedBadly, endedWell, ready } from '../../src/offboarding/order.ts'
import { awsRefusal } from '../../src/sandbox/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { Asked, Fault } from '../../src/sandbox/server.ts'
import { bed, recorded, writesAtAws, writesAtGoogle } from '../support/story-bed.ts'
import { ask, cardOf, keysPosted, offered, press, says, threadOf, wishes, workOff } from '../support/story-people.ts'

let open: Sandbox | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

const minutes = 180_000

/** A person is asked soon, so that nobody waits a quarter of an hour here. */
const impatient: SandboxOptions = {
  settling: { patience: 1500, inFlight: 3000 },
  patience: { attemptTimeoutMs: 2500, attempts: 2, maxWaitMs: 1000, backOff: { firstMs: 20, mostMs: 100 } },
}

/** Whether the system in question is in trouble at this moment. */
interface Trouble {
  now: boolean
}

async function start(trouble: Trouble = { now: false }): Promise<Sandbox> {
  const nobodyListens = await closedDoor()
  open = await bed({
    ...impatient,
    bend: (send) => (request) =>
      trouble.now && /google/.test(request.url) ? fetch(nobodyListens, { signal: request.signal }) : send(request),
  })
  return open
}

/** An address at which nobody listens any more. */
async function closedDoor(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return `http://127.0.0.1:${port}/`
}

const runsOf = (one: Offboarding, connector: string): StepRun[] =>
  Object.values(one.steps).filter((run) => run.plan.connector === connector && run.state !== 'delayed')

/** What could be done is done, what failed waits for a person, and nothing else is under way. */
function settled(one: Offboarding): boolean {
  if (one.state !== 'needs-attention' || ready(one, new Date()).length > 0) return false
  return Object.values(one.steps).every((run) => run.state !== 'running' && (run.state !== 'waiting' || run.plan.task))
}

function allWell(one: Offboarding): boolean {
  return Object.values(one.steps).every((run) => endedWell(run) || run.state === 'delayed' || run.plan.task)
}

/** Presses "Try again" wherever the card offers it, until nothing has failed any more. */
async function again(box: Sandbox, id: string): Promise<Offboarding> {
  const failed = () => wishes(box, cardOf(box, id)).filter((wish) => wish.actions.includes('try-again'))
  const blocks = () =>
    failed()
      .map((wish) => wish.block)
      .join()
  for (;;) {
    const one = await recorded(box, id, (now) => failed().length > 0 || allWell(now), 'something to try again')
    if (allWell(one)) return one
    const before = blocks()
    for (const { block } of failed()) await press(box, id, cast.it, 'try-again', { blockId: block })
    await box.slack.until(() => blocks() !== before, minutes, `other steps than ${before}`)
  }
}

/** In the middle of a run the trouble begins; the other system goes on, a person reads why, and it is mended. */
async function playThrough(box: Sandbox, broken: string, words: RegExp, trouble: Trouble): Promise<void> {
  const other = broken === 'aws' ? 'google-workspace' : 'aws'
  const id = await ask(box, cast.hr, '/offboard @lena.fischer')
  await offered(box, id, 'sign-it')
  trouble.now = true
  await press(box, id, cast.hrSubstitute, 'sign-hr')
  await press(box, id, cast.it, 'sign-it')
  const one = await recorded(box, id, settled, `${broken} to have failed`)
  expect(runsOf(one, other).every((run) => endedWell(run) || run.plan.task)).toBe(true)
  const bad = runsOf(one, broken).filter(endedBadly)
  expect(bad.length).toBeGreaterThan(0)
  for (const run of bad) expect(run.fact, run.key).toMatch(words)
  expect(await says(box, id, /^Needs attention/m)).toMatch(words)
  trouble.now = false
  const mended = await again(box, id)
  expect(
    runsOf(mended, broken)
      .filter((run) => !run.plan.task)
      .every(endedWell),
  ).toBe(true)
  await workOff(box, id)
  const told = keysPosted(threadOf(box, id))
  expect(new Set(told).size).toBe(told.length)
}

/** From the first write on, as long as the trouble lasts. */
function fromFirstWrite(trouble: Trouble, writes: (asked: Asked) => boolean, as: Fault['as']): Fault {
  let begun = false
  function when(asked: Asked): boolean {
    begun ||= trouble.now && writes(asked)
    return begun && trouble.now
  }
  return { when, times: 1_000_000, as }
}

describe('a system that fails in the middle of a run holds up no other and is tried again when it is back', {
  timeout: minutes,
}, () => {
  test('it refuses the credential: people read what to renew', async () => {
    const trouble = { now: false }
    const box = await start()
    const refusal = awsRefusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
    box.vendors.aws.faults.push(fromFirstWrite(trouble, writesAtAws, refusal))
    await playThrough(box, 'aws', /AWS refused the credential.*IT makes a new access key/, trouble)
  })

  test('it answers a page of HTML', async () => {
    const trouble = { now: false }
    const box = await start()
    box.vendors.google.faults.push(fromFirstWrite(trouble, writesAtGoogle, 'html'))
    await playThrough(box, 'google-workspace', /HTML|page/, trouble)
  })

  test('it takes longer than anybody waits', async () => {
    const trouble = { now: false }
    const box = await start()
    box.vendors.google.faults.push(fromFirstWrite(trouble, writesAtGoogle, 'stall'))
    await playThrough(box, 'google-workspace', /did not answer|no answer/, trouble)
  })

  test('nobody listens there', async () => {
    const trouble = { now: false }
    await playThrough(await start(trouble), 'google-workspace', /ECONNREFUSED/, trouble)
  })
})

describe('a system that cannot be read when the plan is made', { timeout: minutes }, () => {
  test('is named on the card before anybody signs, and does not hold up the others', async () => {
    const box = await start({ now: true })
    const id = await ask(box, cast.hr, '/offboard @lena.fischer')
    const card = await says(box, id, /Sign off for HR/)
    expect(card).toMatch(/Google Workspace could not be read and is not in this plan: .*ECONNREFUSED/)
    await press(box, id, cast.hrSubstitute, 'sign-hr')
    await press(box, id, cast.it, 'sign-it')
    await workOff(box, id)
    expect(box.vendors.google.calls).toEqual([])
  })
})
