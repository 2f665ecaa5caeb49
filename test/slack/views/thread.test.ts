import { describe, expect, test } from 'vitest'
import type { Event } from '../../../src/offboarding/event.ts'
import { results } from '../../../src/slack/views/thread.ts'
import { at, given, running, step } from '../../support/story.ts'

const titles = ['Suspend the account', 'Keep recovery keys', 'Stop codespaces']
const steps = titles.map((title, index) => step(`okta/s${index}`, { connectorTitle: 'Okta', title }))

function ended(key: string, ending: 'verified' | 'nothing-found', ms: number): Event[] {
  return [
    { type: 'step-started', at: at(5), step: key },
    { type: 'step-ended', at: at(10), step: key, ending, fact: 'as told', findings: [], ms },
  ]
}

function said(endings: readonly ('verified' | 'nothing-found')[], ms = 400): string {
  const events = steps.flatMap((one, index) => ended(one.key, endings[index] ?? 'verified', ms))
  const one = given([...running(steps), ...events])
  return JSON.stringify(results(one, Object.values(one.steps)))
}

describe('the results in the thread', () => {
  test('name every step, and give those where nothing was found one line together', () => {
    const text = said(['verified', 'nothing-found', 'nothing-found'])
    for (const title of titles) expect(text.split(title)).toHaveLength(2)
    expect(text).toContain('Okta: Keep recovery keys; Okta: Stop codespaces')
    expect(text.match(/▫️/g)).toHaveLength(1)
    expect(text).toContain(' · verified')
  })

  test('say how long a step took only where somebody waited for it', () => {
    expect(said(['verified'])).not.toContain('under 1 s')
    expect(said(['verified'], 75_000)).toContain('(1 min)')
  })
})
