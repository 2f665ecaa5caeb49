/** Somebody gives a leaver back what was taken: what people see of it in Slack, and what they can do. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { bed, recorded } from '../support/story-bed.ts'
import {
  ask,
  person,
  press,
  read,
  says,
  signBoth,
  threadOf,
  until,
  withWords,
  workOff,
} from '../support/story-people.ts'

const minutes = 180_000
const second = 1000

let box: Sandbox
let id: string

beforeAll(async () => {
  // A day of the watch takes three seconds here.
  box = await bed({ tasks: [], policy: { watchFor: 3600 * second, watchEvery: 3 * second } })
  id = await ask(box, cast.manager, '/offboard @jo.miller')
  await signBoth(box, id)
  await workOff(box, id)
}, minutes)
afterAll(() => box?.close())

const suspended = (on: boolean) => {
  const user = box.vendors.google.world.truth().users.find((one) => one.primaryEmail === cast.leaver)
  if (!user) throw new Error('the pretend directory has no such user')
  user.suspended = on
}

async function thread(words: RegExp): Promise<string> {
  const found = () =>
    threadOf(box, id)
      .map((post) => read(box, post))
      .find((text) => words.test(text))
  return until(box, id, found, `the thread to say ${words}`)
}

test(
  'where nothing came back, the card says when it was looked at, and the thread says nothing',
  async () => {
    await recorded(box, id, (one) => (one.watch?.looks ?? 0) > 0)
    const card = await says(box, id, /last looked/)
    expect(card).toMatch(/watched until .*nothing is back/)
    expect(
      threadOf(box, id)
        .map((post) => read(box, post))
        .join('\n'),
    ).not.toContain('came back')
  },
  minutes,
)

test(
  'what came back is told with its system, and Try again takes it back and proves it',
  async () => {
    suspended(false)
    const notice = await thread(/Access came back/)
    expect(notice).toContain('Google Workspace: Suspend the account')
    expect(notice).toContain('Nothing is taken again by itself')
    expect(await says(box, id, /came back: /)).toContain('Needs attention')
    await press(box, id, cast.it, 'try-again')
    const one = await recorded(box, id, ({ state }) => state === 'done')
    expect(Object.values(one.steps).filter((run) => run.ending === 'failed')).toEqual([])
    expect(box.vendors.google.world.truth().users.find((user) => user.primaryEmail === cast.leaver)?.suspended).toBe(
      true,
    )
  },
  minutes,
)

test(
  'IT alone ends the watch, with a reason, and what came back stays by their word',
  async () => {
    suspended(false)
    await recorded(box, id, ({ state }) => state === 'needs-attention')
    await withWords(box, id, cast.hr, 'end-watch', 'hired again')
    expect(read(box, person(box, cast.hr).view())).toContain('Only IT approvers can end the watch')
    await person(box, cast.hr).close()
    await withWords(box, id, cast.it, 'end-watch', 'hired again on Monday')
    const one = await recorded(box, id, ({ state }) => state === 'done')
    expect(one.watch?.ended).toMatchObject({ reason: 'hired again on Monday' })
    expect(await thread(/The watch was ended/)).toContain('hired again on Monday')
    expect(box.vendors.google.world.truth().users.find((user) => user.primaryEmail === cast.leaver)?.suspended).toBe(
      false,
    )
  },
  minutes,
)
