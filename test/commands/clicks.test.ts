import { describe, expect, test } from 'vitest'
import { asked, end, ids, planOf, room, started } from '../slack/bed.ts'
import { beds, card, cardNow, keys, suspend, textIn } from '../slack/hands.ts'
import { step } from '../support/story.ts'

const start = beds()

describe('clicks', () => {
  test('of people who do not hold the role, of the requester and of somebody who left the group do nothing, and say why', async () => {
    const it = await start()
    await asked(it, [suspend])
    const shown = await card(it)
    await it.slack.admin.join(room, ids.manager)
    await it.slack.admin.join(room, ids.other)
    const boss = await it.slack.as(ids.manager).click(shown, 'sign-hr')
    expect((await boss.ephemeral()).text).toContain('Only HR approvers')
    const other = await it.slack.as(ids.other).click(shown, 'sign-it')
    expect((await other.ephemeral()).text).toContain('Only IT approvers')
    await it.slack.admin.changeGroup('S0HR', [ids.hrSubstitute])
    const gone = await it.slack.as(ids.hr).click(shown, 'sign-hr')
    expect((await gone.ephemeral()).text).toContain('Only HR approvers')
    expect(it.ledger.get('off-1')?.signOffs).toEqual({})
  })

  test('on a card that showed another plan are refused', async () => {
    const it = await start()
    const one = await asked(it, [suspend])
    const old = await card(it)
    await it.ledger.record(one.id, {
      type: 'planned',
      at: one.requestedAt,
      plan: planOf(one, [suspend, keys]),
      purpose: 'sign-off',
    })
    const answer = await it.slack.as(ids.hr).click(old, 'sign-hr', { stale: true })
    expect((await answer.ephemeral()).text).toContain('The plan has changed since this card was drawn')
  })

  test('decline with a reason, which the requester reads', async () => {
    const it = await start()
    await asked(it, [suspend])
    const form = await (await it.slack.as(ids.it).click(await card(it), 'decline')).opened()
    await it.slack.as(ids.it).submit(form, { words: 'She stays until spring' })
    await it.slack.until(() => it.ledger.get('off-1')?.state === 'declined')
    await it.app.outbox.idle()
    expect(JSON.stringify(it.slack.dms(ids.manager))).toContain('She stays until spring')
    expect(JSON.stringify(cardNow(it))).not.toContain('sign-it')
    expect(JSON.stringify(it.slack.thread(room, cardNow(it).ts))).toContain('She stays until spring')
  })

  test('withdraw what has not started, also by /offboard cancel', async () => {
    const it = await start()
    await asked(it, [suspend])
    await card(it)
    const answer = await it.slack.as(ids.manager).slash('/offboard cancel off-1')
    expect((await answer.ephemeral()).text).toContain('is withdrawn')
    expect(it.ledger.get('off-1')?.state).toBe('withdrawn')
  })

  test('act on what failed: again, by hand, skipped by IT alone', async () => {
    const it = await start()
    const one = await started(it, [suspend, keys])
    await end(it, one.id, suspend.key, 'failed', 'Okta said E0000006')
    await end(it, one.id, keys.key, 'failed', 'AccessDenied')
    await it.app.outbox.idle()
    const blockOf = (fact: string) => {
      const blocks = cardNow(it).blocks ?? []
      return blocks[blocks.findIndex((block) => JSON.stringify(block).includes(fact)) + 1]?.block_id ?? ''
    }
    await it.slack.as(ids.it).click(cardNow(it), 'try-again', { blockId: blockOf('E0000006') })
    await it.slack.until(() => it.ledger.get(one.id)?.steps[suspend.key]?.state === 'planned')
    await end(it, one.id, suspend.key, 'verified')
    const skip = await (
      await it.slack.as(ids.hr).click(cardNow(it), 'skip', { blockId: blockOf('AccessDenied') })
    ).opened()
    await it.slack.as(ids.hr).submit(skip, { words: 'not needed' })
    await it.slack.until(() => textIn(it.slack.views(ids.hr)).includes('Only IT approvers'))
    await it.slack.as(ids.hr).close(it.slack.as(ids.hr).view())
    const hand = await (
      await it.slack.as(ids.it).click(cardNow(it), 'by-hand', { blockId: blockOf('AccessDenied') })
    ).opened()
    await it.slack.as(ids.it).submit(hand, { words: 'Deleted the keys in the console' })
    await it.slack.until(() => it.ledger.get(one.id)?.state === 'done')
    await it.app.outbox.idle()
    const text = JSON.stringify(it.slack.thread(room, cardNow(it).ts))
    expect(text).toContain('Deleted the keys in the console')
    expect(text).toContain('1 of 2 verified, 1 attested')
  })

  test('finish a task, and choose the account', async () => {
    const it = await start()
    const task = step('manual/payroll', {
      findings: [],
      task: { ask: 'Pay the last salary', owner: 'hr', dueInMs: 1000 },
    })
    const candidates = ['a', 'b'].map((id) => ({ realm: 'main', id, label: `jo-${id}` }))
    const one = await asked(it, [task], { ambiguous: [{ connector: 'okta', realm: 'main', candidates }] })
    const shown = await it.slack.until(() =>
      it.slack.messages(room).find((message) => JSON.stringify(message).includes('choose-account')),
    )
    const choice = JSON.stringify(shown).match(/"value":"(off-1 [0-9a-f]{16} [0-9a-f]{16})"/)?.[1]
    const hr = await it.slack.as(ids.hr).click(shown, 'choose-account', { value: choice })
    expect((await hr.ephemeral()).text).toContain('Only IT approvers can choose the account')
    await it.slack.as(ids.it).click(shown, 'choose-account', { value: choice })
    await it.slack.until(() => Object.keys(it.ledger.get(one.id)?.chosenAccounts ?? {}).length > 0)
    expect(it.ledger.get(one.id)?.chosenAccounts).toEqual({ 'okta@main': 'a' })
  })

  test('show everything to HR and IT, and to nobody else', async () => {
    const it = await start()
    const findings = Array.from({ length: 200 }, (_, n) => ({
      id: `f${n}`,
      label: `Group ${n}`,
      state: 'open' as const,
      fact: 'member',
    }))
    await asked(it, [{ ...suspend, findings }])
    const shown = await card(it)
    await it.slack.as(ids.it).click(shown, 'show-everything')
    const first = await it.slack.until(() =>
      it.slack.views(ids.it).find((view) => JSON.stringify(view).includes('Group 7:')),
    )
    await it.slack.as(ids.it).click(first, 'everything-next')
    await it.slack.until(() => it.slack.views(ids.it).find((view) => JSON.stringify(view).includes('Page 2 of 3')))
    await it.slack.admin.join(room, ids.other)
    await it.slack.as(ids.other).click(shown, 'show-everything')
    await it.slack.until(() =>
      it.slack.views(ids.other).find((view) => JSON.stringify(view).includes('Only HR and IT')),
    )
  })
})
