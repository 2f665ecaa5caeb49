import { expect, test } from 'vitest'
import type { Log } from '../src/log.ts'
import { logChanges } from '../src/log-changes.ts'
import type { Event, EventOf } from '../src/offboarding/event.ts'
import type { Ledger } from '../src/offboarding/ledger.ts'
import { at, finding, given, request } from './support/story.ts'

function lineOf(event: Event): [level: string, fields: object] {
  const lines: [string, object][] = []
  const log = Object.fromEntries(
    ['debug', 'info', 'warn', 'error'].map((level) => [level, (fields: object) => void lines.push([level, fields])]),
  )
  const ledger = {
    onChange: (hear: (one: unknown, event: Event, effects: unknown) => void) => hear(given([request()]), event, []),
  }
  logChanges(ledger as unknown as Ledger, log as unknown as Log)
  return lines[0] as [string, object]
}

const look: EventOf<'watched'> = { type: 'watched', at: at(1), cameBack: [], appeared: [], unseen: [] }

test('a look of the watch is a warning only where something is back or could not be looked at, and names no finding', () => {
  expect(lineOf(look)[0]).toBe('info')
  const back = {
    ...look,
    cameBack: [{ step: 'zoo/cage@main', findings: [finding('one', { label: 'Secret project' })] }],
  }
  expect(lineOf(back)).toEqual([
    'warn',
    expect.objectContaining({ cameBack: ['zoo/cage@main'], appeared: 0, unseen: 0 }),
  ])
  expect(JSON.stringify(lineOf(back))).not.toContain('Secret project')
  expect(lineOf({ ...look, unseen: [{ connectorTitle: 'Okta', fact: 'no answer' }] })[0]).toBe('warn')
})
