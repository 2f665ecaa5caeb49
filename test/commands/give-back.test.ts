import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import { latest } from '../../src/offboarding/give-back.ts'
import type { PlanStep } from '../../src/offboarding/offboarding.ts'
import { ref } from '../../src/slack/views/refs.ts'
import { type Bed, ids, room, started } from '../slack/bed.ts'
import { beds, cardNow, keys, suspend, textIn } from '../slack/hands.ts'
import { clicker } from '../support/story.ts'

const start = beds()
const [lock, keyring] = [suspend, keys].map((one): PlanStep => ({ ...one, undo: true })) as [PlanStep, PlanStep]

/** Both steps were taken; nobody but Slack is at work here, so the test says what systems did. */
async function taken(it: Bed): Promise<string> {
  const { id } = await started(it, [lock, keyring])
  const at = it.clock.now().toISOString()
  for (const { key: step } of [lock, keyring]) {
    const findings = [{ id: 'one', label: `Thing of ${step}`, state: 'done' as const, fact: 'gone' }]
    const events: Event[] = [
      { type: 'step-started', at, step },
      { type: 'intended', at, step, findings: ['one'] },
      { type: 'answered', at, step, finding: 'one' },
      { type: 'step-ended', at, step, ending: 'verified', fact: 'gone', findings, ms: 1 },
    ]
    await it.ledger.record(id, ...events)
  }
  await it.app.outbox.idle()
  return id
}

async function form(it: Bed, user: string) {
  await it.slack.as(user).click(cardNow(it), 'give-back')
  return it.slack.until(() => it.slack.views(user).find((view) => view.callback_id === 'give-back'), 8000, 'the form')
}

async function asks(it: Bed, id: string, number: number): Promise<void> {
  await it.slack.as(ids.hrSubstitute).submit(await form(it, ids.hrSubstitute), { words: 'Jo stays.' })
  await it.slack.until(() => latest(it.ledger.get(id) ?? {})?.number === number)
  await it.app.outbox.idle()
  await it.slack.as(ids.hrSubstitute).close()
}

/** Asked by one of HR, signed by another one and by IT; then both steps could not be given back. */
async function failed(it: Bed): Promise<string> {
  const id = await taken(it)
  await asks(it, id, 1)
  await it.slack.as(ids.hr).click(cardNow(it), 'give-back-sign-hr')
  await it.slack.as(ids.it).click(cardNow(it), 'give-back-sign-it')
  await it.slack.until(() => latest(it.ledger.get(id) ?? {})?.signedAt !== undefined)
  const at = it.clock.now().toISOString()
  for (const { key: stepKey } of [lock, keyring]) {
    const findings = [{ id: 'one', label: 'Thing', state: 'done' as const, fact: 'no seat is free' }]
    const end: Event = {
      type: 'give-back-ended',
      at,
      stepKey,
      ending: 'failed',
      fact: `no seat for ${stepKey}`,
      findings,
      ms: 1,
    }
    await it.ledger.record(id, { type: 'give-back-started', at, stepKey }, end)
  }
  await it.app.outbox.idle()
  return id
}

function blockOf(it: Bed, stepKey: string): string {
  const blocks = cardNow(it).blocks ?? []
  return blocks[blocks.findIndex((block) => textIn(block).includes(`no seat for ${stepKey}`)) + 1]?.block_id ?? ''
}

describe('giving back', () => {
  test('is asked for with a reason and something chosen, and not by who only asked for the offboarding', async () => {
    const it = await start()
    const id = await taken(it)
    const shown = await form(it, ids.hr)
    const blocks = shown.blocks.flatMap(({ block_id: block }) => (block?.startsWith('back-') ? [block] : []))
    const with_ = (chosen: string[]) => Object.fromEntries(blocks.map((block) => [block, chosen]))
    const none = await it.slack.as(ids.hr).submit(shown, { ...with_([]), words: 'Jo stays.' })
    expect(JSON.stringify(none.errors)).toContain('Choose at least one thing')
    const wordless = await it.slack.as(ids.hr).submit(shown, { ...with_([ref('one')]), words: ' ' })
    expect(JSON.stringify(wordless.errors)).toContain('A few words are needed')
    await it.slack.admin.join(room, ids.manager)
    await it.slack.as(ids.manager).click(cardNow(it), 'give-back')
    await it.slack.until(() => textIn(it.slack.views(ids.manager)).includes('Only HR and IT approvers'))
    expect(it.ledger.get(id)?.giveBacks).toBeUndefined()
  })

  test('is signed as it was listed: an older card signs nothing', async () => {
    const it = await start()
    const id = await taken(it)
    await asks(it, id, 1)
    const old = cardNow(it)
    const by = { ...clicker(ids.it, ['it']), name: 'Ivo Novak' }
    const at = it.clock.now().toISOString()
    await it.ledger.record(id, { type: 'give-back-declined', at, by, reason: 'not all of it' })
    await it.app.outbox.idle()
    await asks(it, id, 2)
    const answer = await it.slack.as(ids.hr).click(old, 'give-back-sign-hr', { stale: true })
    expect((await answer.ephemeral()).text).toContain('has changed since this card was drawn')
    expect(latest(it.ledger.get(id) ?? {})?.signOffs).toEqual({})
  })

  test('that failed is tried again, done by hand, or left out by IT alone, and each is told once', async () => {
    const it = await start()
    const id = await failed(it)
    const run = (step: PlanStep) => latest(it.ledger.get(id) ?? {})?.steps[step.key]
    await it.slack.as(ids.it).click(cardNow(it), 'give-back-again', { blockId: blockOf(it, lock.key) })
    await it.slack.until(() => run(lock)?.state === 'planned')
    const at = it.clock.now().toISOString()
    const findings = [{ id: 'one', label: 'Thing', state: 'open' as const, fact: 'there' }]
    await it.ledger.record(
      id,
      { type: 'give-back-started', at, stepKey: lock.key },
      { type: 'give-back-ended', at, stepKey: lock.key, ending: 'verified', fact: 'there', findings, ms: 1 },
    )
    await it.app.outbox.idle()
    const block = { blockId: blockOf(it, keyring.key) }
    const skip = await (await it.slack.as(ids.hr).click(cardNow(it), 'give-back-skip', block)).opened()
    await it.slack.as(ids.hr).submit(skip, { words: 'not needed' })
    await it.slack.until(() => textIn(it.slack.views(ids.hr)).includes('Only IT approvers'))
    expect(run(keyring)?.ending).toBe('failed')
    const hand = await (await it.slack.as(ids.it).click(cardNow(it), 'give-back-by-hand', block)).opened()
    await it.slack.as(ids.it).submit(hand, { words: 'Made a new key in the console' })
    await it.slack.until(() => latest(it.ledger.get(id) ?? {})?.state === 'done')
    await it.app.outbox.idle()
    const text = textIn(it.slack.thread(room, cardNow(it).ts))
    expect(text).toContain('Made a new key in the console')
    expect(text).toContain('1 of 2 given back and read back, 1 by hand')
    expect(textIn(cardNow(it))).toContain('Given back: 1 of 2 given back and read back, 1 by hand')
    expect(textIn(cardNow(it))).not.toContain('give-back-skip')
  })
})
