import { readFileSync } from 'node:fs'
import { describe, expect, it as test } from 'vitest'
import { parse } from 'yaml'
import { Denied, Rejected } from '../src/connector.ts'
import { createMetrics, type Metrics } from '../src/metrics.ts'
import type { Ledger } from '../src/offboarding/ledger.ts'
import type { CallRecord } from '../src/run/gate.ts'
import { failing, memoryDisk } from './support/disk-memory.ts'
import { type Family, metric, readExposition } from './support/exposition.ts'
import { quickClock } from './support/quick-clock.ts'
import { noted, openStore } from './support/store-bed.ts'
import { clicker, it, request, t0 } from './support/story.ts'
import { type Bench, bench, ended, signedOff, toy, toyConnector, toyStep, until } from './support/toy.ts'

const quiet = {
  queued: () => ({}),
  denied: () => [] as string[],
  outbox: () => ({ posts: 0, oldestMs: 0 }),
  ready: () => true,
  stopped: () => false,
}

async function scrape(metrics: Metrics): Promise<Map<string, Family>> {
  return readExposition(await metrics.text())
}

function watched(made: Bench, present: Partial<typeof quiet> = {}): Metrics {
  const metrics = createMetrics({ uses: ['zoo'], clock: made.clock })
  metrics.watch(made.engine.ledger, { ...quiet, ...present })
  return metrics
}

const record: CallRecord = {
  ...{ at: '2026-11-23T09:00:00.000Z', use: 'zoo', limit: 'all', method: 'GET', host: 'zoo.test', path: '/' },
  ...{ kind: 'answered', attempts: 1, waitedMs: 0, ms: 100, offboarding: 'off-1', step: 'zoo/keys@main' },
}

describe('vendor calls', () => {
  test('are timed without what they waited, by connector and outcome', async () => {
    const metrics = createMetrics({ uses: ['zoo'], clock: quickClock(t0) })
    metrics.onCall({ ...record, waitedMs: 2000, ms: 2300 })
    metrics.onCall({ ...record, kind: 'busy', attempts: 6, busy: 5, waitedMs: 60_000, ms: 61_000 })
    const now = await scrape(metrics)
    const took = 'latchkey_vendor_call_duration_seconds'
    expect(metric(now, `${took}_sum`, { connector: 'zoo', outcome: 'answered' })).toBeCloseTo(0.3)
    expect(metric(now, `${took}_bucket`, { connector: 'zoo', outcome: 'answered', le: '0.25' })).toBe(0)
    expect(metric(now, `${took}_bucket`, { connector: 'zoo', outcome: 'answered', le: '0.5' })).toBe(1)
    expect(metric(now, 'latchkey_vendor_call_wait_seconds_sum', { connector: 'zoo' })).toBe(62)
    expect(metric(now, 'latchkey_vendor_call_retries_total', { connector: 'zoo' })).toBe(5)
    expect(metric(now, 'latchkey_vendor_call_throttled_total', { connector: 'zoo' })).toBe(5)
  })

  test('of a connector that the settings do not name share one label, so nobody can make labels grow', async () => {
    const metrics = createMetrics({ uses: ['zoo'], clock: quickClock(t0) })
    for (let n = 0; n < 50; n += 1) metrics.onCall({ ...record, use: `made-up-${n}` })
    const calls = (await scrape(metrics)).get('latchkey_vendor_call_wait_seconds')
    expect(new Set(calls?.samples.map((sample) => sample.labels.connector))).toEqual(new Set(['other']))
  })

  test('that wait, and a refused credential, are gauges by connector', async () => {
    const made = bench([])
    const now = await scrape(watched(made, { queued: () => ({ zoo: 7 }), denied: () => ['zoo'] }))
    expect(metric(now, 'latchkey_vendor_calls_waiting', { connector: 'zoo' })).toBe(7)
    expect(metric(now, 'latchkey_connector_denied', { connector: 'zoo' })).toBe(1)
  })
})

async function stuck(error: Error): Promise<{ made: Bench; metrics: Metrics; id: string }> {
  const world = toy({ keys: ['k1'] })
  world.before = () => {
    throw error
  }
  const made = bench([toyConnector('zoo', [toyStep(world, 'keys')])])
  const metrics = watched(made)
  made.engine.start()
  const id = await signedOff(made)
  await until(made, id, ended)
  delete world.before
  return { made, metrics, id }
}

