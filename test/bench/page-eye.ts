/** What an eye at the page sees, and when: timed inside the page, so that no driver's own time is in it. */
import type { Page as Tab } from 'playwright-core'

export interface Effect {
  selector: string
  /** What it says; anything when absent. */
  says?: string
  gone?: true
}

/**
 * Milliseconds from the hand's event (its own time stamp: when the browser took it, not when a listener ran) to the frame
 * after the effect is there. `effect` must not be there before.
 */
export async function drawnAfter(
  tab: Tab,
  event: 'click' | 'change' | 'keydown',
  effect: Effect,
  hand: () => Promise<unknown>,
): Promise<number> {
  await tab.evaluate(watch, { event, ...effect })
  await hand()
  return tab.evaluate(() => (globalThis as unknown as { seen: Promise<number> }).seen)
}

/** What is used of a browser, which the rest of this program is not written for. */
interface Within {
  document: { documentElement: object; querySelectorAll(selector: string): Iterable<{ innerText: string }> }
  addEventListener(type: string, heard: (event: { timeStamp: number }) => void, options: object): void
  requestAnimationFrame(next: () => void): void
  MutationObserver: new (changed: () => void) => { observe(what: object, options: object): void; disconnect(): void }
  seen: Promise<number>
}

/** Runs in the page. */
function watch({ event, selector, says, gone }: Effect & { event: string }): void {
  const page = globalThis as unknown as Within
  const found = () => [...page.document.querySelectorAll(selector)]
  const isSo = () => found().some((one) => says === undefined || one.innerText.includes(says)) !== (gone ?? false)
  if (isSo()) throw new Error(`${selector} ${says ?? ''} is so before anything was done`)
  let began: number | undefined
  const heard = ({ timeStamp }: { timeStamp: number }) => {
    began = timeStamp
  }
  page.addEventListener(event, heard, { capture: true, once: true })
  page.seen = new Promise((resolve) => {
    const eye = new page.MutationObserver(() => {
      if (began === undefined || !isSo()) return
      eye.disconnect()
      const since = began
      // The next frame is the first that can show it; the one after it begins when that one is drawn.
      page.requestAnimationFrame(() => page.requestAnimationFrame(() => resolve(performance.now() - since)))
    })
    eye.observe(page.document.documentElement, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
  })
}
