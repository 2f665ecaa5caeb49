/**
 * `npm run gallery [-- NAME…]`: every view in every state, and scenes of the main job, drawn by the sandbox's own page in
 * Chromium and saved under docs/screens. For people to look at: what wraps, what scrolls, what nobody would understand.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cast, employee } from '../../src/sandbox/company.ts'
import { channel } from '../../src/sandbox/sandbox.ts'
import { closeAll, openView, publishHome } from '../../src/sandbox/slack/views.ts'
import { closeBrowser, type Sitting, sitDown } from '../browser/tab.ts'
import { scenes } from './scenes.ts'
import { type Picture, pictures } from './states.ts'

const folder = new URL('../../docs/screens/', import.meta.url).pathname
const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.some((one) => name.startsWith(one))
const reader = employee(cast.hr).slackId

mkdirSync(folder, { recursive: true })
const chosen = pictures.filter((one) => isWanted(one.name))
if (chosen.length > 0) {
  const sitting = await sitDown({ systems: [], width: 1150, height: 1800 })
  await sitting.tab.evaluate(() => localStorage.setItem('latchkey-sandbox-welcome', 'seen'))
  await sitting.become('hr')
  for (const one of chosen) await draw(sitting, one)
  await sitting.close()
}
await scenes(isWanted, (name) => join(folder, `${name}.png`))
await closeBrowser()
process.stdout.write(`Drawn to ${folder}\n`)
process.exit(0)

async function draw({ page, tab, goTo }: Sitting, { name, message, modal, home }: Picture): Promise<void> {
  const { state } = page.room()
  const path = join(folder, `${name}.png`)
  if (message) {
    const ts = state.nextTs()
    const { userId: user } = state.app
    const said = {
      type: 'message' as const,
      ts,
      user,
      team: state.team.id,
      text: message.text,
      blocks: [...message.blocks],
    }
    state.conversations.get(channel)?.messages.push(said as never)
    state.changed()
    await goTo('offboarding')
    await tab.locator(`.message[data-ts="${ts}"]`).screenshot({ path })
  }
  if (modal) {
    openView(state, reader, modal as never)
    state.changed()
    await tab.locator('dialog.modal').screenshot({ path })
    closeAll(state, reader)
    state.changed()
    await tab.locator('dialog.modal').waitFor({ state: 'detached' })
  }
  if (home) {
    await goTo('Home')
    // The bot draws its own first.
    await tab.waitForTimeout(1500)
    publishHome(state, reader, home as never)
    state.changed()
    await tab.waitForTimeout(300)
    await tab.locator('.home .blocks').screenshot({ path })
  }
}
