/** Each of these goes green to red when the defence named with it is taken out. */
import { describe, expect, test } from 'vitest'
import { type Ledger, openLedger } from '../../src/offboarding/ledger.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { asked, type Bed, ids } from '../slack/bed.ts'
import { beds, card, keys, suspend } from '../slack/hands.ts'
import { memoryStore } from '../support/memory-store.ts'
import { at, clicker, hr, it, plan, planned, request, signed, step } from '../support/story.ts'

const start = beds()

const now = (bed: Bed): Offboarding => {
  const one = bed.ledger.get('off-1')
  if (!one) throw new Error('there is no off-1')
  return one
}

async function refusedClick(bed: Bed, user: string, shown: Post, action: string): Promise<string> {
  const answer = await bed.slack.as(user).click(shown, action, { stale: true })
  return (await answer.ephemeral()).text ?? ''
}

describe('a signer who is not who the role was given to', () => {
  // decide.ts, isLeaver: the address counts, whatever the account.
  test('is the leaver with a second account of the same address', async () => {
    const bed = await start()
    await asked(bed, [suspend])
    const shown = await card(bed)
    await bed.slack.admin.changePerson(ids.hr, { email: 'JO.Miller@Example.com' })
    expect(await refusedClick(bed, ids.hr, shown, 'sign-hr')).toMatch(/concerns yourself/)
    expect(now(bed).signOffs).toEqual({})
  })
  // people.ts, readClicker: `external`.
  test.each([
    ['somebody of another workspace of the same organisation', { teamId: 'T0OTHER' }],
    ['a stranger from a shared channel', { stranger: true }],
    ['a guest of several channels', { restricted: true }],
    ['a guest of one channel', { restricted: true, ultraRestricted: true }],
    ['somebody who was deactivated since', { deleted: true }],
    ['an app', { bot: true }],
  ])('is %s', async (_who, change) => {
    const bed = await start()
    await asked(bed, [suspend])
    const shown = await card(bed)
    await bed.slack.admin.changePerson(ids.hr, change)
    // Some of them Slack itself would not let click; who gets through must be told no before the facts change back.
    const answer = await bed.slack
      .as(ids.hr)
      .click(shown, 'sign-hr', { stale: true })
      .catch(() => undefined)
    if (answer) expect((await answer.ephemeral()).text).toMatch(/cannot/)
    await bed.slack.admin.changePerson(ids.hr, {
      teamId: 'T0EXAMPLE',
      stranger: false,
      restricted: false,
      deleted: false,
      bot: false,
    })
    await bed.slack.as(ids.it).click(shown, 'sign-it')
    await bed.slack.until(() => now(bed).signOffs.it !== undefined)
    expect(now(bed).signOffs.hr).toBeUndefined()
  })
})

describe('a role that is gone', () => {
  const failed = async (bed: Bed) => {
    await asked(bed, [suspend, keys])
    return card(bed)
  }
  // commands/decline.ts reads the role when the form comes back, not when it was opened.
  test('between the opening of a form and its coming back', async () => {
    const bed = await start()
    const shown = await failed(bed)
    const form = await (await bed.slack.as(ids.hr).click(shown, 'decline')).opened()
    await bed.slack.admin.changeGroup('S0HR', [ids.hrSubstitute])
    await bed.slack.as(ids.hr).submit(form, { words: 'No.' })
    await bed.slack.until(() => JSON.stringify(bed.slack.views(ids.hr)).includes('you are not one at this moment'))
    expect(now(bed).state).toBe('awaiting-sign-off')
  })
})

