/** Payloads that no screen of ours sends, signed all the same: who may is read at the click, whatever it claims. */
import { describe, expect, test } from 'vitest'
import { digestRef } from '../../src/slack/views/refs.ts'
import { asked, type Bed, ids } from '../slack/bed.ts'
import { beds, card, suspend } from '../slack/hands.ts'
import { answers, click, form, interact } from './forge.ts'

const start = beds()

async function waiting(): Promise<{ bed: Bed; value: string }> {
  const bed = await start({ mode: 'http' })
  const one = await asked(bed, [suspend])
  return { bed, value: `off-1 ${digestRef(one.plan?.digest ?? '')}` }
}

const happened = (bed: Bed) => (bed.store.kept.get('off-1') ?? []).map((event) => event.type)

describe('a click that was made up', () => {
  // people.ts, readClicker, and decide.ts, allowPerson: the person is looked up, nothing in the payload is believed.
  test('signs for nobody', async () => {
    const { bed, value } = await waiting()
    const { url, heard } = await answers()
    const elsewhere = { channel: { id: 'C0ELSEWHERE' }, message: { ts: '9.9', user: ids.hr, bot_id: 'B0' } }
    const tries: [string, object, RegExp, object?][] = [
      ['somebody of another workspace', { id: ids.hr, team_id: 'T0OTHER' }, /other organisations cannot/],
      ['nobody', { id: 'U0NOBODY00' }, /did not say who you are/],
      ['an empty id', { id: '' }, /did not say who you are/],
      ['the app itself', { id: 'U0LATCHKEY' }, /An app cannot/],
      ['who claims a role', { id: ids.other, holds: ['hr'], is_admin: true }, /Only HR approvers/],
      ['the leaver', { id: ids.leaver }, /concerns yourself/],
      ['from a message that is not there', { id: ids.other, name: 'hana.sato' }, /Only HR approvers/, elsewhere],
    ]
    for (const [what, user, words, more] of tries) {
      const sent = click(user, { action_id: 'sign-hr', value }, { response_url: url, ...more })
      expect([what, await interact(bed, sent)]).toEqual([what, 200])
      await heard(words)
    }
    expect(happened(bed)).not.toContain('signed')
    await interact(bed, click({ id: ids.hr }, { action_id: 'sign-hr', value }, { response_url: url, ...elsewhere }))
    await bed.slack.until(() => bed.ledger.get('off-1')?.signOffs.hr)
  })

  // people.ts, readClicker: `outside`, where the person's own record says nothing of it.
  test('by one of ours is that of an outsider where Slack sends it on for another workspace', async () => {
    const { bed, value } = await waiting()
    const { url, heard } = await answers()
    const sent = { ...click({ id: ids.hr }, { action_id: 'sign-hr', value }), team: { id: 'T0PARTNER' } }
    await interact(bed, { ...sent, response_url: url, enterprise: { id: 'E0ORG' }, is_enterprise_install: true })
    await heard(/other organisations cannot/)
    expect(happened(bed)).not.toContain('signed')
  })
})

describe('a click in the modal of somebody else', () => {
  // show-everything.ts, page: who clicks is asked, before anything is drawn into the view that the payload names.
  test('draws nothing into it for who may not see it', async () => {
    const { bed } = await waiting()
    const opened = await (await bed.slack.as(ids.hr).click(await card(bed), 'show-everything')).opened()
    const theirs = () => JSON.stringify(bed.slack.views(ids.hr))
    await bed.slack.until(() => theirs().includes('Suspend the account'))
    const before = theirs()
    const view = { id: opened.id, type: 'modal', hash: 'x', private_metadata: 'off-1 0' }
    for (const id of [ids.other, ids.leaver])
      await interact(bed, click({ id }, { action_id: 'everything-next', value: 'off-1 0' }, { view }))
    await bed.app.stop()
    expect(theirs()).toBe(before)
    expect(bed.slack.calls.filter((call) => call.method === 'views.push')).toHaveLength(2)
    expect(JSON.stringify(bed.slack.calls.filter((call) => call.method === 'views.push'))).toContain('Only HR and IT')
  })
})

describe('a form that was made up', () => {
  const words = { words: { type: 'plain_text_input', value: 'No.' } }

  // decide.ts, allowPerson, isLeaver: the memo names the offboarding and nothing else.
  test('does not decline what concerns its sender, nor for somebody without a role', async () => {
    const { bed } = await waiting()
    await bed.slack.admin.changeGroup('S0HR', [ids.hr, ids.leaver])
    for (const id of [ids.leaver, ids.other]) await interact(bed, form({ id }, 'decline', 'off-1', words))
    await bed.slack.until(() => happened(bed).filter((type) => type === 'refused').length === 2)
    expect(bed.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
  })

  // asking.ts, mayAsk, people.ts, fromPerson, and decide.ts, allowRequest: all is read again when the request comes. That
  // nobody asks for themselves is held twice, and only goes when both are out.
  test('asks for nothing that its sender may not ask for', async () => {
    const people = { [ids.namesake]: { bot: true } }
    const bed = await start({ mode: 'http', slack: { managerOf: async () => [] }, pretend: { people } })
    const option = (value: string) => ({ type: 'radio_buttons', selected_option: { value } })
    const usual = { when: option('now'), kind: option('dismissal'), devices: option('wipe') }
    const receiver = { 'hand-over': { type: 'users_select', selected_user: ids.leaver } }
    const memo = (who: object) => JSON.stringify(who)
    const tries: [string, string, string, object?][] = [
      [ids.other, memo({ slackId: ids.leaver }), 'no role'],
      [ids.hr, memo({ slackId: ids.hr }), 'for oneself'],
      [ids.hr, memo({ email: 'HANA.sato@example.com' }), 'for oneself by address'],
      [ids.hr, memo({ slackId: ids.glass }), 'a protected account'],
      [ids.hr, memo({ slackId: ids.namesake }), 'an app'],
      [ids.hr, '{"slackId":', 'no memo at all'],
      [ids.hr, memo({ email: 'jo.miller@example.com' }), 'the leaver takes over', receiver],
    ]
    for (const [id, carried, what, more] of tries) {
      const before = bed.slack.calls.length
      expect([what, await interact(bed, form({ id }, 'request', carried, { ...usual, ...more }))]).toEqual([what, 200])
      // A slow answer comes as an update of the form; either way it was decided by then.
      if (carried.endsWith('}')) await bed.slack.until(() => bed.slack.calls.length > before)
    }
    await bed.app.stop()
    expect(bed.ledger.open()).toEqual([])
  })
})
