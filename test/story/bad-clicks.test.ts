import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { digestRef, ref } from '../../src/slack/views/refs.ts'
import { bed, holdings, orders, recorded } from '../support/story-bed.ts'
import {
  ask,
  cardOf,
  offered,
  offers,
  person,
  press,
  read,
  refusedAt,
  signBoth,
  told,
  withWords,
  workOff,
} from '../support/story-people.ts'

let box: Sandbox
let before: unknown
beforeAll(async () => {
  box = await bed()
}, 60_000)
afterAll(() => box.close())
beforeEach(() => {
  before = holdings(box)
})

const minute = 60_000
const minutes = 2 * minute
const idOf = (email: string) => employee(email).slackId

function one(id: string): Offboarding {
  const found = box.bot().ledger.get(id)
  if (!found) throw new Error(`there is no ${id}`)
  return found
}

/** Nobody has signed, nothing was ordered, and the refusal stands on the record. */
async function refused(id: string, by: string): Promise<void> {
  expect(one(id).signOffs).toEqual({})
  expect(one(id).state).toBe('awaiting-sign-off')
  expect(orders(box)).toEqual([])
  expect(holdings(box)).toEqual(before)
  const history = (await box.bot().ledger.history(id)) ?? []
  expect(history).toContainEqual(expect.objectContaining({ type: 'refused', by: expect.objectContaining({ id: by }) }))
}

/** A card as a client would show it that is out of date, or as nobody ever drew it. */
function forged(id: string, action: string, value: string, on = cardOf(box, id)): Post {
  const card = structuredClone(on) as Post
  const button = { type: 'button', action_id: action, value, text: { type: 'plain_text', text: 'x' } }
  card.blocks = [{ type: 'actions', block_id: 'forged', elements: [button] } as never]
  return card
}

async function forge(id: string, who: string, action: string, value: string): Promise<string> {
  return told(box, await person(box, who).click(forged(id, action, value), action, { stale: true }))
}

const asked = (who: string, leaver: string, values = {}) => ask(box, who, `/offboard ${leaver}@example.com`, values)

