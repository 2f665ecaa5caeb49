/** Who holds a role, and who asks: read from Slack and the directories at the very moment, and refused in doubt. */
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/log.ts'
import { checkSlack } from '../../src/slack/check.ts'
import { asked, type Bed, type BedOptions, ids, room } from '../slack/bed.ts'
import { beds, card, fill, filled, formOf, suspend } from '../slack/hands.ts'

const start = beds()

async function shown(options: BedOptions = {}) {
  const bed = await start(options)
  await asked(bed, [suspend])
  return { bed, on: await card(bed) }
}

async function refused(bed: Bed, user: string, on: Awaited<ReturnType<typeof card>>, action: string): Promise<string> {
  return (await (await bed.slack.as(user).click(on, action)).ephemeral()).text ?? ''
}

describe('a role', () => {
  // commands/sign-off.ts reads the role at the click, not when the card was drawn.
  test('that somebody got after the card was drawn counts', async () => {
    const { bed, on } = await shown()
    await bed.slack.admin.join(room, ids.other)
    await bed.slack.admin.changeGroup('S0HR', [ids.other])
    await bed.slack.as(ids.other).click(on, 'sign-hr')
    await bed.slack.until(() => bed.ledger.get('off-1')?.signOffs.hr?.by.id === ids.other)
  })

  // people.ts, readClicker: what cannot be read is refused.
  test.each(['users.info', 'usergroups.users.list'])(
    'is held by nobody while Slack does not answer %s',
    async (method) => {
      const { bed, on } = await shown()
      await bed.app.outbox.idle()
      bed.slack.faults.next(method, { as: 'error', error: 'fatal_error', times: 99 })
      expect(await refused(bed, ids.hr, on, 'sign-hr')).toMatch(/Slack did not say.*nothing was done/)
      expect(bed.ledger.get('off-1')?.signOffs).toEqual({})
    },
  )

  // people.ts, membersOfPrivate: whoever can join a channel by themselves would sign for its role.
  test.each([
    ['public', {}],
    ['shared with another company', { private: true, shared: true }],
  ])('given to a channel that is %s is held by nobody, and doctor says so', async (_what, how) => {
    const channels = [
      { id: room, name: 'offboarding', private: true, members: [ids.hr, ids.it] },
      { id: 'C0HRALL', name: 'hr-all', members: [ids.hr], ...how },
    ]
    const roles = { hr: { channel: 'C0HRALL' }, it: { users: [ids.it] } }
    const { bed, on } = await shown({ pretend: { channels }, settings: { roles } })
    await bed.slack.admin.join('C0HRALL', ids.other)
    await bed.slack.admin.join(room, ids.other)
    for (const user of [ids.other, ids.hr])
      expect(await refused(bed, user, on, 'sign-hr')).toMatch(/public or shared, so that anybody could take it/)
    expect(bed.ledger.get('off-1')?.signOffs).toEqual({})
    const tokens = { bot: 'xoxb-pretend' }
    const asks = { apiUrl: bed.slack.apiUrl, tokens, channel: room, roles }
    const { problems } = await checkSlack(asks, { clock: bed.clock, log: silentLog })
    expect(problems.join()).toMatch(/C0HRALL is public or shared.*name a private one/)
  })

  // audience.ts, toldOf: who could not sign is told nothing, neither asked nor sent the card.
  test('makes no guest and no outsider a reader', async () => {
    const outsiders = { [ids.other]: { restricted: true }, [ids.namesake]: { stranger: true } }
    const everybody = [ids.hr, ...Object.keys(outsiders)]
    const group = { id: 'S0HR', handle: 'hr', users: everybody }
    const bed = await start({ pretend: { people: outsiders, userGroups: [group] } })
    await asked(bed, [suspend])
    await bed.slack.until(() => JSON.stringify(bed.slack.dms(ids.hr)).includes('off-1'))
    await bed.slack.admin.shareChannel(room)
    await bed.slack.until(() => JSON.stringify(bed.slack.dms(ids.hr)).includes('shared with another'), 15_000)
    await bed.app.outbox.idle()
    for (const id of Object.keys(outsiders)) expect(bed.slack.dms(id)).toEqual([])
  }, 30_000)
})

