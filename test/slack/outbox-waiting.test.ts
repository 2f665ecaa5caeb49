import { expect, test } from 'vitest'
import { asked } from './bed.ts'
import { beds, card, suspend } from './hands.ts'

const start = beds()

test('what Slack does not take is counted as waiting, with the age of the oldest, until it is there', async () => {
  const it = await start()
  expect(it.app.waiting()).toEqual({ posts: 0, oldestMs: 0 })
  it.slack.faults.next('chat.postMessage', { as: 'unavailable', times: 3 })
  await asked(it, [suspend])
  await it.slack.until(() => it.app.waiting().oldestMs > 10_000)
  expect(it.app.waiting().posts).toBeGreaterThan(0)
  await card(it)
  await it.app.outbox.idle()
  expect(it.app.waiting()).toEqual({ posts: 0, oldestMs: 0 })
})

test('where Slack does not even say who reads along, something waits all the same', async () => {
  const it = await start()
  it.slack.faults.next('conversations.members', { as: 'unavailable', times: 3 })
  await asked(it, [suspend])
  await it.slack.until(() => it.app.waiting().posts === 1)
  await card(it)
  await it.app.outbox.idle()
  expect(it.app.waiting().posts).toBe(0)
})
