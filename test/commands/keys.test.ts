import { describe, expect, test } from 'vitest'
import type { Keys } from '../../src/slack/options.ts'
import { click, interact } from '../attacks/forge.ts'
import { asked, end, ids, room, started } from '../slack/bed.ts'
import { beds, suspend, textIn } from '../slack/hands.ts'

const start = beds()
const key = 'ABCD-EFGH-IJKL'
const kept = {
  ...{ offboarding: 'off-1', system: 'jamf', realm: 'example', name: 'FileVault key of C02XY1234' },
  ...{ at: '2026-11-23T09:00:00.000Z', id: 'a1-1' },
}

/** Says when it opened, as the ledger stood at that moment. */
function keysOf(onOpen: () => unknown = () => undefined): Keys {
  return {
    list: async (id) => (id === kept.offboarding ? [kept] : []),
    open: async () => {
      onOpen()
      return { key }
    },
  }
}

async function view(it: Awaited<ReturnType<typeof start>>, user: string, good: (text: string) => boolean) {
  const found = () => it.slack.views(user).find((one) => good(textIn(one)))
  return it.slack.until(found, 8000, 'the modal')
}

describe('recovery keys', () => {
  test('are shown to IT alone, in a modal, on the record before and in the thread after', async () => {
    const onRecord: (string | undefined)[] = []
    const it = await start({
      slack: { keys: keysOf(() => onRecord.push(it.store.kept.get('off-1')?.at(-1)?.type)) },
    })
    await started(it, [suspend])
    await it.slack.as(ids.it).slash('/offboard keys off-1')
    const list = await view(it, ids.it, (text) => text.includes(kept.name))
    expect(textIn(list)).not.toContain(key)
    await it.slack.as(ids.it).click(list, 'open-key')
    await view(it, ids.it, (text) => text.includes(key))
    expect(onRecord).toEqual(['escrow-opened'])
    expect(it.ledger.get('off-1')?.openings).toMatchObject([{ by: { id: ids.it }, name: kept.name }])
    await it.app.outbox.idle()
    const posted = textIn(it.slack.thread(room, it.slack.messages(room)[0]?.ts ?? '')) + textIn([...it.store.kept])
    expect(posted).toContain('opened a recovery key')
    expect(posted).not.toContain(key)
  })

  test.each([
    ['HR', ids.hr, 'Only IT approvers can open recovery keys'],
    ['somebody without a role', ids.other, 'that you can see'],
  ])('are not shown to %s, who is told why', async (_who, user, said) => {
    const it = await start({ slack: { keys: keysOf() } })
    await asked(it, [suspend])
    await it.slack.as(user).slash('/offboard keys off-1')
    const answer = await view(it, user, (text) => text.includes(said))
    expect(textIn(answer)).not.toContain(kept.name)
  })

  test('are not opened by a button that is pressed by somebody else, and that is on the record', async () => {
    let opened = 0
    const it = await start({ mode: 'http', slack: { keys: keysOf(() => ++opened) } })
    await asked(it, [suspend])
    const view = { id: 'V0FORGED', type: 'modal', hash: '1.h', state: { values: {} }, private_metadata: '' }
    await interact(it, click({ id: ids.hr }, { action_id: 'open-key', value: `off-1 ${kept.id}` }, { view }))
    await it.slack.until(() => it.store.kept.get('off-1')?.some((event) => event.type === 'refused'))
    expect([opened, it.ledger.get('off-1')?.openings]).toEqual([0, undefined])
  })

  test('of an offboarding that is put away are still there, and opening one is on the record of everything', async () => {
    const it = await start({ slack: { keys: keysOf() } })
    const one = await started(it, [suspend])
    await end(it, one.id, suspend.key, 'verified')
    await it.app.outbox.idle()
    await it.ledger.record(one.id, { type: 'closed', at: it.clock.now().toISOString() })
    await it.slack.as(ids.it).slash('/offboard keys off-1')
    await it.slack.as(ids.it).click(await view(it, ids.it, (text) => text.includes(kept.name)), 'open-key')
    await view(it, ids.it, (text) => text.includes(key))
    expect(it.store.kept.get('system')?.at(-1)).toMatchObject({ type: 'escrow-opened', offboarding: 'off-1' })
  })

  test('are said to be none where nothing is kept', async () => {
    const it = await start()
    await asked(it, [suspend])
    await it.slack.as(ids.it).slash('/offboard keys off-1')
    await view(it, ids.it, (text) => text.includes('Nothing is kept'))
  })
})