describe('clicks that cross', () => {
  const steps = [step('zoo/cage')]
  const { digest } = plan(steps)
  const ledgerWith = async () => {
    const store = memoryStore()
    const ledger = openLedger(store, { newId: () => 'off-1', now: () => new Date(at(1)) })
    await ledger.request(request())
    await ledger.record('off-1', planned(steps))
    const kept = () => (store.kept.get('off-1') ?? []).map((event) => event.type)
    return { ledger, kept }
  }
  const outcomes = async (work: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(work)).map((one) => one.status)
  /** What comes while a write is on its way is decided in one go. */
  const busy = (ledger: Ledger) => void ledger.record('off-1', { type: 'reminded', at: at(1) })

  // ledger.ts, #keep decides one after the other, each on what the one before left.
  test('both sign-offs in the same millisecond are two signatures and one start', async () => {
    const { ledger, kept } = await ledgerWith()
    busy(ledger)
    const both = [ledger.record('off-1', signed('hr', hr, digest)), ledger.record('off-1', signed('it', it, digest))]
    expect(await outcomes(both)).toEqual(['fulfilled', 'fulfilled'])
    expect(kept()).toEqual(['requested', 'planned', 'reminded', 'signed', 'signed'])
    expect(ledger.get('off-1')?.state).toBe('scheduled')
  })
  // decide.ts, allowSignature: "for the other side already".
  test('one person with both roles, twice in the same millisecond, is one signature', async () => {
    const { ledger } = await ledgerWith()
    const both = clicker('UBOTH', ['hr', 'it'])
    const asked = [
      ledger.record('off-1', signed('hr', both, digest)),
      ledger.record('off-1', signed('it', both, digest)),
    ]
    expect(await outcomes(asked)).toEqual(['fulfilled', 'rejected'])
    expect(ledger.get('off-1')?.state).toBe('awaiting-sign-off')
  })
  // decide.ts, allowSignature: "has signed already".
  test('two people of one role at once are one signature', async () => {
    const { ledger } = await ledgerWith()
    const other = clicker('UHR2', ['hr'])
    const asked = [
      ledger.record('off-1', signed('hr', hr, digest)),
      ledger.record('off-1', signed('hr', other, digest)),
    ]
    expect(await outcomes(asked)).toEqual(['fulfilled', 'rejected'])
  })
  // decide.ts, allowSignature: isSame, by address.
  test('one person with two accounts of one address is one person', async () => {
    const { ledger } = await ledgerWith()
    const email = 'sam@example.com'
    const sides = [
      signed('hr', clicker('USAM1', ['hr'], { email }), digest),
      signed('it', clicker('USAM2', ['it'], { email: 'Sam@Example.com' }), digest),
    ]
    expect(await outcomes(sides.map((event) => ledger.record('off-1', event)))).toEqual(['fulfilled', 'rejected'])
  })
  // decide.ts, allowSignature: isSame with the requester.
  test('the requester does not sign with another account of theirs', async () => {
    const store = memoryStore()
    const ledger = openLedger(store, { newId: () => 'off-1', now: () => new Date(at(1)) })
    await ledger.request(request({ by: { id: 'UBOSS', name: 'Boss', email: 'boss@example.com' } }))
    await ledger.record('off-1', planned(steps))
    const again = clicker('UBOSS2', ['hr'], { email: 'BOSS@example.com' })
    await expect(ledger.record('off-1', signed('hr', again, digest))).rejects.toThrow(/You asked for this/)
  })
  // decide.ts, allowStart: the state.
  test('two starts at once are one', async () => {
    const { ledger, kept } = await ledgerWith()
    await ledger.record('off-1', signed('hr', hr, digest), signed('it', it, digest))
    const go = () => ledger.record('off-1', planned(steps, 'run', 3))
    expect(await outcomes([go(), go()])).toEqual(['fulfilled', 'rejected'])
    expect(kept().filter((type) => type === 'planned')).toHaveLength(2)
  })
  // The same, through Bolt and the pretend Slack: whoever comes too late is refused by the signature that is there, or,
  // once both are, by the state; it only goes when both are out.
  test('two people pressing both buttons at the same moment sign once each', async () => {
    const bed = await start()
    await asked(bed, [suspend])
    const shown = await card(bed)
    const press = (user: string, action: string) => bed.slack.as(user).click(shown, action, { stale: true })
    await Promise.all([
      ...[ids.hr, ids.hr, ids.hrSubstitute].map((user) => press(user, 'sign-hr')),
      ...[ids.it, ids.it].map((user) => press(user, 'sign-it')),
    ])
    await bed.slack.until(() => now(bed).state === 'scheduled')
    await bed.app.stop()
    const types = (bed.store.kept.get('off-1') ?? []).map((event) => event.type)
    expect(types.filter((type) => type === 'signed')).toHaveLength(2)
    expect(types.filter((type) => type === 'refused')).toHaveLength(3)
    expect(now(bed).signOffs.hr?.by.id).not.toBe(now(bed).signOffs.it?.by.id)
  })
  // decide.ts, allowSignature and allowPerson: whichever comes first ends it for the other.
  test.each(['declined', 'withdrawn'] as const)(
    'what is %s is not started by the signature that crosses it',
    async (type) => {
      const { ledger } = await ledgerWith()
      await ledger.record('off-1', signed('hr', hr, digest))
      const stop = { type, at: at(2), by: hr, reason: 'no' } as const
      expect(await outcomes([ledger.record('off-1', stop), ledger.record('off-1', signed('it', it, digest))])).toEqual([
        'fulfilled',
        'rejected',
      ])
      expect(ledger.get('off-1')?.state).toBe(type)
    },
  )
  // decide.ts, allowSignature: the digest.
  test('a plan that changes between the two signatures drops the first', async () => {
    const { ledger } = await ledgerWith()
    const changed = [step('zoo/cage'), step('zoo/keys')]
    const work = [
      ledger.record('off-1', signed('hr', hr, digest)),
      ledger.record('off-1', planned(changed)),
      ledger.record('off-1', signed('it', it, digest)),
    ]
    expect(await outcomes(work)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(ledger.get('off-1')?.signOffs).toEqual({})
  })
})
