/** The page as a whole, in the middle of the main job: what the README shows. */
import { type Sitting, sitDown } from '../browser/tab.ts'

const systems = ['okta', 'google-workspace', 'aws', 'github', 'slack', 'gusto']

export async function scenes(isWanted: (name: string) => boolean, pathOf: (name: string) => string): Promise<void> {
  if (!['scene-form', 'scene-card', 'scene-thread', 'scene-phone'].some(isWanted)) return
  const one = await sitDown({ everySystem: true, systems, width: 1440, height: 900, latencyMs: 40 })
  await one.tab.evaluate(() => localStorage.setItem('latchkey-sandbox-welcome', 'seen'))
  await one.tab.reload()
  await one.become('requester')
  await one.say('/offboard @jo.miller')
  await one.field('When does access end?').waitFor()
  await one.choose('When does access end?', 'Now: with the second signature')
  await one.choose('Why do they leave?', 'Resignation')
  await one.choose('Their devices', 'Lock')
  await one.tab.screenshot({ path: pathOf('scene-form') })
  await one.press('Ask for sign-off')
  await one.modal().getByText('HR and IT are asked to sign').waitFor()
  await one.press('Close', one.modal().locator('footer'))
  await sign(one, 'hr')
  await one.become('it')
  await one.goTo('offboarding')
  await one.card().getByRole('button', { name: 'Sign off for IT' }).waitFor()
  await one.tab.locator('.middle .scroll').evaluate((scroll) => scroll.scrollTo(0, 0))
  await one.tab.screenshot({ path: pathOf('scene-card') })
  await sign(one, 'it')
  await one.card().locator('.replies').click()
  await one.tab.locator('.thread').getByText('verified').first().waitFor()
  await one.card().getByText(/ended/).first().waitFor()
  await one.tab.waitForTimeout(6000)
  await one.tab.screenshot({ path: pathOf('scene-thread') })
  await one.tab.setViewportSize({ width: 390, height: 844 })
  await one.tab.locator('.thread .back').click()
  await one.tab.screenshot({ path: pathOf('scene-phone') })
  await one.close()
}

async function sign(one: Sitting, part: 'hr' | 'it'): Promise<void> {
  await one.become(part)
  await one.goTo('offboarding')
  await one.press(`Sign off for ${part.toUpperCase()}`, one.card())
  await one.confirm('Sign this off?')
  await one.card().getByText(`${part.toUpperCase()} ✔ signed`).waitFor()
}
