/** The leaver, in whatever guise: they get nothing, see nothing and decide nothing. */
import { describe, expect, test } from 'vitest'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { digestRef } from '../../src/slack/views/refs.ts'
import { asked, type Bed, fastClock, ids, planOf, policy, room } from '../slack/bed.ts'
import { beds, card, suspend } from '../slack/hands.ts'

const start = beds()
type Where = NonNullable<ReturnType<Bed['slack']['state']['conversations']['get']>>

/** What the directory says: the alias that was asked for belongs to the account of Jo. */
const account = { ...suspend.account, known: { emails: ['jmiller@example.com', 'Jo.Miller@example.com'] } }
const hers = { ...suspend, account }

function askedByAlias(bed: Bed, more: { by?: Offboarding['requester'] } = {}): Promise<Offboarding> {
  return bed.ledger.request({
    type: 'requested',
    at: bed.clock.now().toISOString(),
    by: more.by ?? { id: ids.manager, name: 'Ada Okafor' },
    leaver: { id: 'mailto:jmiller@example.com', name: 'jmiller@example.com', emails: ['jmiller@example.com'] },
    choices: { kind: 'dismissal', devices: 'lock' },
    policy,
    channel: room,
    requestKey: 'V-alias',
  })
}

async function planned(bed: Bed, one: Offboarding): Promise<Offboarding> {
  const plan = planOf(one, [hers])
  return bed.ledger.record(one.id, { type: 'planned', at: one.requestedAt, plan, purpose: 'sign-off' })
}

/** A button as no card of theirs shows it, on whatever message they can see. */
function button(bed: Bed, user: string, action: string, value: string): Post {
  const post = bed.slack.as(user).say(room, 'hello')
  const element = { type: 'button', action_id: action, value, text: { type: 'plain_text', text: 'x' } }
  return { ...post, blocks: [{ type: 'actions', block_id: 'forged', elements: [element] } as never] }
}

async function told(bed: Bed, user: string, line: string): Promise<string> {
  return JSON.stringify(await (await bed.slack.as(user).slash(line)).ephemeral())
}

describe('a leaver who was asked for by an alias, and who is of HR and reads the channel', () => {
  async function scene(): Promise<{ bed: Bed; one: Offboarding }> {
    const bed = await start()
    await bed.slack.admin.join(room, ids.leaver)
    await bed.slack.admin.changeGroup('S0HR', [ids.hr, ids.hrSubstitute, ids.leaver])
    return { bed, one: await askedByAlias(bed) }
  }

  // messages.ts, unknownStill (before the plan), and audience.ts, furtherAccounts (after it).
  test('finds nothing in the channel, in person or at home, before the plan is read and after it', async () => {
    const { bed, one } = await scene()
    await bed.slack.until(() => bed.slack.dms(ids.manager).length > 0, 8000, 'the requester to be told')
    await bed.app.outbox.idle()
    expect(bed.slack.messages(room)).toEqual([])
    await planned(bed, one)
    await bed.slack.until(() => bed.slack.dms(ids.hr).length > 0, 8000, 'the card in person')
    await bed.app.outbox.idle()
    expect(bed.slack.messages(room)).toEqual([])
    expect(bed.slack.dms(ids.leaver)).toEqual([])
    await bed.slack.as(ids.leaver).openHome()
    await bed.slack.until(() => bed.slack.home(ids.leaver))
    expect(bed.slack.as(ids.leaver).sees('off-1')).toBe(false)
    await bed.slack.as(ids.hr).openHome()
    await bed.slack.until(() => bed.slack.as(ids.hr).sees('off-1'))
  })

  // leaver.ts, addressesOf, in decide.ts, allowBeing, and in finding.ts, sees.
  test('signs, declines, withdraws and looks in vain', async () => {
    const { bed, one } = await scene()
    const { plan } = await planned(bed, one)
    const value = `off-1 ${digestRef(plan?.digest ?? '')}`
    for (const [action, carried] of [
      ['sign-hr', value],
      ['withdraw', 'off-1'],
    ] as const) {
      const shown = button(bed, ids.leaver, action, carried)
      const answer = await bed.slack.as(ids.leaver).click(shown, action, { stale: true })
      expect((await answer.ephemeral()).text).toMatch(/concerns yourself/)
    }
    const nothing = await told(bed, ids.leaver, '/offboard status off-9')
    for (const word of ['status', 'report', 'cancel'])
      expect(await told(bed, ids.leaver, `/offboard ${word} off-1`)).toContain('There is no offboarding')
    expect(nothing).toContain('There is no offboarding')
    expect(await told(bed, ids.leaver, '/offboard list')).toContain('No offboarding is open')
    expect(await told(bed, ids.hr, '/offboard list')).toContain('off-1')
    expect(bed.ledger.get('off-1')).toMatchObject({ state: 'awaiting-sign-off', signOffs: {} })
  })

  // decide.ts, allowRequest: addressesOf.
  test('has one open offboarding, by whichever address it is asked for again', async () => {
    const { bed, one } = await scene()
    await planned(bed, one)
    const answer = await bed.slack.as(ids.hr).slash('/offboard @jo.miller')
    expect((await answer.ephemeral()).text).toMatch(/already an open offboarding/)
    await expect(asked(bed, [suspend])).rejects.toThrow(/already an open offboarding/)
  })
})

