/** Hostile words in every field of the page that auditors open in a browser. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import { type Report, report } from '../../src/offboarding/report.ts'
import { reportPage } from '../../src/offboarding/report-page.ts'
import { openSigningKey } from '../../src/store/signing-key.ts'
import { memoryDisk } from '../support/disk-memory.ts'
import { at, given, hr, it, leaver, request, running, step } from '../support/story.ts'
import { attack, attacks, hostileOffboarding, infected, isRaw } from './hostile-texts.ts'

/** Every tag, comment and instruction, as a browser's tokenizer comes upon them: from each `<` that begins one. */
function markupIn(page: string): string[] {
  return page.match(/<(?:[a-z/!?][^>]*>?)/gi) ?? []
}

/** Everything that people do, each with words of their own. */
const deeds: Event[] = [
  { type: 'refused', at: at(1), by: hr, what: 'x', why: 'x' },
  { type: 'quarantined', at: at(1), why: 'x' },
  { type: 'released', at: at(1), by: it },
  { type: 'halted', at: at(1), by: { id: 'host:x', name: 'x' }, why: 'x' },
  { type: 'resumed', at: at(1), by: it },
  { type: 'account-chosen', at: at(1), by: it, connector: 'x', realm: 'x', account: 'x' },
  { type: 'declined', at: at(1), by: hr, reason: 'x' },
  { type: 'withdrawn', at: at(1), by: hr, reason: 'x' },
  { type: 'retried', at: at(1), by: it, step: 'x' },
  { type: 'attested', at: at(1), by: it, step: 'x', note: 'x' },
  { type: 'skipped', at: at(1), by: it, step: 'x', reason: 'x' },
]
const history: Event[] = [request({ note: 'x' }), ...deeds, ...running([step('zoo/cage')]).slice(2)]

/** Classes are the page's own; everything else may be anybody's. */
const kept = new Set(['state', 'ending', 'area', 'role', 'foundAfterSignOff'])
const harmless = (one: Report): Report =>
  JSON.parse(JSON.stringify(one), (name, value) =>
    typeof value === 'string' && !kept.has(name) ? value.replace(/.+/s, 'x') : value,
  )

function infectedReport(one: Report, texts: readonly string[]): Report {
  let next = 0
  const wild = () => texts[next++ % texts.length] || 'x'
  const words = {
    times: one.times,
    areas: one.areas,
    signOffs: one.signOffs,
    people: one.people,
    leaver: one.leaver,
    requester: one.requester,
  }
  return { ...one, ...everyText(words, wild), offboarding: wild() }
}

function everyText<T>(value: T, wild: () => string): T {
  return JSON.parse(JSON.stringify(value), (name, inner) =>
    typeof inner === 'string' && !kept.has(name) ? wild() : inner,
  )
}

const texts = fc.array(attack, { minLength: 12, maxLength: 12 })

describe('the page of a report', () => {
  // report-page.ts: `autoEscape`.
  test('has the same tags, in the same order, whatever anybody wrote into any field', () => {
    fc.assert(
      fc.property(hostileOffboarding, texts, (one, words) => {
        const made = report(one, history)
        const page = reportPage(infectedReport(made, words))
        const tame = reportPage(harmless(made))
        expect(markupIn(page)).toEqual(markupIn(tame))
        expect(page.match(/"/g)?.length).toBe(tame.match(/"/g)?.length)
      }),
      { numRuns: 100, endOnFailure: true },
    )
  }, 60_000)

  // report-page.ts: `filterFunction`.
  test('has no character that nobody sees or that turns text around', () => {
    fc.assert(
      fc.property(hostileOffboarding, texts, (one, words) => {
        const page = reportPage(infectedReport(report(one, history), words))
        expect(isRaw(page)).toBe(false)
      }),
      { numRuns: 50, endOnFailure: true },
    )
  }, 60_000)

  // report-page.ts: `autoEscape`, in the words of each event and in the signature's part.
  test('shows each attack in each event as the words that it is', async () => {
    const disk = memoryDisk()
    const { publicKey, fingerprint } = await openSigningKey('/data', disk)
    const one = given(running([step('zoo/cage')]))
    for (const text of attacks) {
      const events = infected(history, () => text) as Event[]
      const signed = { record: { events: [], head: text, seq: 1 }, anchor: { seq: 1, hash: text }, signature: text }
      const key = { algorithm: 'Ed25519' as const, publicKey: text || publicKey, fingerprint: text || fingerprint }
      const wild = { ...report({ ...one, leaver: { ...leaver, name: text } }, events), ...signed, key }
      const tame = {
        ...harmless(report(one, history)),
        ...harmless(signed as never),
        key: { ...key, publicKey: 'x', fingerprint: 'x' },
        signature: 'x',
      }
      expect([text, markupIn(reportPage(wild))]).toEqual([text, markupIn(reportPage(tame as never))])
    }
  })

  // report-page.ts: the Content-Security-Policy, and a template that names nothing from elsewhere.
  test('forbids scripts and loads nothing', () => {
    const page = reportPage(report(given(running([step('zoo/cage')])), history))
    const [head = ''] = page.split('<style>')
    expect(head).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    )
    expect(head.indexOf('Content-Security-Policy')).toBeLessThan(head.indexOf('<title>'))
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|base|form|a|svg|video|audio)\b/i)
    expect(page).not.toMatch(/\b(?:src|href|action|style|on\w+)\s*=|url\(|@import/i)
  })
})