describe('what needs somebody', () => {
  test('is counted while a step stands failed, and not any more once it went well', async () => {
    const { made, metrics, id } = await stuck(new Rejected('no'))
    const failed = await scrape(metrics)
    expect(metric(failed, 'latchkey_offboardings_needing_attention', { why: 'step' })).toBe(1)
    expect(metric(failed, 'latchkey_offboardings', { state: 'needs-attention' })).toBe(1)
    expect(metric(failed, 'latchkey_step_endings_total', { connector: 'zoo', ending: 'failed' })).toBe(1)
    expect(metric(failed, 'latchkey_offboardings_ended_total')).toBe(0)
    const at = made.clock.now().toISOString()
    await made.engine.ledger.record(id, { type: 'retried', at, by: it, step: 'zoo/keys@main' })
    await until(made, id, (one) => one.state === 'done')
    const well = await scrape(metrics)
    expect(metric(well, 'latchkey_offboardings_needing_attention')).toBe(0)
    expect(metric(well, 'latchkey_step_endings_total', { connector: 'zoo', ending: 'verified' })).toBe(1)
    expect(metric(well, 'latchkey_offboardings_ended_total', { how: 'done' })).toBe(1)
    await made.engine.stop()
  })

  test('is seen at once by the process after the one that failed', async () => {
    const { made } = await stuck(new Denied('the key is refused'))
    await made.engine.stop()
    const next = bench([], { store: made.store })
    const now = await scrape(watched(next))
    expect(metric(now, 'latchkey_offboardings_needing_attention', { why: 'step' })).toBe(1)
    expect(metric(now, 'latchkey_step_endings_total')).toBe(0)
  })

  test('is an offboarding that was to be contained by now, one held back, and a damaged record', async () => {
    const { made, metrics } = await stuck(new Rejected('no'))
    await made.engine.stop()
    expect(metric(await scrape(metrics), 'latchkey_offboardings_contain_overdue')).toBe(0)
    const { ledger } = made.engine
    const barred = { file: 'open/off-9.json', fact: 'It cannot be told.', offboarding: 'off-9' }
    const late = (hours: number) => ({ ...made.clock, now: () => new Date(t0 + hours * 3600_000) })
    const later = createMetrics({ uses: ['zoo'], clock: late(5) })
    const damaged: Ledger = Object.assign(Object.create(ledger), {
      open: () => ledger.open(),
      onChange: () => undefined,
      problems: () => [barred, { file: 'strange', fact: 'Not ours.' }],
    })
    later.watch(damaged, quiet)
    const now = await scrape(later)
    expect(metric(now, 'latchkey_offboardings_contain_overdue')).toBe(1)
    expect(metric(now, 'latchkey_offboardings_needing_attention', { why: 'record' })).toBe(1)
    expect(metric(now, 'latchkey_store_problems')).toBe(2)
  })

  test('is a request that grows old unsigned, and one that expired', async () => {
    const made = bench([])
    const metrics = watched(made)
    const { ledger } = made.engine
    const { id } = await ledger.request(request({ at: made.clock.now().toISOString() }))
    await made.clock.sleep(90_000)
    expect(metric(await scrape(metrics), 'latchkey_sign_off_oldest_seconds')).toBe(90)
    await ledger.record(id, { type: 'quarantined', at: made.clock.now().toISOString(), why: 'very many' })
    const held = await scrape(metrics)
    expect(metric(held, 'latchkey_offboardings_needing_attention', { why: 'quarantine' })).toBe(1)
    await ledger.record(id, { type: 'expired', at: made.clock.now().toISOString() })
    const over = await scrape(metrics)
    expect(metric(over, 'latchkey_offboardings_ended_total', { how: 'expired' })).toBe(1)
    expect(metric(over, 'latchkey_sign_off_oldest_seconds')).toBe(0)
    expect(metric(over, 'latchkey_offboardings_needing_attention')).toBe(0)
  })

  test('is a task past its time', async () => {
    const task = {
      ask: 'Take it',
      owner: 'it',
      dueIn: 60_000,
      title: 'Laptop',
      area: 'devices',
      phase: 'contain',
    } as const
    const made = bench([toyConnector('zoo', [{ id: 'laptop', ...task }])])
    const metrics = watched(made)
    made.engine.start()
    const id = await signedOff(made)
    await until(made, id, (one) => one.steps['zoo/laptop@main']?.state === 'waiting')
    expect(metric(await scrape(metrics), 'latchkey_offboardings_needing_attention', { why: 'overdue' })).toBe(0)
    await made.clock.sleep(61_000)
    expect(metric(await scrape(metrics), 'latchkey_offboardings_needing_attention', { why: 'overdue' })).toBe(1)
    await made.engine.stop()
  })
})

