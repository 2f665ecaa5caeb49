import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mainAccount } from '../../src/sandbox/aws/seed.ts'
import type { IamUser } from '../../src/sandbox/aws/state.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { bed, holdings, orders, recorded } from '../support/story-bed.ts'
import {
  ask,
  cardOf,
  formFor,
  offered,
  offers,
  person,
  press,
  read,
  refusedAt,
  says,
  signBoth,
  storyOf,
  type,
  usual,
  workOff,
} from '../support/story-people.ts'

let box: Sandbox
let before: { held: unknown; orders: number; open: number }
beforeAll(async () => {
  box = await bed()
}, 60_000)
afterAll(() => box.close())
beforeEach(() => {
  before = { held: holdings(box), orders: orders(box).length, open: open() }
})

const minute = 60_000
const minutes = 2 * minute

function open(): number {
  return box.bot().ledger.open().length
}

/** No system was touched, and `more` offboardings are on record. */
function nothingHappened(more = 0): void {
  expect(orders(box)).toHaveLength(before.orders)
  expect(holdings(box)).toEqual(before.held)
  expect(open()).toBe(before.open + more)
}

function change(user: (users: IamUser[]) => void): void {
  box.vendors.aws.world.write((state) => {
    for (const account of Object.values(state.accounts)) user(account.users)
  })
  before.held = holdings(box)
}

describe('a request that cannot be', () => {
  test('names nobody: the asker reads how to name somebody', { timeout: minutes }, async () => {
    const words = await type(box, cast.hr, '/offboard @nobody.at.all')
    expect(words).toMatch(/do not understand/)
    expect(words).toMatch(/\/offboard @person/)
    nothingHappened()
  })

  test('is about an app', { timeout: minutes }, async () => {
    expect(await type(box, cast.hr, '/offboard @latchkey')).toMatch(/is an app, not a person/)
    nothingHappened()
  })

  test('is about the asker', { timeout: minutes }, async () => {
    expect(await type(box, cast.it, '/offboard @ivo.novak')).toMatch(/your own offboarding.*ask your manager or HR/i)
    nothingHappened()
  })

  test('is about an account that the settings protect', { timeout: minutes }, async () => {
    expect(await type(box, cast.hr, '/offboard @break.glass')).toMatch(/protected.*never touches.*settings/i)
    expect(await type(box, cast.hr, '/offboard break.glass@example.com')).toMatch(/protected.*never touches/i)
    nothingHappened()
  })

  test('comes from somebody who is neither HR nor IT nor the manager', { timeout: minutes }, async () => {
    const words = await type(box, cast.other, '/offboard @jo.miller')
    expect(words).toMatch(/can be asked for by HR, IT or the manager/)
    expect(words).toMatch(/does not name you as the manager/)
    nothingHappened()
  })

  test('names a time that is past: the form says so, and takes a later one', { timeout: minutes }, async () => {
    const form = await formFor(box, cast.hr, '/offboard @omar.haddad')
    const asker = person(box, cast.hr)
    const at = (ms: number) => Math.floor((Date.now() + ms) / 1000)
    const past = await asker.submit(form, { ...usual, when: 'later', time: at(-3600_000) })
    expect(past.errors.time).toMatch(/in the past/)
    nothingHappened()
    const later = await asker.submit(form, { time: at(48 * 3600_000) })
    expect(later.errors).toEqual({})
    await box.slack.until(() => open() === before.open + 1, minute, 'the request to be taken')
    await asker.close()
    nothingHappened(1)
  })

  test('is about somebody whose offboarding is open already', { timeout: minutes }, async () => {
    const late = await formFor(box, cast.it, '/offboard @priya.nair')
    const id = await ask(box, cast.hr, '/offboard @priya.nair')
    const words = await type(box, cast.hrSubstitute, '/offboard priya.nair@example.com')
    expect(words).toMatch(/already an open offboarding of Priya Nair/)
    expect(words).toContain(`/offboard status ${id}`)
    await person(box, cast.it).submit(late, usual)
    const told = () => /already an open offboarding of Priya Nair/.test(read(box, person(box, cast.it).view()))
    await box.slack.until(told, minute, 'words that another one is open')
    nothingHappened(1)
  })
})

