/** A person at the sandbox's page, in a real Chromium. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Locator, type Page as Tab } from 'playwright-core'
import { openPage, type Page, type PageOptions } from '../../src/sandbox/page/server.ts'
import type { Part } from '../../src/sandbox/page/shapes.ts'

/** Where Debian puts it; another place by CHROMIUM. */
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const runsHere = existsSync(chromiumPath) || process.env.REQUIRE_REAL === '1'

export const whySkipped =
  'NOT TESTED in a browser: Chromium is not installed here. `.ci/install-real-servers` installs it, or CHROMIUM names where it is.'

export const patience = 60_000

export interface Sitting extends Seat {
  page: Page
}

export interface Seat {
  tab: Tab
  /** What went wrong in the page itself: errors of scripts, requests that failed. */
  wrong: string[]
  become(part: Part): Promise<void>
  goTo(name: string): Promise<void>
  /** Types into the composer of the conversation that is open, and sends it. */
  say(line: string): Promise<void>
  /** A button by its words, in what is in front: a dialog where there is one. */
  press(words: string | RegExp, within?: Locator): Promise<void>
  /** The field below a label, in the modal in front. */
  field(label: string): Locator
  choose(label: string, option: string): Promise<void>
  /** Agrees to what is asked before a button's press counts. */
  confirm(question: string): Promise<void>
  modal(): Locator
  card(): Locator
  /** All that is drawn, as text. */
  sees(): Promise<string>
  close(): Promise<void>
}

let browser: Promise<Browser> | undefined

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

export interface SittingOptions extends PageOptions {
  width?: number
  height?: number
}

export async function sitDown({ width = 1280, height = 900, ...options }: SittingOptions = {}): Promise<Sitting> {
  const page = await openPage({
    everySystem: false,
    systems: ['aws', 'google-workspace'],
    tasks: [{ title: 'Take back the laptop', area: 'devices', owner: 'it', due: '3d' }],
    latencyMs: 2,
    lagMs: 20,
    slackSpeed: 200,
    ...options,
  })
  const seat = await sitAt(page.url, { width, height })
  const close = async () => {
    await seat.close()
    await page.close()
  }
  return { ...seat, page, close }
}

/** An empty tab of a browser that runs already, for what is timed. */
export async function openTab(viewport = { width: 1280, height: 900 }): Promise<Tab> {
  browser ??= chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--lang=en-US'] })
  const context = await (await browser).newContext({ viewport, locale: 'en-US' })
  const tab = await context.newPage()
  tab.setDefaultTimeout(patience)
  return tab
}

export async function sitAt(url: string, viewport?: { width: number; height: number }): Promise<Seat> {
  const tab = await openTab(viewport)
  const wrong: string[] = []
  tab.on('pageerror', (error) => wrong.push(error.message))
  tab.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  await tab.goto(url)
  await tab.locator('.composer').first().waitFor()
  return seatOf(tab, wrong)
}

function seatOf(tab: Tab, wrong: string[]): Seat {
  const modal = () => tab.locator('dialog.modal')
  const front = async () => ((await modal().count()) > 0 ? modal() : tab.locator('body'))
  const field = (label: string) => modal().locator('.input', { hasText: label })
  return {
    tab,
    wrong,
    modal,
    field,
    async become(part) {
      const { id } = (await personas(tab)).find((one) => one.part === part) ?? {}
      await tab.locator('.personas select').selectOption(id ?? '')
      await tab.locator(`.app[data-seen="${id}"]`).waitFor()
    },
    goTo: (name) => tab.locator('.sidebar .entry', { hasText: name }).first().click(),
    async say(line) {
      const composer = tab.locator('.composer textarea').first()
      await composer.fill(line)
      await composer.press('Escape')
      await composer.press('Enter')
    },
    async press(words, within) {
      await (within ?? (await front()))
        .getByRole('button', { name: words, exact: typeof words === 'string' })
        .first()
        .click()
    },
    async choose(label, option) {
      await field(label).getByLabel(option).check()
    },
    async confirm(question) {
      const asked = tab.locator('dialog.confirm', { hasText: question })
      await asked.locator('[data-confirm=yes]').click()
      await asked.waitFor({ state: 'detached' })
    },
    card: () => tab.locator('.middle .message', { has: tab.locator('h3.header') }).last(),
    sees: () => tab.locator('body').innerText(),
    close: () => tab.context().close(),
  }
}

async function personas(tab: Tab): Promise<{ id: string; part: Part }[]> {
  return tab.evaluate(async () => {
    const answer = await fetch('/api/start')
    return ((await answer.json()) as { personas: { id: string; part: Part }[] }).personas
  })
}