test('refusals and the outbox are counted as the record and the outbox say', async () => {
  const made = bench([])
  const metrics = watched(made, { outbox: () => ({ posts: 3, oldestMs: 90_500 }), stopped: () => true })
  const { ledger } = made.engine
  const { id } = await ledger.request(request({ at: made.clock.now().toISOString() }))
  const stranger = clicker('UNOBODY')
  const at = made.clock.now().toISOString()
  await expect(ledger.record(id, { type: 'declined', at, by: stranger, reason: 'no' })).rejects.toThrow()
  await ledger.record(id, { type: 'post-failed', at, key: 'card', channel: 'C1', fact: 'channel_not_found' })
  const now = await scrape(metrics)
  expect(metric(now, 'latchkey_refusals_total')).toBe(1)
  expect(metric(now, 'latchkey_slack_post_failures_total')).toBe(1)
  expect(metric(now, 'latchkey_slack_posts_waiting')).toBe(3)
  expect(metric(now, 'latchkey_slack_oldest_wait_seconds')).toBe(90.5)
  expect(metric(now, 'latchkey_stopped')).toBe(1)
})

test('what came back while it was watched is counted by its system, and each look once', async () => {
  const world = toy({ groups: ['g1'] })
  const made = bench([toyConnector('zoo', [toyStep(world, 'groups')])])
  const metrics = watched(made)
  made.engine.start()
  const hour = 3600_000
  const id = await signedOff(made, { policy: { ...request().policy, watchFor: 3 * hour, watchEvery: hour } })
  await until(made, id, (one) => one.watch?.looks === 1)
  world.held.groups = ['g1']
  await until(made, id, (one) => one.watch?.looks === 2)
  const now = await scrape(metrics)
  expect(metric(now, 'latchkey_watch_looks_total')).toBe(2)
  expect(metric(now, 'latchkey_came_back_total', { connector: 'zoo' })).toBe(1)
  expect(metric(now, 'latchkey_offboardings_needing_attention', { why: 'step' })).toBe(1)
  await made.engine.stop()
})

test('the disk below the store is timed where the journal becomes durable, and its failures are counted', async () => {
  const metrics = createMetrics({ uses: [], clock: quickClock(t0) })
  const disk = memoryDisk()
  const store = await openStore({ disk: metrics.disk(disk), onFatal: () => undefined })
  const written = async () => metric(await scrape(metrics), 'latchkey_journal_write_seconds_count')
  const before = await written()
  await store.append('off-1', [request()])
  await store.append('off-1', [noted('a')])
  expect(await written()).toBe(before + 2)
  disk.fault = (operation) => (operation === 'sync' ? { error: failing('EIO') } : undefined)
  await expect(store.append('off-1', [noted('b')])).rejects.toThrow('EIO')
  const now = await scrape(metrics)
  expect(metric(now, 'latchkey_store_errors_total', { operation: 'sync' })).toBe(1)
  expect(await written()).toBe(before + 2)
})

test('two bots in one process do not share a registry', async () => {
  const [one, other] = [1, 2].map(() => createMetrics({ uses: ['zoo'], clock: quickClock(t0) })) as [Metrics, Metrics]
  one.onCall(record)
  expect(metric(await scrape(one), 'latchkey_vendor_call_wait_seconds_count')).toBe(1)
  const untouched = (await scrape(other)).get('latchkey_vendor_call_wait_seconds')
  expect(untouched?.samples ?? []).toEqual([])
  expect(metric(await scrape(other), 'process_start_time_seconds')).toBeGreaterThan(0)
})

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
  const names = async () => {
    const metrics = watched(bench([]))
    metrics.disk(memoryDisk())
    return [...(await scrape(metrics)).keys()].filter((name) => name.startsWith('latchkey_'))
  }

  test('explains every metric there is, and none besides', async () => {
    const explained = new Set(
      [...page.matchAll(/^\| .*\|$/gm)].flatMap(([row]) => row.match(/latchkey_[a-z_]+/g) ?? []),
    )
    expect([...explained].sort()).toEqual((await names()).sort())
  })

  test('shows alert rules that are YAML, and about metrics, states and labels that are there', async () => {
    const [yaml = ''] = /(?<=```yaml\n)[\s\S]*?(?=```)/.exec(page) ?? []
    const { groups } = parse(yaml) as { groups: { rules: { alert: string; expr: string }[] }[] }
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(5)
    const known = await names()
    for (const { alert, expr } of rules)
      for (const [name] of expr.matchAll(/latchkey_[a-z_]+/g)) expect(known, alert).toContain(name)
    const metrics = await scrape(watched(bench([])))
    expect(metric(metrics, 'latchkey_offboardings_ended_total', { how: 'expired' })).toBe(0)
    expect(metrics.get('latchkey_offboardings_needing_attention')?.samples[0]?.labels).toHaveProperty('why')
  })
})
