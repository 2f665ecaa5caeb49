import { afterEach, expect, test } from 'vitest'
import { step } from '../support/story.ts'
import { type Bed, type BedOptions, bed, end, room, started } from './bed.ts'

const beds: Bed[] = []
afterEach(async () => {
  for (const one of beds.splice(0)) await one.close()
})

const hash = (fill: number) => fill.toString(16).repeat(64)

/** A record that grows by one whenever somebody looks. */
async function start(options: BedOptions = {}): Promise<Bed> {
  let looks = 0
  const anchor = () => ({ seq: 100 + ++looks, hash: hash(looks), key: 'f'.repeat(64) })
  const made = await bed({ ...options, slack: { anchor, ...options.slack } })
  beds.push(made)
  return made
}

async function finish(made: Bed): Promise<string> {
  const key = 'okta/step@main'
  const one = await started(made, [step('okta/step')])
  await end(made, one.id, key, 'verified')
  await made.slack.until(() => made.slack.files().length >= 2, 20_000)
  await made.app.outbox.idle()
  return one.id
}

function anchors(made: Bed) {
  const card = made.slack.messages(room)[0]?.ts ?? ''
  return made.slack
    .thread(room, card)
    .filter((one) => JSON.stringify(one.blocks ?? []).includes('Anchor of the record'))
}

test("the newest entry is posted in the card's thread with the report, for people and for machines", async () => {
  const made = await start()
  const id = await finish(made)
  const [only, ...more] = anchors(made)
  expect(more).toEqual([])
  expect(JSON.stringify(only?.blocks)).toContain(`: 101:${hash(1)}`)
  expect(JSON.stringify(only?.blocks)).toContain(`Reports are signed with the key ${'f'.repeat(64)}`)
  expect(only?.text).toContain(hash(1))
  expect(only?.metadata).toEqual({
    event_type: 'latchkey_message',
    event_payload: { id, key: 'anchor', seq: 101, hash: hash(1), signing_key: 'f'.repeat(64) },
  })
}, 30_000)

test('it is there once, as it was first posted, also when the answer got lost', async () => {
  const made = await start()
  made.slack.faults.next('chat.postMessage', { as: 'lost', when: ({ text }) => text?.startsWith('Anchor') ?? false })
  await finish(made)
  expect(anchors(made).map((one) => one.metadata?.event_payload?.seq)).toEqual([101])
}, 60_000)
