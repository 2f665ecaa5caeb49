import { describe, expect, test } from 'vitest'
import { asked, end, ids, planOf, room } from './bed.ts'
import { beds, card, cardNow, fill, filled, keys, suspend } from './hands.ts'

const start = beds()

describe.each(['socket', 'http'] as const)('an offboarding over %s', (mode) => {
  test('goes from /offboard to the report in the thread', async () => {
    const it = await start({ mode })
    const answer = await fill(it, ids.manager, filled)
    expect(answer.problems).toEqual([])
    const one = await it.slack.until(() => it.ledger.open()[0])
    expect(one).toMatchObject({
      requester: { id: ids.manager },
      leaver: { name: 'Jo Miller' },
      choices: { kind: 'resignation' },
    })
    expect(one.effectiveAt).toBeUndefined()
    await it.ledger.record(one.id, {
      type: 'planned',
      at: one.requestedAt,
      plan: planOf(one, [suspend, keys]),
      purpose: 'sign-off',
    })
    const shown = await card(it)
    await it.slack.as(ids.hr).click(shown, 'sign-hr')
    await it.slack.until(() => it.ledger.get(one.id)?.signOffs.hr, 8000, 'the first signature')
    await it.slack.as(ids.it).click(cardNow(it), 'sign-it')
    await it.slack.until(() => it.ledger.get(one.id)?.state === 'scheduled', 8000, 'the second signature')
    const plan = planOf(one, [suspend, keys])
    await it.ledger.record(one.id, { type: 'planned', at: it.clock.now().toISOString(), plan, purpose: 'run' })
    await end(it, one.id, suspend.key, 'verified')
    await end(it, one.id, keys.key, 'verified')
    expect(it.ledger.get(one.id)?.state).toBe('done')
    await it.app.outbox.idle()
    const thread = it.slack.thread(room, shown.ts)
    const text = JSON.stringify(thread)
    expect(text.match(/Suspend the account/g)).toHaveLength(1)
    expect(text.match(/Deactivate access keys/g)).toHaveLength(1)
    expect(text).toContain('2 of 2 verified')
    expect(
      it.slack
        .files()
        .map((file) => file.name)
        .sort(),
    ).toEqual([`${one.id}.html`, `${one.id}.json`])
    expect(thread.some((message) => (message.files ?? []).length > 0)).toBe(true)
    expect(JSON.stringify(cardNow(it))).toContain('Done')
    expect(JSON.stringify(cardNow(it))).not.toContain('sign-hr')
    const told = JSON.stringify(it.slack.dms(ids.manager))
    for (const news of ['Asked', 'signed by', 'Started', '2 of 2 verified']) expect(told).toContain(news)
    expect(told).not.toContain('Suspend the account')
    expect(it.slack.as(ids.leaver).sees('Jo Miller')).toBe(false)
  }, 30_000)
})

describe('App Home', () => {
  test('shows what waits, runs and comes, and to the leaver nothing of it', async () => {
    const it = await start()
    await asked(it, [suspend])
    await card(it)
    await it.slack.as(ids.hr).openHome()
    const home = await it.slack.until(() => it.slack.home(ids.hr))
    expect(JSON.stringify(home)).toContain('sign off for HR')
    await it.slack.as(ids.leaver).openHome()
    const own = await it.slack.until(() => it.slack.home(ids.leaver))
    expect(JSON.stringify(own)).not.toContain('off-1')
    await it.slack.as(ids.hr).click(await card(it), 'sign-hr')
    await it.slack.until(() => !JSON.stringify(it.slack.home(ids.hr)).includes('sign off for HR'), 8000)
    await it.slack.as(ids.hr).click(it.slack.home(ids.hr) as never, 'home-request')
    await it.slack.until(() => it.slack.views(ids.hr).find((view) => view.callback_id === 'pick'))
  })
})
