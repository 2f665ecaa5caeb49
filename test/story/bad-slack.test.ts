import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { bed, recorded } from '../support/story-bed.ts'
import {
  ask,
  cardOf,
  formFor,
  keysPosted,
  offered,
  person,
  press,
  read,
  says,
  storyOf,
  threadOf,
  timesTold,
  usual,
  workOff,
} from '../support/story-people.ts'

let box: Sandbox
beforeAll(async () => {
  box = await bed()
}, 60_000)
afterAll(() => box.close())

const minutes = 180_000
const open = () => box.bot().ledger.open().length

describe('what Slack delivers twice', { timeout: minutes }, () => {
  test('is heard once: the command, the form, and each click', async () => {
    const { slack } = box
    const asker = person(box, cast.hr)
    slack.faults.deliverTwice()
    await formFor(box, cast.hr, '/offboard @omar.haddad')
    expect(slack.views(asker.id)).toHaveLength(1)
    slack.faults.deliverTwice()
    const form = slack.views(asker.id)[0]
    if (!form) throw new Error('there is no form')
    await asker.submit(form, { ...usual, systems: ['manual'] })
    const words = () => /is asked for \((off-\w+)\)/.exec(read(box, asker.view()))?.[1]
    const id = await slack.until(words, minutes, 'the words that it is asked for')
    await asker.close()
    for (const [who, action] of [
      [cast.hrSubstitute, 'sign-hr'],
      [cast.it, 'sign-it'],
      [cast.it, 'task-done'],
    ] as const) {
      const before = slack.ephemerals(person(box, who).id).length
      slack.faults.deliverTwice()
      await press(box, id, who, action)
      const gone = () => !JSON.stringify(cardOf(box, id)?.blocks).includes(`"${action}"`)
      await slack.until(gone, minutes, `the card after ${action}`)
      expect(slack.ephemerals(person(box, who).id), 'nobody reads of a repetition').toHaveLength(before)
    }
    await recorded(box, id, ({ state }) => state === 'done')
    expect(open()).toBe(1)
    const types = ((await box.bot().ledger.history(id)) ?? []).map((event) => event.type)
    for (const [type, times] of Object.entries({ requested: 1, signed: 2, attested: 1, refused: 0 }))
      expect(
        types.filter((one) => one === type),
        type,
      ).toHaveLength(times)
    expect(slack.deliveries.filter((one) => one.attempts > 1)).toHaveLength(5)
  })
})

describe('a Slack that is away in the middle of a run', { timeout: minutes }, () => {
  test('holds up no revocation, and shows everything once when it is back', async () => {
    const { slack } = box
    const id = await ask(box, cast.manager, '/offboard @jo.miller', { 'hand-over': employee(cast.manager).slackId })
    await offered(box, id, 'sign-it')
    await press(box, id, cast.hr, 'sign-hr')
    await press(box, id, cast.it, 'sign-it')
    await recorded(box, id, ({ startedAt }) => startedAt !== undefined)
    const told = threadOf(box, id).length
    slack.faults.outage(true)
    const one = await recorded(box, id, (now) =>
      Object.values(now.steps).every((run) => run.plan.task || run.state === 'delayed' || run.state === 'ended'),
    )
    expect(Object.values(one.steps).filter((run) => run.ending === 'failed' || run.ending === 'unknown')).toEqual([])
    expect(threadOf(box, id)).toHaveLength(told)
    slack.faults.outage(false)
    await slack.until(() => slack.sockets.open >= 2, minutes, 'the bot to be back')
    await workOff(box, id)
    await slack.until(() => slack.files().length >= 4, minutes, 'the report in the thread')
    const steps = Object.values(box.bot().ledger.get(id)?.steps ?? {}).filter((run) => run.state === 'ended')
    const keys = keysPosted(threadOf(box, id))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => key.startsWith('step/'))).toHaveLength(steps.length)
    const story = storyOf(box, id)
    for (const { plan } of steps)
      expect(timesTold(story, plan.title), plan.title).toBe(plan.connector === 'aws' ? 2 : 1)
    expect(story.match(/🏁 Done/g)).toHaveLength(1)
    expect(slack.messages(box.channel).filter((post) => post.metadata?.event_payload.id === id)).toHaveLength(1)
  })

  test('answers of which are lost post nothing twice', async () => {
    const { slack } = box
    const id = await ask(box, cast.hr, '/offboard @tom.baker', { systems: ['manual'] })
    await says(box, id, /Sign off/)
    const ours = (args: Record<string, string>) => (args.metadata ?? '').includes(id)
    slack.faults.next('chat.postMessage', { as: 'lost', when: (args) => ours(args) && args.thread_ts !== undefined })
    slack.faults.next('chat.update', { as: 'unavailable', times: 2 })
    await press(box, id, cast.hrSubstitute, 'sign-hr')
    await press(box, id, cast.it, 'sign-it')
    await workOff(box, id)
    const key = () => keysPosted(threadOf(box, id)).some((one) => one.startsWith('step/'))
    await slack.until(key, minutes, 'the result in the thread')
    const keys = keysPosted(threadOf(box, id))
    expect(new Set(keys).size).toBe(keys.length)
  })
})
