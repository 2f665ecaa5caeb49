/** The sandbox's page in a real Chromium: from the printed address to a page, and from a person's hand to what they see. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Deed, Done, Seen, Start } from '../../src/sandbox/page/shapes.ts'
import { closeBrowser, openTab, runsHere, type Seat, sitAt, whySkipped } from '../browser/tab.ts'
import { startChild } from './child.ts'
import { type Figure, figure, type Measure } from './figure.ts'
import { drawnAfter, type Effect } from './page-eye.ts'

const rounds = 5
const messages = 300

export default {
  name: 'page',
  async measure() {
    if (!runsHere) {
      process.stderr.write(`${whySkipped}\n`)
      return []
    }
    await (await openTab()).context().close()
    const child = startChild(['--disable-warning=ExperimentalWarning', 'src/main.ts', 'sandbox', '--port', '0'])
    try {
      const url = await address(child.process.stdout)
      const ready = [await drawn(url)]
      for (let more = 1; more < rounds; more += 1) ready.push(await drawn(url))
      const cold = `the first time, ${ready[0]?.toFixed(0)} ms`
      const seat = await sitAt(url)
      return [
        figure('the page is drawn, after its address', ready, { unit: 'ms', bound: { atMost: 2000 }, told: [cold] }),
        ...(await clicks(seat)),
        ...(await longThread(seat, url)),
      ]
    } finally {
      await closeBrowser()
      await child.stop()
    }
  },
} satisfies Measure

async function address(stdout: NodeJS.ReadableStream | null): Promise<string> {
  for (let printed = ''; ; ) {
    printed += String((await once(stdout as NodeJS.ReadableStream, 'data'))[0])
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed) ?? []
    if (url) return url
  }
}

/** Milliseconds until somebody can write. */
async function drawn(url: string): Promise<number> {
  const tab = await openTab()
  const began = performance.now()
  await tab.goto(url)
  await tab.locator('.composer').first().waitFor()
  const ms = performance.now() - began
  await tab.context().close()
  return ms
}

/** From the hand's event to the frame that shows its effect, the app's and the pretend Slack's own time in it. */
async function clicks(seat: Seat): Promise<Figure[]> {
  const { tab } = seat
  const times = new Map<string, number[]>()
  const time = async (what: string, effect: Effect, hand: () => Promise<unknown>) => {
    const ms = await drawnAfter(tab, 'click', effect, hand)
    times.set(what, [...(times.get(what) ?? []), ms])
  }
  await seat.become('hr')
  for (let round = 0; round < rounds; round += 1) {
    await time('opens a form', { selector: 'dialog.modal' }, () => tab.locator('.shortcuts button').first().click())
    await time('closes it', { selector: 'dialog.modal', gone: true }, () => tab.locator('[data-modal=close]').click())
    await seat.goTo('general')
    const place = { selector: '.place[aria-label="#offboarding"]' }
    await time('goes to another channel', place, () => seat.goTo('offboarding'))
  }
  await ask(seat)
  for (const part of ['hr', 'it'] as const) {
    const role = part.toUpperCase()
    await seat.become(part)
    await seat.goTo('offboarding')
    await seat
      .card()
      .getByRole('button', { name: `Sign off for ${role}` })
      .waitFor()
    await read()
    const sign = () => seat.press(`Sign off for ${role}`, seat.card())
    await time('asks whether one is sure', { selector: 'dialog.confirm' }, sign)
    const agree = () => tab.locator('dialog.confirm [data-confirm=yes]').click()
    await time('signs', { selector: '.message', says: `${role} ✔ signed` }, agree)
  }
  const line = (ms: readonly number[]) => `${ms.map((one) => one.toFixed(0)).join(', ')} ms`
  return [...times].map(([what, ms]) =>
    figure(`a click that ${what} shows it`, ms, { unit: 'ms', bound: { atMost: 300 }, told: [line(ms)] }),
  )
}

/** People read a card before they press; what is drawn meanwhile has its second. */
const read = () => wait(3000)

async function ask(seat: Seat): Promise<void> {
  await seat.become('requester')
  await seat.say('/offboard @jo.miller')
  await seat.choose('When does access end?', 'Now: with the second signature')
  await seat.choose('Why do they leave?', 'Resignation')
  await seat.choose('Their devices', 'Lock')
  await seat.press('Ask for sign-off')
  await seat.modal().getByText('HR and IT are asked to sign').waitFor()
  await seat.press('Close', seat.modal().locator('footer'))
}

/** A thread that somebody filled, and what reading and writing in it is like. */
async function longThread(seat: Seat, url: string): Promise<Figure[]> {
  const { tab } = seat
  await seat.become('hr')
  const start = (await (await fetch(`${url}api/start`)).json()) as Start
  const persona = start.personas.find((one) => one.part === 'hr')?.id ?? ''
  const write = (text: string, thread?: string) =>
    act(url, { do: 'write', persona, conversation: start.channel, text, ...(thread ? { thread } : {}) })
  await write('A long day')
  await tab.locator('.message', { hasText: 'A long day' }).waitFor()
  const ts = await topOf(url, persona, start.channel)
  for (let count = 0; count < messages; count += 1) await write(`Word ${count} of many`, ts)
  const thread = '.thread .message'
  const opens: number[] = []
  const more: number[] = []
  const typed: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const replies = tab.locator('.message', { hasText: 'A long day' }).locator('.replies')
    opens.push(
      await drawnAfter(tab, 'click', { selector: thread, says: `Word ${messages - 1} of` }, () => replies.click()),
    )
    const composer = tab.locator('.thread .composer textarea')
    const said = `One more, ${round}`
    await composer.fill(said)
    more.push(await drawnAfter(tab, 'keydown', { selector: thread, says: said }, () => composer.press('Enter')))
    const letter = { selector: '.thread .offers' }
    typed.push(await drawnAfter(tab, 'keydown', letter, () => composer.press('/')))
    await composer.fill('')
    await tab.locator('.thread .close').click()
  }
  const bound = { atMost: 300 }
  return [
    figure(`a thread of ${messages} messages opens`, opens, { unit: 'ms', goal: { atMost: 1000 } }),
    figure('what is written in it is drawn', more, { unit: 'ms', bound }),
    figure('a key in it is drawn', typed, { unit: 'ms', bound: { atMost: 100 } }),
  ]
}

async function act(url: string, deed: Deed): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}api/deeds`, { method: 'POST', headers, body: JSON.stringify(deed) })
  const done = (await answer.json()) as Done
  if (!done.ok) throw new Error(`the page could not ${deed.do}: ${done.shown ?? done.error}`)
}

async function topOf(url: string, persona: string, channel: string): Promise<string> {
  const seen = (await (await fetch(`${url}api/seen?persona=${persona}&since=0`)).json()) as Seen
  const room = seen.conversations.find((one) => one.id === channel)
  return room?.messages.findLast((one) => one.text === 'A long day')?.ts ?? ''
}
