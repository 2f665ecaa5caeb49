import { describe, expect, test } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { asked, end, ids, started } from '../slack/bed.ts'
import { beds, card, keys, suspend, textIn } from '../slack/hands.ts'

const start = beds()

describe('a clear answer, for the eyes of the one who typed', () => {
  test.each([
    ['nobody by that name', '/offboard <@U0NOBODY0|x>', 'Slack knows nobody by that name'],
    ['an app', '/offboard @latchkey', 'is an app, not a person'],
    ['a protected account', '/offboard @break.glass', 'protected account'],
    ['oneself', '/offboard @hana.sato', 'your own offboarding'],
    ['a mistyped word', '/offboard statsu', 'Did you mean /offboard status?'],
    ['something else', '/offboard everyone please', 'I do not understand that'],
    ['help', '/offboard help', '/offboard cancel ID'],
    ['an unknown id', '/offboard status off-99', 'There is no offboarding "off-99" that you can see'],
  ])('for %s', async (_what, line, said) => {
    const it = await start()
    const answer = await it.slack.as(ids.hr).slash(line)
    expect(textIn(await answer.ephemeral())).toContain(said)
    expect(it.ledger.open()).toEqual([])
  })

  test('for a deactivated person, with the address that does it', async () => {
    const it = await start({ pretend: { people: { [ids.leaver]: { deleted: true } } } })
    const answer = await it.slack.as(ids.hr).slash(`/offboard <@${ids.leaver}|jo>`)
    expect((await answer.ephemeral()).text).toContain(`/offboard ${cast.leaver}`)
  })

  test('for somebody who may not ask, and for a guest of the HR group', async () => {
    const it = await start({ pretend: { people: { [ids.hrSubstitute]: { restricted: true } } } })
    const other = await it.slack.as(ids.other).slash('/offboard @jo.miller')
    expect((await other.ephemeral()).text).toContain('does not name you as the manager')
    const guest = await it.slack.as(ids.hrSubstitute).slash('/offboard @jo.miller')
    expect((await guest.ephemeral()).text).toContain('Guests and people from other organisations')
    expect(it.store.kept.get('system')).toHaveLength(2)
  })

  test('for a leaver who has an open offboarding already', async () => {
    const it = await start()
    await asked(it, [suspend])
    const answer = await it.slack.as(ids.hr).slash('/offboard @jo.miller')
    expect((await answer.ephemeral()).text).toContain('already an open offboarding of Jo Miller (off-1')
  })

  test('when Slack cannot say who they are: nothing is done', async () => {
    const it = await start()
    await asked(it, [suspend])
    const shown = await card(it)
    it.slack.faults.next('usergroups.users.list', { as: 'error', error: 'internal_error', times: 9 })
    const answer = await it.slack.as(ids.hr).click(shown, 'sign-hr')
    expect((await answer.ephemeral(8000)).text).toContain('Slack did not say who you are')
    expect(it.ledger.get('off-1')?.signOffs).toEqual({})
  })

  test('about an offboarding: everything to HR and IT, how far it is to the requester, nothing to anybody else', async () => {
    const it = await start()
    const one = await started(it, [suspend, keys])
    await end(it, one.id, keys.key, 'failed', 'AccessDenied')
    const told = async (user: string, line: string) => textIn(await (await it.slack.as(user).slash(line)).ephemeral())
    expect(await told(ids.it, '/offboard status off-1')).toContain('1 of 2 steps ended: 1 failed')
    const boss = await told(ids.manager, '/offboard status')
    expect(boss).toContain('1 of 2 steps ended')
    expect(boss).not.toContain('failed')
    for (const nobody of [ids.other, ids.leaver]) {
      expect(await told(nobody, '/offboard status off-1')).toContain('There is no offboarding "off-1" that you can see')
      expect(await told(nobody, '/offboard list')).toContain('No offboarding is open')
      expect(await told(nobody, '/offboard cancel off-1')).toContain('that you can see')
      expect(await told(nobody, '/offboard report off-1')).toContain('that you can see')
    }
    expect(await told(ids.manager, '/offboard report off-1')).toContain('only HR and IT get it')
    expect(await told(ids.it, '/offboard report off-1')).toContain('in your direct messages')
    expect(JSON.stringify(it.slack.dms(ids.it))).toContain('off-1.html')
  })
})