describe('a leaver whom a system', { timeout: minutes }, () => {
  test('does not know gets nothing but the tasks for people', async () => {
    const id = await ask(box, cast.hr, '/offboard ghost@example.net')
    const one = await recorded(box, id, ({ plan }) => plan !== undefined)
    expect(one.plan?.steps.map((step) => step.connector)).toEqual(['manual'])
    expect(await says(box, id, /1 task/)).not.toMatch(/AWS|Google/)
    nothingHappened(1)
  })

  test('protects is refused for the plan, and the asker hears that nothing was done', async () => {
    change((users) => {
      for (const user of users)
        if (user.name === 'latchkey') user.tags = [{ key: 'email', value: 'noor.khan@example.com' }]
    })
    const boss = 'maria.silva@example.com'
    const id = await ask(box, boss, '/offboard @noor.khan')
    expect(await says(box, id, /^Refused/m)).toMatch(/latchkey.*Latchkey itself signs in as/)
    expect(offers(cardOf(box, id), 'sign-hr')).toBe(false)
    const heard = () =>
      box.slack.dms(employee(boss).slackId).some((post) => /protected account.*Nothing was done/.test(read(box, post)))
    await box.slack.until(heard, minute, 'the asker to hear of the refusal')
    nothingHappened(1)
  })

  test('knows twice is not guessed: IT chooses, nobody signs before, and only the chosen one is touched', async () => {
    change((users) => {
      const one = users.find((user) => user.name === 'yuki.mori')
      if (one) users.push({ ...structuredClone(one), id: `${one.id.slice(0, -1)}X`, name: 'yuki.contractor' })
    })
    const id = await ask(box, cast.hrSubstitute, '/offboard @yuki.mori')
    expect(await says(box, id, /2 accounts could be this person. IT chooses/)).not.toMatch(/Sign off for/)
    const forged = structuredClone(cardOf(box, id))
    const button = { type: 'button', action_id: 'sign-hr', value: `${id} ${'0'.repeat(16)}`, text: plain('Sign off') }
    forged?.blocks?.push({ type: 'actions', block_id: 'forged', elements: [button] } as never)
    const early = await person(box, cast.hr).click(forged as never, 'sign-hr', { stale: true })
    expect(read(box, await early.ephemeral(minute))).toMatch(/two accounts could be this person. IT chooses one/)
    const mine = choice(id, 'yuki.mori')
    expect(await refusedAt(box, id, cast.hr, 'choose-account', mine)).toMatch(/Only IT approvers can choose/)
    nothingHappened(1)
    await press(box, id, cast.it, 'choose-account', mine)
    await recorded(box, id, ({ plan }) => plan?.ambiguous.length === 1)
    await box.slack.until(() => choices(id).length === 1, minute, 'one question left on the card')
    await press(box, id, cast.it, 'choose-account', choice(id, 'None of them'))
    await offered(box, id, 'sign-hr')
    nothingHappened(1)
    const untouched = users((user, account) => user.name !== 'yuki.mori' || account !== mainAccount)
    await signBoth(box, id)
    await workOff(box, id)
    expect(users((user, account) => user.name !== 'yuki.mori' || account !== mainAccount)).toEqual(untouched)
    const [touched] = users((user, account) => user.name === 'yuki.mori' && account === mainAccount)
    expect(touched).toMatchObject({ groups: [], inline: { LatchkeyDenyAll: expect.any(String) } })
  })
})

function plain(text: string) {
  return { type: 'plain_text', text }
}

function users(which: (user: IamUser, account: string) => boolean): IamUser[] {
  const { accounts } = box.vendors.aws.world.truth()
  const all = Object.entries(accounts).flatMap(([id, account]) => account.users.filter((user) => which(user, id)))
  return structuredClone(all)
}

interface Choice {
  label: string
  value: string
  blockId: string
}

/** The first option of each question on the card, and all the others, as they read. */
function choices(id: string): Choice[][] {
  return (cardOf(box, id)?.blocks ?? []).flatMap((block) => {
    if (block.type !== 'section' || block.accessory?.type !== 'static_select') return []
    const { block_id: blockId = '', accessory } = block
    return [(accessory.options ?? []).map(({ text, value = '' }) => ({ label: text.text, value, blockId }))]
  })
}

function choice(id: string, label: string): Choice {
  const found = choices(id)[0]?.find((one) => one.label === label)
  if (!found) throw new Error(`the card offers no ${label}:\n${storyOf(box, id)}`)
  return found
}
