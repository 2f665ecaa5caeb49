/** Hostile words in everything that is logged: one call is one line, at its own level, and no terminal obeys it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLog, type Log } from '../../src/log.ts'
import { logChanges } from '../../src/log-changes.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import { memoryStore } from '../support/memory-store.ts'
import { at, leaver, planned, request, requester, step } from '../support/story.ts'
import { attack, attacks, isRaw } from './hostile-texts.ts'

const levels = ['error', 'warn', 'info', 'debug'] as const

function open(): { log: Log; lines: string[] } {
  const lines: string[] = []
  return { lines, log: createLog({ level: 'debug', secrets: () => [], write: (line) => void lines.push(line) }) }
}

function expectOneLine(lines: readonly string[], level: string, message: string): void {
  expect(lines).toHaveLength(1)
  const [line = ''] = lines
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(isRaw(line.slice(0, -1))).toBe(false)
  const told = JSON.parse(line) as Record<string, unknown>
  expect(told).toMatchObject({ level, msg: message })
  expect(Date.parse(String(told.time))).toBeGreaterThan(Date.now() - 60_000)
}

/** An error as an SDK throws it, with what a vendor answered in each part. */
function thrown(text: string): Error {
  const cause = Object.assign(new TypeError(text), { code: text, status: 403 })
  const error = new AggregateError([new Error(text), cause], text, { cause })
  return Object.assign(error, { stack: `Error: ${text}\n    at ${text}` })
}

describe('one call of the log', () => {
  // log.ts, createLog: pino's JSON, and spelledOut over it.
  test('is one line of JSON at its level, whatever is in its fields, errors and message', () => {
    fc.assert(
      fc.property(attack, attack, fc.constantFrom(...levels), (one, other, level) => {
        const { log, lines } = open()
        log
          .child({ offboarding: one })
          [level]({ fact: one, list: [other, { deep: one }], error: thrown(other) }, `said ${other}`)
        expectOneLine(lines, level, `said ${other}`)
      }),
      { numRuns: 300, endOnFailure: true },
    )
  })

  // log.ts, besideOurs: of a name that stands twice, readers take the last.
  test.each(['level', 'time', 'msg'])('keeps its own %s beside a field of that name', (name) => {
    const { log, lines } = open()
    log.warn({ [name]: 'forged' }, 'real')
    log.child({ [name]: 'forged' }).warn({}, 'real')
    for (const line of lines) expectOneLine([line], 'warn', 'real')
    expect(lines).toHaveLength(2)
  })

  // log.ts: pino writes names as JSON too.
  test('takes hostile names of fields for what they are', () => {
    for (const text of attacks) {
      const { log, lines } = open()
      log.info({ [text]: 1, inner: { [text]: text } }, 'real')
      expectOneLine(lines, 'info', 'real')
    }
  })

  test('can be read back to the last character', () => {
    const { log, lines } = open()
    log.info({ fact: 'a\u009b\u202e\u{e0041}\nb' }, '')
    expect(JSON.parse(lines[0] ?? '').fact).toBe('a\u009b\u202e\u{e0041}\nb')
  })
})

describe('what happens to an offboarding', () => {
  // log-changes.ts, detailsOf: ids only.
  test('is logged without what anybody wrote', async () => {
    for (const text of attacks) {
      const { log, lines } = open()
      const ledger = openLedger(memoryStore(), { newId: () => 'off-1', now: () => new Date(at(1)) })
      logChanges(ledger, log)
      await ledger.request(request({ note: text, leaver: { ...leaver, name: text } }))
      const by = { ...requester, name: text }
      const cage = step('zoo/cage', { title: text, connectorTitle: text })
      await ledger.record('off-1', planned([cage]), { type: 'withdrawn', at: at(1), by, reason: text })
      const told = lines.map((line) => JSON.parse(line) as { msg: string; level: string })
      const heads = told.map(({ msg, level }) => `${level} ${msg}`)
      expect(heads).toEqual(['info requested', 'info planned', 'info withdrawn'])
      expect(JSON.stringify(told)).not.toContain(JSON.stringify(text).slice(1, -1))
    }
  })
})