describe('a form that outlives what its sender may', () => {
  // commands/decline.ts and decide.ts, allowBeing, at the submission; Slack itself lets no deactivated person click.
  test.each([
    ['a guest', { restricted: true }, /Guests/],
    ['of another workspace', { teamId: 'T0OTHER' }, /other organisations/],
  ])('is refused to who became %s meanwhile', async (_what, change, words) => {
    const { bed, on } = await shown()
    const form = await (await bed.slack.as(ids.hr).click(on, 'decline')).opened()
    await bed.slack.admin.changePerson(ids.hr, change)
    await bed.slack.as(ids.hr).submit(form, { words: 'No.' })
    await bed.slack.until(() => words.test(JSON.stringify(bed.slack.views(ids.hr))))
    expect(bed.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
  })

  // people.ts, personOf: `deleted`; Slack accepts what was sent a moment before it deactivated somebody.
  test('is refused to who was deactivated meanwhile', async () => {
    const { bed, on } = await shown()
    const form = await (await bed.slack.as(ids.hr).click(on, 'decline')).opened()
    const hana = bed.slack.state.members.get(ids.hr)
    const sent = bed.slack.as(ids.hr).submit(form, { words: 'No.' })
    if (hana) hana.deleted = true
    await sent
    await bed.slack.until(() => JSON.stringify(bed.slack.views(ids.hr)).includes('is deactivated'))
    expect(bed.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
  })
})

describe('a manager', () => {
  const managers = { requesters: ['managers'] as const }

  // asking.ts, whyNotManager: the directory names the managers of this very leaver.
  test('of somebody else does not ask', async () => {
    const bed = await start({ settings: managers, slack: { managerOf: async () => ['another.manager@example.com'] } })
    const answer = await bed.slack.as(ids.manager).slash('/offboard @jo.miller')
    expect((await answer.ephemeral()).text).toMatch(/does not name you as the manager/)
  })

  // asking.ts, mayAsk, in request.ts, request: the directory is asked again when the form comes back.
  test('who is not the manager any more when the form comes back does not ask', async () => {
    let manager = 'ada.okafor@example.com'
    const bed = await start({ settings: managers, slack: { managerOf: async () => [manager] } })
    const form = await formOf(bed, ids.manager)
    manager = 'another.manager@example.com'
    await bed.slack.as(ids.manager).submit(form, filled)
    await bed.slack.until(() => JSON.stringify(bed.slack.views(ids.manager)).includes('does not name you'))
    expect(bed.ledger.open()).toEqual([])
  })

  // asking.ts, whyNotManager: no directory, no manager.
  test('of whom no directory can tell does not ask', async () => {
    const bed = await start({ settings: managers, slack: { managerOf: async () => undefined } })
    const answer = await bed.slack.as(ids.manager).slash('/offboard @jo.miller')
    expect((await answer.ephemeral()).text).toMatch(/No directory could say/)
  })
})

describe('a requester', () => {
  // decide.ts, allowWithdrawal and finding.ts, sees: whoever asked must still be one of ours.
  test('who became a guest takes nothing back and sees nothing, also at home', async () => {
    const bed = await start()
    await fill(bed, ids.manager, filled)
    await bed.slack.until(() => bed.ledger.open().length === 1)
    await bed.slack.admin.changePerson(ids.manager, { restricted: true })
    for (const word of ['status', 'cancel']) {
      const answer = await bed.slack.as(ids.manager).slash(`/offboard ${word} off-1`)
      expect((await answer.ephemeral()).text).toMatch(/There is no offboarding/)
    }
    await bed.slack.as(ids.manager).openHome()
    await bed.slack.until(() => bed.slack.home(ids.manager))
    expect(JSON.stringify(bed.slack.home(ids.manager))).not.toContain('off-1')
    const clicked = { type: 'withdrawn', at: bed.clock.now().toISOString() } as const
    const by = await bed.app.people.clicker({ id: ids.manager })
    await expect(bed.ledger.record('off-1', { ...clicked, by })).rejects.toThrow(/Guests.*cannot withdraw/)
  })

  // finding.ts, findFor: one answer for what is not there and what is not theirs.
  test('of another one, and whoever has no role, learns nothing by guessing ids', async () => {
    const bed = await start()
    await asked(bed, [suspend])
    const said = async (line: string) => (await (await bed.slack.as(ids.other).slash(line)).ephemeral()).text
    const guesses = ['off-1', 'off-2', 'OFF-1', 'system', '../off-1', 'off-1 off-1']
    for (const word of ['status', 'report', 'cancel'])
      for (const id of guesses)
        expect(await said(`/offboard ${word} ${id}`)).toBe(
          `There is no offboarding "${id}" that you can see. Try /offboard list.`,
        )
    for (const line of ['/offboard list', '/offboard status']) expect(await said(line)).toBe('No offboarding is open.')
    expect(bed.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
    expect(bed.slack.files()).toEqual([])
  })
})