describe('before it is signed', { timeout: minutes }, () => {
  test('the wrong people press in vain, and each reads why', async () => {
    const id = await asked(cast.hrSubstitute, 'omar.haddad')
    await offered(box, id, 'sign-hr')
    expect(await refusedAt(box, id, cast.hrSubstitute, 'sign-hr')).toMatch(/You asked for this.*somebody else of HR/)
    await refused(id, idOf(cast.hrSubstitute))
    expect(await refusedAt(box, id, cast.hr, 'sign-it')).toMatch(/Only IT approvers can sign.*Ask somebody of IT/)
    await refused(id, idOf(cast.hr))
    await box.slack.admin.join(box.channel, idOf(cast.other))
    expect(await refusedAt(box, id, cast.other, 'sign-hr')).toMatch(/Only HR approvers can sign/)
    await refused(id, idOf(cast.other))
    await box.slack.admin.leave(box.channel, idOf(cast.other))
    await box.slack.admin.changePerson(idOf(cast.itSubstitute), { restricted: true })
    expect(await refusedAt(box, id, cast.itSubstitute, 'sign-it')).toMatch(/Guests.*cannot sign/)
    await refused(id, idOf(cast.itSubstitute))
    await box.slack.admin.changePerson(idOf(cast.itSubstitute), { restricted: false })
  })

  test('somebody who lost the role since the card was drawn cannot sign', async () => {
    const id = await asked(cast.hr, 'tom.baker')
    await offered(box, id, 'sign-it')
    await box.slack.admin.changeGroup('S0IT', [idOf(cast.itSubstitute)])
    expect(await refusedAt(box, id, cast.it, 'sign-it')).toMatch(/you are not one at this moment/)
    await refused(id, idOf(cast.it))
    await box.slack.admin.changeGroup('S0IT', [idOf(cast.it), idOf(cast.itSubstitute)])
  })

  test('nobody signs for both sides', async () => {
    const id = await asked(cast.it, 'fatima.zahra')
    await box.slack.admin.changeGroup('S0IT', [idOf(cast.it), idOf(cast.itSubstitute), idOf(cast.hr)])
    await press(box, id, cast.hr, 'sign-hr')
    await recorded(box, id, ({ signOffs }) => signOffs.hr !== undefined)
    expect(await refusedAt(box, id, cast.hr, 'sign-it')).toMatch(/other side already.*two different people/)
    expect(Object.keys(one(id).signOffs)).toEqual(['hr'])
    expect(one(id).state).toBe('awaiting-sign-off')
    await box.slack.admin.changeGroup('S0IT', [idOf(cast.it), idOf(cast.itSubstitute)])
  })

  test('a leaver who could sign sees no card, and a button of theirs does nothing', async () => {
    const id = await asked(cast.it, 'bruno.costa')
    const withCard = () =>
      box.slack.dms(idOf(cast.hr)).find((post) => post.metadata?.event_payload.id === id && offers(post, 'sign-hr'))
    const card = await box.slack.until(withCard, minute, 'the card in a direct message')
    expect(read(box, card)).toMatch(/direct message.*reads the channel/)
    expect(cardOf(box, id)).toBeUndefined()
    expect(person(box, cast.hrSubstitute).sees(id)).toBe(false)
    const [elsewhere] = box.slack.messages(box.channel)
    const own = forged(id, 'sign-hr', `${id} ${digestRef(one(id).plan?.digest ?? '')}`, elsewhere)
    const answer = await person(box, cast.hrSubstitute).click(own, 'sign-hr', { stale: true })
    expect(await told(box, answer)).toMatch(/concerns yourself|no offboarding/)
    await refused(id, idOf(cast.hrSubstitute))
  })

  test('an old card signs nothing', async () => {
    const id = await asked(cast.it, 'george.adu')
    await offered(box, id, 'sign-hr')
    const words = await forge(id, cast.hr, 'sign-hr', `${id} ${digestRef('a plan that was shown before')}`)
    expect(words).toMatch(/plan has changed since this card was drawn.*sign that/)
    await refused(id, idOf(cast.hr))
  })

  test('two clicks are one signature', async () => {
    const id = await asked(cast.it, 'helen.roy')
    const card = await offered(box, id, 'sign-hr')
    const both = await Promise.all([1, 2].map(() => person(box, cast.hr).click(card, 'sign-hr')))
    expect(both.map((answer) => answer.acked)).toEqual([true, true])
    const heard = () =>
      box.slack.ephemerals(idOf(cast.hr)).some((said) => /HR has signed already/.test(read(box, said)))
    await box.slack.until(heard, minute, 'words that HR has signed already')
    const history = (await box.bot().ledger.history(id)) ?? []
    expect(history.filter((event) => event.type === 'signed')).toHaveLength(1)
    expect(one(id).state).toBe('awaiting-sign-off')
  })

  test('values that no card ever carried do nothing', async () => {
    const mine = await asked(cast.it, 'emil.dahl')
    const other = await asked(cast.it, 'nils.berg')
    await Promise.all([offered(box, mine, 'sign-hr'), offered(box, other, 'sign-hr')])
    const shown = digestRef(one(mine).plan?.digest ?? '')
    expect(await forge(mine, cast.hr, 'sign-hr', `${other} ${shown}`)).toMatch(/plan has changed/)
    await refused(other, idOf(cast.hr))
    expect(one(mine).signOffs).toEqual({})
    for (const nonsense of ['off-nothing', 'system', `${mine}`, `${mine} 0`])
      expect(await forge(mine, cast.hr, 'sign-hr', nonsense)).toMatch(/does not exist|plan has changed/)
    expect(one(mine).signOffs).toEqual({})
    expect(await forge(mine, cast.it, 'withdraw', 'off-nothing')).toMatch(/no offboarding/)
    expect(one(mine).state).toBe('awaiting-sign-off')
  })

  test('after it was withdrawn every button of an old card says so', async () => {
    const id = await asked(cast.hr, 'julia.weber')
    const old = await offered(box, id, 'sign-it')
    await press(box, id, cast.hr, 'withdraw')
    await recorded(box, id, ({ state }) => state === 'withdrawn')
    const late = async (who: string, action: string) =>
      told(box, await person(box, who).click(old, action, { stale: true }))
    expect(await late(cast.it, 'sign-it')).toMatch(/no longer waits for sign-off: it is withdrawn/)
    expect(await late(cast.hr, 'withdraw')).toMatch(/too late to withdraw/)
    const form = await (await person(box, cast.it).click(old, 'decline', { stale: true })).opened(minute)
    await person(box, cast.it).submit(form, { words: 'No.' })
    expect(read(box, person(box, cast.it).view())).toMatch(/too late to decline/)
    expect(one(id).state).toBe('withdrawn')
    expect(orders(box)).toEqual([])
  })
})

describe('while it runs and afterwards', { timeout: minutes }, () => {
  const tasksOnly = { systems: ['manual'] }

  test('steps are acted on by those who may, and once', async () => {
    const id = await asked(cast.hrSubstitute, 'carlos.vega', tasksOnly)
    const other = await asked(cast.hrSubstitute, 'dina.petrova', tasksOnly)
    await signBoth(box, id)
    await signBoth(box, other)
    const card = await offered(box, id, 'task-done')
    await offered(box, other, 'task-done')
    expect(await refusedAt(box, id, cast.hr, 'task-done')).toMatch(/Only IT approvers/)
    await withWords(box, id, cast.hr, 'skip', 'I would rather not.')
    expect(read(box, person(box, cast.hr).view())).toMatch(/Only IT approvers can skip/)
    await person(box, cast.hr).close()
    const theirs = Object.keys(one(other).steps)[0] ?? ''
    const foreign = ref(`another step of ${theirs}`)
    for (const action of ['task-done', 'try-again'])
      expect(await forge(id, cast.it, action, `${id} ${foreign}`)).toMatch(/not part of this offboarding/)
    expect(Object.values(one(id).steps).map((run) => run.state)).toEqual(['waiting'])
    await press(box, id, cast.it, 'task-done')
    await recorded(box, id, ({ state }) => state === 'done')
    const twice = await person(box, cast.it).click(card, 'task-done', { stale: true })
    expect(await told(box, twice)).toMatch(/has ended already \(attested, Ivo Novak\)/)
    const late = await person(box, cast.hr).click(card, 'sign-hr', { stale: true }).catch(String)
    expect(late).toMatch(/does not show sign-hr/)
    const history = (await box.bot().ledger.history(id)) ?? []
    expect(history.filter((event) => event.type === 'attested')).toHaveLength(1)
    expect(one(other).state).toBe('running')
    await workOff(box, other)
    expect(holdings(box)).toEqual(before)
  })
})
