/** What axe-core finds that some people could not read or reach: contrast, names, roles, order (WCAG 2.2 A and AA). */
import axe, { type AxeResults } from 'axe-core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { closeBrowser, patience, runsHere, type Sitting, sitDown, whySkipped } from './tab.ts'

const open: Sitting[] = []

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
afterAll(closeBrowser)

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** A line for each thing, empty where all is well. */
async function hardToRead({ tab }: Sitting): Promise<string[]> {
  await tab.evaluate(axe.source)
  const found = await tab.evaluate(
    (values) => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: 'tag', values } }),
    rules,
  )
  return spoken(found as AxeResults)
}

function spoken({ violations }: AxeResults): string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.any[0]?.message ?? node.failureSummary}`),
  )
}

const sizes = { 'a desk': { width: 1280, height: 900 }, 'a phone': { width: 390, height: 800 } }

/** On a phone the list of channels, one channel, its thread and the systems have the screen in turn. */
async function toChannel(one: Sitting, name: string): Promise<void> {
  const back = one.tab.locator('.place .back')
  if (await back.isVisible()) await back.click()
  await one.goTo(name)
}

async function signed(one: Sitting, part: 'hr' | 'it'): Promise<void> {
  await one.become(part)
  await toChannel(one, 'offboarding')
  await one.press(`Sign off for ${part.toUpperCase()}`, one.card())
  await one.confirm('Sign this off?')
  await one.card().getByText(`${part.toUpperCase()} ✔ signed`).waitFor()
}

async function asked(one: Sitting): Promise<void> {
  await one.choose('When does access end?', 'Now: with the second signature')
  await one.choose('Why do they leave?', 'Resignation')
  await one.choose('Their devices', 'Lock')
  await one.press('Ask for sign-off')
  await one.modal().getByText('HR and IT are asked to sign').waitFor()
  await one.press('Close', one.modal().locator('footer'))
}

describe.skipIf(!runsHere)('the page can be read and reached', () => {
  for (const [where, size] of Object.entries(sizes)) {
    test(`on ${where}: what is to be signed, what is asked first, the thread, App Home, the systems`, {
      timeout: 3 * patience,
    }, async () => {
      const one = await sitDown(size)
      open.push(one)
      const found: Record<string, string[]> = {}
      const see = async (what: string) => {
        found[what] = await hardToRead(one)
      }
      await see('a channel')
      await one.become('requester')
      await one.say('/offboard @jo.miller')
      await one.field('When does access end?').waitFor()
      await one.press('Ask for sign-off')
      await one.modal().locator('.error').first().waitFor()
      await see('the form with its errors')
      await asked(one)
      await signed(one, 'hr')
      await one.become('it')
      await toChannel(one, 'offboarding')
      await see('the card')
      await one.press('Sign off for IT', one.card())
      await see('the question before it counts')
      await one.confirm('Sign this off?')
      await one.card().getByRole('button', { name: 'Done', exact: true }).first().waitFor()
      await see('the card with a task')
      await one.card().locator('.replies').click()
      await one.tab.locator('.thread .message').nth(3).waitFor()
      await see('the thread')
      await one.press('Close the thread')
      await toChannel(one, 'Home')
      await see('App Home')
      await one.press('Systems and knobs')
      await see('the systems')
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])))
    })
  }
})

test.skipIf(runsHere)(whySkipped, () => undefined)