describe('an address that merely resembles', () => {
  // leaver.ts: whole addresses, without case; neither dots nor plus signs are folded, in either direction.
  test.each([
    ['jo.miller+hr@example.com', false],
    ['jomiller@example.com', false],
    ['sam@example.com', false],
    ['Sam+Old@example.com', true],
    ['JO.MILLER@EXAMPLE.COM', true],
  ])('%s is the same person: %s', async (email, same) => {
    const bed = await start()
    await asked(bed, [{ ...suspend, account: { ...account, known: { emails: ['sam+old@example.com'] } } }])
    const shown = await card(bed)
    await bed.slack.admin.changePerson(ids.hr, { email })
    const answer = await bed.slack.as(ids.hr).click(shown, 'sign-hr')
    if (same) expect((await answer.ephemeral()).text).toMatch(/concerns yourself/)
    else await bed.slack.until(() => bed.ledger.get('off-1')?.signOffs.hr)
    expect(bed.ledger.get('off-1')?.signOffs.hr !== undefined).toBe(!same)
  })
})

describe('a second account of the leaver, of one address with the first, in the group of HR', () => {
  // audience.ts, toldOf: isLeaver.
  test('is not asked to sign', async () => {
    const bed = await start()
    await bed.slack.admin.changePerson(ids.hrSubstitute, { email: 'Jo.Miller@example.com' })
    await asked(bed, [suspend])
    await bed.slack.until(() => JSON.stringify(bed.slack.dms(ids.hr)).includes('needs a decision'))
    await bed.app.outbox.idle()
    expect(bed.slack.dms(ids.hrSubstitute)).toEqual([])
  })
})

describe('a channel that changes without Slack telling of it', () => {
  const joined = (where: Where) => void where.members.add(ids.leaver)
  const opened = (where: Where) => {
    where.kind = 'public'
  }
  // slack.ts, watch: `whoReadsMs`. With an event: test/slack/outbox, taken out by outbox-take-back.ts.
  test.each([
    ['the leaver joined it', joined, 'reads the channel'],
    ['it was made public', opened, 'is public'],
  ])(
    'is emptied after a while: %s',
    async (_what, change, why) => {
      const bed = await start({ slack: { clock: fastClock(400) }, pretend: { rates: { off: true } } })
      await asked(bed, [suspend])
      await card(bed)
      await bed.app.outbox.idle()
      const where = bed.slack.state.conversations.get(room)
      if (where) change(where)
      await bed.slack.until(() => bed.slack.messages(room).length === 0, 15_000, 'the channel to be empty')
      await bed.slack.until(() => JSON.stringify(bed.slack.dms(ids.it)).includes(why), 15_000)
      expect(bed.slack.dms(ids.leaver)).toEqual([])
    },
    40_000,
  )
})

describe('a channel that is not private', () => {
  // audience.ts, whyHidden: where everybody can read, or outsiders do, nothing goes to the channel.
  test.each([
    ['public from the start', { private: false }],
    ['shared with another company', { private: true, shared: true }],
  ])('%s gets no card; people are told why', async (_what, channel) => {
    const channels = [{ id: room, name: 'offboarding', members: [ids.hr, ids.it], ...channel }]
    const bed = await start({ pretend: { channels } })
    await asked(bed, [suspend])
    await bed.slack.until(() => bed.slack.dms(ids.hr).length > 0)
    expect(JSON.stringify(bed.slack.dms(ids.hr))).toMatch(/the channel where cards go is (public|shared)/)
    expect(bed.slack.messages(room)).toEqual([])
  })
})
