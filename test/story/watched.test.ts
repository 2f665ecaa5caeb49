import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type Family, metric, readExposition } from '../support/exposition.ts'
import { bed, recorded } from '../support/story-bed.ts'
import { ask, press, refusedAt, workOff } from '../support/story-people.ts'

const minutes = 180_000

interface LogLine {
  level: string
  msg: string
  time: string
  offboarding?: string
  [field: string]: unknown
}

/** One run, watched: read by all tests below. */
let box: Sandbox
let one: Offboarding
let history: readonly Event[]
let before: Map<string, Family>
let after: Map<string, Family>
const written: string[] = []

async function scrape(): Promise<Map<string, Family>> {
  const answer = await fetch(`http://127.0.0.1:${box.bot().slack.port()}/metrics`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readExposition(await answer.text())
}

const lines = () => written.map((text) => JSON.parse(text) as LogLine)

beforeAll(async () => {
  box = await bed({ write: (line) => void written.push(line) })
  before = await scrape()
  const id = await ask(box, cast.manager, '/offboard @jo.miller')
  await press(box, id, cast.hr, 'sign-hr')
  await recorded(box, id, ({ signOffs }) => signOffs.hr !== undefined)
  await refusedAt(box, id, cast.hr, 'sign-it')
  await press(box, id, cast.it, 'sign-it')
  await workOff(box, id)
  one = await recorded(box, id, ({ state }) => state === 'done')
  await box.bot().slack.outbox.idle()
  history = (await box.bot().ledger.history(id)) ?? []
  after = await scrape()
}, minutes)
afterAll(() => box?.close())

describe('the log of an offboarding', () => {
  test('names it in every line that concerns it', () => {
    const { leaver } = one
    const accounts = Object.values(one.steps).flatMap((run) => [run.plan.account.id, run.plan.account.label])
    const about = [one.id, leaver.name, ...leaver.emails, ...accounts].filter((word) => word.length > 3)
    const concerning = lines().filter((line) => about.some((word) => JSON.stringify(line).includes(word)))
    expect(concerning.length).toBeGreaterThan(100)
    expect(concerning.filter((line) => line.offboarding !== one.id)).toEqual([])
  })

  test('has a line for each call made on its behalf, and each is one that a vendor saw', () => {
    const calls = lines().filter((line) => line.msg === 'vendor call')
    // Who the leaver's manager is, is looked up before there is an offboarding; tokens are nobody's.
    const asked = lines().findIndex((line) => line.msg === 'requested')
    const later = lines()
      .slice(asked)
      .filter((line) => line.msg === 'vendor call')
    const path = (line: LogLine) => (line.call as { path: string }).path
    expect(later.filter((line) => line.offboarding !== one.id && !/\/token$/.test(path(line)))).toEqual([])
    const { aws, google } = box.vendors
    expect(calls.length).toBeGreaterThan(40)
    expect(calls.length).toBeLessThanOrEqual(aws.calls.length + google.calls.length)
  })

  test('tells what happened, at the level that it deserves', () => {
    const told = lines().filter((line) => line.state !== undefined)
    expect(told.map((line) => line.msg)).toEqual(history.map((event) => event.type))
    const levels = (type: Event['type']) => new Set(told.filter((line) => line.msg === type).map((line) => line.level))
    for (const type of ['requested', 'planned', 'signed', 'refused', 'step-ended'] as const)
      expect([...levels(type)], type).toEqual(['info'])
    for (const type of ['intended', 'answered', 'posting', 'posted', 'step-started'] as const)
      expect([...levels(type)], type).toEqual(['debug'])
    const alarming = lines().filter((line) => line.level === 'error' || line.level === 'warn')
    expect(alarming.filter((line) => line.offboarding !== undefined)).toEqual([])
    for (const word of [one.leaver.name, 'Hana']) expect(JSON.stringify(told)).not.toContain(word)
  })
})

describe('the metrics of an offboarding', () => {
  test('begin with zero for everything that can be counted', () => {
    expect(metric(before, 'latchkey_step_endings_total')).toBe(0)
    expect(metric(before, 'latchkey_step_endings_total', { connector: 'aws', ending: 'failed' })).toBe(0)
    expect(metric(before, 'latchkey_offboardings_ended_total', { how: 'expired' })).toBe(0)
    expect(metric(before, 'latchkey_ready')).toBe(1)
  })

  test('count what the record holds', () => {
    const runs = Object.values(one.steps)
    for (const connector of ['aws', 'google-workspace', 'manual'])
      for (const ending of ['verified', 'acknowledged', 'attested', 'nothing-found', 'failed'])
        expect(metric(after, 'latchkey_step_endings_total', { connector, ending }), `${connector} ${ending}`).toBe(
          runs.filter((run) => run.plan.connector === connector && run.ending === ending).length,
        )
    const count = (type: Event['type']) => history.filter((event) => event.type === type).length
    expect(metric(after, 'latchkey_offboardings_requested_total')).toBe(1)
    expect(metric(after, 'latchkey_offboardings_ended_total', { how: 'done' })).toBe(1)
    expect(metric(after, 'latchkey_offboardings_ended_total')).toBe(1)
    expect(metric(after, 'latchkey_refusals_total')).toBe(count('refused'))
    expect(metric(after, 'latchkey_slack_posts_total')).toBe(count('posted'))
    expect(metric(after, 'latchkey_slack_post_failures_total')).toBe(0)
  })

  test('time what the report times', () => {
    const since = (at: string | undefined) => (Date.parse(at ?? '') - Date.parse(one.effectiveAt ?? '')) / 1000
    expect(metric(after, 'latchkey_time_to_contain_seconds_sum')).toBeCloseTo(since(one.containedAt), 3)
    expect(metric(after, 'latchkey_time_to_done_seconds_sum')).toBeCloseTo(since(one.doneAt), 3)
    const signed = Date.parse(one.signOffs.it?.at ?? '') - Date.parse(one.requestedAt)
    expect(metric(after, 'latchkey_sign_off_wait_seconds_sum')).toBeCloseTo(signed / 1000, 3)
    for (const name of ['time_to_contain', 'time_to_done', 'sign_off_wait'])
      expect(metric(after, `latchkey_${name}_seconds_count`)).toBe(1)
    expect(metric(after, 'latchkey_journal_write_seconds_count')).toBeGreaterThan(20)
  })

  test('know every vendor call, by system and outcome', () => {
    for (const connector of ['aws', 'google-workspace'])
      for (const outcome of ['answered', 'rejected']) {
        const calls = lines().filter((line) => {
          const call = line.call as { use: string; kind: string } | undefined
          return call?.use === connector && call.kind === outcome
        })
        if (calls.length > 0)
          expect(metric(after, 'latchkey_vendor_call_duration_seconds_count', { connector, outcome })).toBe(
            calls.length,
          )
      }
  })

  test('say how it stands, also at once after a restart', async () => {
    await box.restart()
    for (const now of [after, await scrape()]) {
      expect(metric(now, 'latchkey_offboardings', { state: 'done' })).toBe(1)
      expect(metric(now, 'latchkey_offboardings')).toBe(1)
      for (const name of ['offboardings_needing_attention', 'slack_posts_waiting', 'vendor_calls_waiting', 'stopped'])
        expect(metric(now, `latchkey_${name}`), name).toBe(0)
    }
    expect(metric(await scrape(), 'latchkey_offboardings_ended_total')).toBe(0)
  })

  test('are named and explained as Prometheus wants it, and name nobody', () => {
    for (const [name, { type, help, samples }] of after) {
      expect(help.length, name).toBeGreaterThan(5)
      expect(name, name).toMatch(/^(?:latchkey|process|nodejs)_[a-z0-9_]+$/)
      if (name.startsWith('latchkey_')) expect(name.endsWith('_total'), name).toBe(type === 'counter')
      if (type === 'histogram' && name.startsWith('latchkey_')) expect(name).toMatch(/_seconds$/)
      const values = samples.flatMap((sample) => Object.values(sample.labels)).join(' ')
      const known = [one.id, one.leaver.name, ...one.leaver.emails, employee(cast.leaver).slackId, 'Hana', '@']
      for (const word of known) expect(values, name).not.toContain(word)
    }
    const ours = [...after].filter(([name]) => name.startsWith('latchkey_'))
    expect(ours.length).toBeGreaterThan(20)
    expect(ours.flatMap(([, family]) => family.samples).length).toBeLessThan(400)
  })
})
