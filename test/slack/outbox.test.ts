import { afterEach, describe, expect, test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import { memoryStore } from '../support/memory-store.ts'
import { step } from '../support/story.ts'
import { asked, type Bed, type BedOptions, bed, bedOn, end, ids, room, started } from './bed.ts'

const beds: Bed[] = []
afterEach(async () => {
  for (const one of beds.splice(0)) await one.close()
})

async function start(options: BedOptions = {}): Promise<Bed> {
  const made = await bed(options)
  beds.push(made)
  return made
}

const steps = Array.from({ length: 6 }, (_, n) =>
  step(`okta/step-${n}`, { connectorTitle: 'Okta', title: `Revoke number ${n}.` }),
)

/** How often the blocks in the channel say it, the card left out. */
function countOf(bed: Bed, text: string): number {
  const all = bed.slack.state.conversations.get(room)?.messages ?? []
  const cardTs = bed.slack.messages(room)[0]?.ts
  return timesIn(
    all.filter((one) => one.ts !== cardTs),
    text,
  )
}

function timesIn(posts: readonly { blocks?: unknown }[], text: string): number {
  return JSON.stringify(posts.map((one) => one.blocks ?? [])).split(text).length - 1
}

function cards(bed: Bed) {
  return bed.slack.messages(room).filter((one) => JSON.stringify(one).includes('Offboarding Jo Miller'))
}

describe('the outbox', () => {
  test('says each result exactly once, several of one moment in one message, and spares the channel', async () => {
    const it = await start()
    const one = await started(it, steps)
    await Promise.all(steps.map((each) => end(it, one.id, each.key, 'verified')))
    await it.app.outbox.idle()
    for (const each of steps) expect(countOf(it, each.title)).toBe(1)
    const replies = it.slack.thread(room, cards(it)[0]?.ts ?? '')
    expect(replies.filter((message) => JSON.stringify(message).includes('Revoke number'))).toHaveLength(1)
    const limited = it.slack.calls.filter((call) => call.answer?.error === 'ratelimited' || call.answer?.ok === false)
    expect(limited.map((call) => call.method)).toEqual([])
  })

  test('a card that never stops changing does not hold up the thread', async () => {
    const it = await start()
    const [slow, quick] = steps as [(typeof steps)[0], (typeof steps)[0]]
    const one = await started(it, [slow, quick])
    await it.app.outbox.idle()
    const said = () => countOf(it, quick.title) === 1
    const drawn = () => it.slack.calls.filter((call) => call.method === 'chat.update').length
    const before = drawn()
    let changes = 0
    let ended = false
    // The card is out of date at every moment, as in a long run with many steps; a result comes in the middle of it.
    while (!said() && drawn() < before + 40) {
      changes += 1
      const at = it.clock.now().toISOString()
      const fact = `asked ${changes} times`
      await it.ledger.record(one.id, { type: 'step-waiting', at, step: slow.key, findings: [], fact })
      if (!ended && drawn() >= before + 2) {
        ended = true
        await end(it, one.id, quick.key, 'verified')
      }
      await new Promise((done) => setImmediate(done))
    }
    expect(said()).toBe(true)
  })

  test('keeps order in the thread, and marks every message with its keys', async () => {
    const it = await start()
    const one = await started(it, steps.slice(0, 2))
    await it.app.outbox.idle()
    for (const each of steps.slice(0, 2)) {
      await end(it, one.id, each.key, 'verified')
      await it.app.outbox.idle()
    }
    const thread = it.slack.thread(room, cards(it)[0]?.ts ?? '').map((message) => JSON.stringify(message))
    const places = ['Started', 'Revoke number 0.', 'Revoke number 1.', '🏁 Done'].map((text) =>
      thread.findIndex((message, index) => index > 0 && message.includes(text)),
    )
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect(it.ledger.get(one.id)?.posts.card?.ts).toBe(cards(it)[0]?.ts)
    expect(cards(it)[0]?.metadata).toEqual({
      event_type: 'latchkey_message',
      event_payload: { id: one.id, key: 'card' },
    })
  })

  test.each(['lost', 'reset', 'unavailable'] as const)(
    'posts once where the answer was %s',
    async (as) => {
      const it = await start()
      it.slack.faults.next('chat.postMessage', { as, times: 2 })
      const one = await started(it, steps.slice(0, 2))
      await end(it, one.id, steps[0]?.key ?? '', 'verified')
      await it.slack.until(() => countOf(it, 'Revoke number 0.') === 1, 15_000)
      await it.app.outbox.idle()
      expect(cards(it)).toHaveLength(1)
      expect(countOf(it, 'Revoke number 0.')).toBe(1)
      expect(countOf(it, '▶️ Started')).toBe(1)
    },
    20_000,
  )

  test('a card whose answer was lost shows how it stands once it is found, and not how it stood', async () => {
    const it = await start()
    it.slack.faults.next('chat.postMessage', { as: 'lost' })
    const one = await started(it, steps.slice(0, 1))
    await it.slack.until(() => cards(it).length > 0, 5000, 'the card')
    await end(it, one.id, 'okta/step-0@main', 'verified')
    await it.app.outbox.idle()
    expect(JSON.stringify(cards(it)[0]?.blocks)).toContain('1 of 1 verified')
  })

  test('waits as long as Slack asks, and then goes on', async () => {
    const it = await start()
    it.slack.faults.next('chat.postMessage', { as: 'ratelimited', retryAfter: 20, times: 2 })
    const before = it.clock.now().getTime()
    await asked(it, steps)
    await it.slack.until(() => cards(it)[0], 10_000)
    expect(it.clock.now().getTime() - before).toBeGreaterThanOrEqual(20_000)
    await it.app.outbox.idle()
    expect(cards(it)).toHaveLength(1)
  }, 20_000)

  test('holds nothing up while Slack is away, and brings it up to date afterwards', async () => {
    const it = await start()
    const one = await started(it, steps)
    await it.app.outbox.idle()
    it.slack.faults.outage(true)
    for (const each of steps) await end(it, one.id, each.key, 'verified')
    expect(it.ledger.get(one.id)?.state).toBe('done')
    it.slack.faults.outage(false)
    await it.slack.until(() => countOf(it, '🏁 Done') === 1, 15_000)
    await it.app.outbox.idle()
    for (const each of steps) expect(countOf(it, each.title)).toBe(1)
    expect(JSON.stringify(cards(it)[0])).toContain('6 of 6 verified')
  }, 30_000)

  test('after a crash looks for what was ordered, and posts only what is not there', async () => {
    const first = await start()
    const one = await started(first, steps.slice(0, 3))
    await end(first, one.id, steps[0]?.key ?? '', 'verified')
    await end(first, one.id, steps[1]?.key ?? '', 'verified')
    await first.app.outbox.idle()
    await first.app.stop()
    // What was sent is on record as ordered only: the process died between the answer and the record of it.
    const kept = (first.store.kept.get(one.id) ?? []).filter((event: Event) => event.type !== 'posted')
    const second = await bedOver(first, memoryStore(new Map([[one.id, kept]])))
    await end(second, one.id, steps[2]?.key ?? '', 'verified')
    await second.slack.until(() => countOf(second, 'Revoke number 2.') === 1, 15_000)
    await second.app.outbox.idle()
    expect(cards(second)).toHaveLength(1)
    for (const each of steps.slice(0, 3)) expect(countOf(second, each.title)).toBe(1)
    expect(second.slack.dms(ids.manager).filter((message) => JSON.stringify(message).includes('Asked.'))).toHaveLength(
      1,
    )
    expect(second.slack.files()).toHaveLength(2)
  }, 30_000)

  test('posts the card again when somebody deleted it', async () => {
    const it = await start()
    const one = await asked(it, steps)
    await it.app.outbox.idle()
    const old = cards(it)[0]?.ts
    const channel = it.slack.state.conversations.get(room)
    if (channel) channel.messages = channel.messages.filter((message) => message.ts !== old)
    await it.ledger.record(one.id, { type: 'expired', at: it.clock.now().toISOString() })
    await it.slack.until(() => cards(it)[0] && cards(it)[0]?.ts !== old, 10_000)
    await it.app.outbox.idle()
    expect(cards(it)).toHaveLength(1)
    expect(JSON.stringify(cards(it)[0])).toContain('Expired')
    expect(it.ledger.get(one.id)?.posts.card?.ts).toBe(cards(it)[0]?.ts)
  }, 20_000)

  test('draws the last state, however fast it changes', async () => {
    const it = await start()
    const one = await started(it, steps)
    await it.app.outbox.idle()
    const before = it.slack.calls.filter((call) => call.method === 'chat.update').length
    for (const each of steps) await end(it, one.id, each.key, 'verified')
    await it.app.outbox.idle()
    expect(JSON.stringify(cards(it)[0])).toContain('6 of 6 steps ended')
    const updates = it.slack.calls.filter((call) => call.method === 'chat.update').slice(before)
    expect(updates.length).toBeLessThan(12)
  }, 20_000)

  test('says in the thread that the report could not be uploaded, and is done all the same', async () => {
    const it = await start()
    it.slack.faults.next('files.getUploadURLExternal', { as: 'error', error: 'file_uploads_disabled', times: 9 })
    const one = await started(it, steps.slice(0, 1))
    await end(it, one.id, steps[0]?.key ?? '', 'verified')
    await it.slack.until(() => countOf(it, 'The report could not be put here'), 10_000)
    expect(it.ledger.get(one.id)?.state).toBe('done')
    expect(JSON.stringify(it.slack.thread(room, cards(it)[0]?.ts ?? ''))).toContain('file_uploads_disabled')
  }, 20_000)

  test('notices that Slack never shows the files that it took', async () => {
    const it = await start()
    it.slack.knobs.lostShares = 9
    const one = await started(it, steps.slice(0, 1))
    await end(it, one.id, steps[0]?.key ?? '', 'verified')
    await it.slack.until(() => countOf(it, 'The report could not be put here'), 20_000)
    expect(it.ledger.get(one.id)?.state).toBe('done')
  }, 30_000)

  test('uploads the report once where Slack will not say at once whether it shows it', async () => {
    const it = await start()
    const one = await started(it, steps.slice(0, 1))
    await it.app.outbox.idle()
    it.slack.faults.next('conversations.replies', { as: 'ratelimited', retryAfter: 2 })
    await end(it, one.id, steps[0]?.key ?? '', 'verified')
    await it.slack.until(() => it.ledger.get(one.id)?.posts.report?.ts, 20_000)
    expect(it.slack.files()).toHaveLength(2)
  }, 30_000)

  test('says why it is behind where the app is not in the channel, and catches up when it is invited', async () => {
    const it = await start({
      pretend: { channels: [{ id: room, name: 'offboarding', private: true, members: [ids.hr], bot: false }] },
    })
    await asked(it, steps)
    await it.slack.until(() => it.app.outbox.problem(), 10_000)
    expect(it.app.health()).toMatchObject({ ready: true })
    it.slack.state.conversations.get(room)?.members.add(it.slack.state.app.userId)
    await it.slack.until(() => cards(it)[0], 20_000)
  }, 30_000)
})

describe('a leaver who reads the channel', () => {
  test('never sees anything: the others of both roles get the card in person, and why', async () => {
    const it = await start()
    await it.slack.admin.join(room, ids.leaver)
    const one = await started(it, steps.slice(0, 1))
    await end(it, one.id, steps[0]?.key ?? '', 'verified')
    await it.app.outbox.idle()
    expect(it.slack.messages(room)).toEqual([])
    for (const user of [ids.hr, ids.hrSubstitute, ids.it, ids.itSubstitute]) {
      expect(timesIn(it.slack.dms(user), 'Jo Miller reads the channel where cards go.')).toBe(1)
      expect(timesIn(it.slack.dms(user), 'Revoke number 0.')).toBe(1)
    }
    expect(it.slack.dms(ids.leaver)).toEqual([])
    expect(it.slack.as(ids.leaver).sees('off-1')).toBe(false)
  }, 40_000)

  test('who joins later finds nothing: it is taken out of the channel, and goes on in person', async () => {
    const it = await start()
    const one = await started(it, steps.slice(0, 2))
    await end(it, one.id, steps[0]?.key ?? '', 'verified')
    await it.app.outbox.idle()
    expect(cards(it)).toHaveLength(1)
    await it.slack.admin.join(room, ids.leaver)
    await it.slack.until(() => it.slack.messages(room).length === 0, 10_000)
    await end(it, one.id, steps[1]?.key ?? '', 'verified')
    await it.slack.until(() => JSON.stringify(it.slack.dms(ids.it)).includes('Revoke number 1.'), 15_000)
    await it.app.outbox.idle()
    expect(it.slack.state.conversations.get(room)?.messages).toEqual([])
    expect(it.slack.as(ids.leaver).sees('Jo Miller')).toBe(false)
  }, 40_000)

  test('is looked for again when the channel is shared with another company', async () => {
    const it = await start()
    await asked(it, steps)
    await it.app.outbox.idle()
    await it.slack.admin.shareChannel(room)
    await it.slack.until(
      () => JSON.stringify(it.slack.dms(ids.it)).includes('shared with another organisation'),
      15_000,
    )
    expect(it.slack.messages(room)).toEqual([])
  }, 30_000)
})

async function bedOver(before: Bed, store: ReturnType<typeof memoryStore>): Promise<Bed> {
  const made = await bedOn(before.slack, before.clock, {}, store)
  beds.splice(beds.indexOf(before), 1)
  beds.push(made)
  return made
}
