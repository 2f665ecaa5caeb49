import { describe, expect, test } from 'vitest'
import { ids } from '../slack/bed.ts'
import { beds, fill, filled, formOf } from '../slack/hands.ts'

const start = beds()

describe('the request form', () => {
  test('guesses neither a time nor a kind, and proposes the manager', async () => {
    const it = await start()
    const form = await formOf(it, ids.hr)
    const state = JSON.stringify(form.state.values)
    expect(state).toContain(ids.manager)
    for (const name of ['when', 'time', 'kind', 'devices'])
      expect(JSON.stringify(form.state.values[name])).toMatch(/null/)
    expect(JSON.stringify(form.state.values.systems)).toContain('aws')
    expect(JSON.stringify(form.blocks)).toContain('America/New_York')
  })

  test('says what a picked time is on the clock of the leaver, and refuses one that is past', async () => {
    const it = await start()
    const form = await formOf(it, ids.hr)
    const past = Math.floor(it.clock.now().getTime() / 1000) - 3600
    const answer = await it.slack.as(ids.hr).submit(form, { ...filled, when: 'later', time: past })
    expect(answer.errors.time).toContain('in the past')
    expect(it.ledger.open()).toEqual([])
    const view = await it.slack.until(() =>
      it.slack.views(ids.hr).find((one) => JSON.stringify(one).includes('For Jo Miller that is')),
    )
    expect(JSON.stringify(view)).toContain('New York')
  })

  test('wants a time when "at a time" is chosen', async () => {
    const it = await start()
    const answer = await fill(it, ids.hr, { ...filled, when: 'later' })
    expect(answer.errors.time).toBe('Choose the date and time.')
  })

  test('asks once, however often the same form is delivered', async () => {
    const it = await start()
    const form = await formOf(it, ids.hr)
    it.slack.faults.deliverTwice(1)
    await it.slack.as(ids.hr).submit(form, filled)
    await it.slack.until(() => it.ledger.open()[0])
    await it.app.outbox.idle()
    expect(it.ledger.open()).toHaveLength(1)
  })

  test('opens from the shortcut and from bare /offboard for an address that Slack does not know', async () => {
    const it = await start()
    const picker = await (await it.slack.as(ids.hr).shortcut('offboard')).opened()
    expect(picker.callback_id).toBe('pick')
    await it.slack.as(ids.hr).close(picker)
    const again = await (await it.slack.as(ids.hr).slash('/offboard')).opened()
    const none = await it.slack.as(ids.hr).submit(again, {})
    expect(none.errors.person).toContain('Choose a person')
    await it.slack.as(ids.hr).submit(again, { address: 'gone@example.com' })
    const form = await it.slack.until(() => it.slack.views(ids.hr).find((view) => view.callback_id === 'request'))
    await it.slack.as(ids.hr).submit(form, filled)
    await it.slack.until(() => it.ledger.open()[0])
    expect(it.ledger.open()[0]?.leaver).toMatchObject({ id: 'mailto:gone@example.com', emails: ['gone@example.com'] })
  })
})
