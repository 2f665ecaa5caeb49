import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { closeBrowser, patience, runsHere, type Sitting, type SittingOptions, sitDown, whySkipped } from './tab.ts'

const open: Sitting[] = []

async function sit(options?: SittingOptions): Promise<Sitting> {
  const one = await sitDown(options)
  open.push(one)
  return one
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
afterAll(closeBrowser)

async function ask(one: Sitting): Promise<void> {
  await one.become('requester')
  await one.say('/offboard @jo.miller')
  await one.field('When does access end?').waitFor()
  await one.choose('When does access end?', 'Now: with the second signature')
  await one.choose('Why do they leave?', 'Resignation')
  await one.choose('Their devices', 'Lock')
  await one.press('Ask for sign-off')
  await one.modal().getByText('HR and IT are asked to sign').waitFor()
  await one.press('Close', one.modal().locator('footer'))
}

async function sign(one: Sitting, part: 'hr' | 'it'): Promise<void> {
  await one.become(part)
  await one.goTo('offboarding')
  await one.press(`Sign off for ${part.toUpperCase()}`, one.card())
  await one.confirm('Sign this off?')
  await one.card().getByText(`${part.toUpperCase()} ✔ signed`).waitFor()
}

/** Presses what the card asks of a person, until it says that all is over. */
async function workOff(one: Sitting, button: RegExp): Promise<void> {
  const over = one.card().getByText('Finished after')
  const asked = one.card().getByRole('button', { name: button }).first()
  for (let left = 60; left > 0; left -= 1) {
    await over
      .or(asked)
      .first()
      .waitFor({ timeout: 2 * patience })
    if (await over.isVisible()) return
    const before = await one.card().innerText()
    // The card is drawn again while its steps end, and the button may be another one by then.
    const pressed = await asked.click({ timeout: 3000 }).then(
      () => true,
      () => false,
    )
    if (!pressed) continue
    if (await one.tab.locator('dialog.confirm').isVisible()) await one.tab.locator('[data-confirm=yes]').click()
    await expect.poll(() => one.card().innerText(), { timeout: patience }).not.toBe(before)
  }
}

describe.skipIf(!runsHere)('the page, in a browser', () => {
  test('takes the main job from the command to the report, by the hands of the right people', {
    timeout: 3 * patience,
  }, async () => {
    const one = await sit()
    await ask(one)
    await sign(one, 'hr')
    await sign(one, 'it')
    await workOff(one, /^Done$/)
    await one.card().locator('.replies').click()
    const thread = one.tab.locator('.thread')
    await thread.getByText('🏁 Done').waitFor()
    await thread.locator('.file').nth(1).waitFor()
    expect(await thread.innerText()).toContain('AWS (111122223333): Deny everything')
    const [download] = await Promise.all([one.tab.waitForEvent('download'), thread.locator('.file').first().click()])
    expect(download.suggestedFilename()).toMatch(/^off-.*\.(json|html)$/)
    // What the systems themselves hold: nothing that somebody could still use, but for what waits its 30 days.
    const aws = one.tab.locator('.system[data-use=aws] .held')
    await expect.poll(() => aws.innerText(), { timeout: patience }).toMatch(/^\d of \d+/)
    expect(one.wrong).toEqual([])
  })

  test('shows the leaver and a guest nothing, and gives them nothing to press', { timeout: 2 * patience }, async () => {
    const one = await sit()
    await ask(one)
    await one.become('hr')
    await one.goTo('offboarding')
    await one.card().waitFor()
    for (const part of ['leaver', 'guest', 'employee'] as const) {
      await one.become(part)
      expect(await one.tab.locator('.sidebar').innerText(), part).not.toContain('offboarding')
      await one.goTo('Home')
      await one.tab.locator('.home .blocks, .home .empty').first().waitFor()
      const all = await one.tab.locator('.middle').innerText()
      expect(all, part).not.toMatch(/Jo Miller \(|off-\w{8}/)
      expect(await one.tab.locator('[data-action^=sign]').count(), part).toBe(0)
    }
  })

  test('says below each field of the form what is missing, and keeps what was chosen', {
    timeout: 2 * patience,
  }, async () => {
    const one = await sit()
    await one.become('requester')
    await one.say('/offboard @jo.miller')
    await one.field('Why do they leave?').waitFor()
    await one.choose('Why do they leave?', 'Dismissal')
    await one.press('Ask for sign-off')
    await one.field('When does access end?').locator('.error').waitFor()
    expect(await one.field('Their devices').locator('.error').count()).toBe(1)
    expect(await one.field('Why do they leave?').locator('.error').count()).toBe(0)
    expect(await one.field('Why do they leave?').getByLabel('Dismissal').isChecked()).toBe(true)
    await one.choose('When does access end?', 'At a time that I choose below')
    await one.choose('Their devices', 'Leave as they are')
    await one.press('Ask for sign-off')
    await one.field('Date and time, on your own clock').locator('.error').waitFor()
  })

  test('shows a system that fails, lets IT try again, and comes to a good end', { timeout: 3 * patience }, async () => {
    const one = await sit({
      settling: { patience: 1500, inFlight: 3000, window: 4000 },
      patience: { attempts: 2, attemptTimeoutMs: 2000, maxWaitMs: 500, backOff: { firstMs: 10, mostMs: 50 } },
    })
    await ask(one)
    await sign(one, 'hr')
    await one.tab.locator('.system[data-use=aws] select').selectOption('failing')
    await one.tab.locator('.notice', { hasText: 'out of order' }).waitFor()
    await sign(one, 'it')
    const again = one
      .card()
      .getByRole('button', { name: /Try again/ })
      .first()
    await again.waitFor({ timeout: 2 * patience })
    expect(await one.card().innerText()).toContain('AWS')
    await one.tab.locator('.system[data-use=aws] select').selectOption('normal')
    await workOff(one, /^(Done|Try again)/)
  })

  test("shows on the app's own page what waits for whoever looks", { timeout: 2 * patience }, async () => {
    const one = await sit()
    await ask(one)
    await one.become('hr')
    await one.goTo('offboarding')
    await one.card().getByRole('button', { name: 'Sign off for HR' }).waitFor()
    await one.goTo('Home')
    await one.tab.locator('.home').getByText('Jo Miller').first().waitFor()
    expect(await one.tab.locator('.home').innerText()).toMatch(/waits? for/i)
  })

  test('can be used by keys alone, from the command to the form that is sent', { timeout: 2 * patience }, async () => {
    const one = await sit()
    const { keyboard } = one.tab
    await one.tab.locator('.composer textarea').first().focus()
    await keyboard.type('/off')
    await one.tab.locator('.offers').waitFor()
    await keyboard.press('Tab')
    await keyboard.type('@jo.mille')
    await keyboard.press('Enter')
    await keyboard.press('Enter')
    await one.field('Why do they leave?').waitFor()
    await one.field('When does access end?').getByLabel('Now').focus()
    await keyboard.press('Space')
    await keyboard.press('Escape')
    await one.modal().waitFor({ state: 'detached' })
  })
})

test.skipIf(runsHere)(whySkipped, () => undefined)
