import { beforeAll, describe, expect, test } from 'vitest'
import { endedWell } from '../../src/offboarding/order.ts'
import { writesAtAws, writesAtGoogle } from '../support/story-bed.ts'
import { type Ended, killAtCall, killAtSlack, story, tellsResults } from '../support/story-killed.ts'
import { keysPosted, timesTold } from '../support/story-people.ts'
import type { Killing } from '../support/story-supervisor.ts'

let whole: Ended
let others: Promise<Ended>[]

// All side by side: most of their time they wait.
beforeAll(async () => {
  others = moments.map(([, arm]) => story(arm))
  for (const one of others) one.catch(() => undefined)
  whole = await story()
}, 180_000)

const isTransfer = (asked: { method: string; path: string }) =>
  asked.method === 'POST' && asked.path.endsWith('/transfers')

const moments: [string, (at: Killing) => void, number?][] = [
  ['while it plans', (at) => killAtCall(at, at.vendors.aws, at.asked, 1, 'reset')],
  ['right after the second signature', (at) => killAtCall(at, at.vendors.google, () => at.signed, 1, 'reset')],
  ['after a write that nobody heard the answer of', (at) => killAtCall(at, at.vendors.aws, writesAtAws, 4, 'lost')],
  ['before a write arrives', (at) => killAtCall(at, at.vendors.google, writesAtGoogle, 7, 'reset')],
  ['when a data transfer was just ordered', (at) => killAtCall(at, at.vendors.google, isTransfer, 1, 'lost')],
  ['when a data transfer was about to be ordered', (at) => killAtCall(at, at.vendors.google, isTransfer, 1, 'reset')],
  ['when results are in Slack and not on record', (at) => killAtSlack(at, 'chat.postMessage', tellsResults, 1, 'lost')],
  [
    'when results are on record and not in Slack',
    (at) => killAtSlack(at, 'chat.postMessage', tellsResults, 2, 'reset'),
  ],
  [
    'when the report was uploaded and not on record',
    (at) => killAtSlack(at, 'files.completeUploadExternal', () => true, 1, 'lost'),
  ],
  [
    'twice: at a write, and again at the first write afterwards',
    (at) => {
      killAtCall(at, at.vendors.aws, writesAtAws, 3, 'lost')
      killAtCall(at, at.vendors.aws, (asked) => at.starts === 2 && writesAtAws(asked), 1, 'reset')
    },
    3,
  ],
]

/**
 * What is random or a date is left out. A new random password may be set once more after a crash: nobody can read back
 * whether the last one arrived.
 */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value)
  return JSON.parse(
    text
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
      .replace(/"(requestedAt|finishedAt|wipedAt|uploaded|created)":\d+/g, '"$1":0')
      .replace(/"passwords":[2-9]/g, '"passwords":"new"'),
  )
}

function endings({ offboarding }: Ended) {
  return Object.fromEntries(
    Object.values(offboarding.steps).map((run) => [
      run.key,
      { state: run.state, ending: run.ending, findings: run.findings.map(({ id, state }) => `${id} ${state}`).sort() },
    ]),
  )
}

/** Whoever has signed already is not asked to, so who was asked is a matter of speed. */
function posts({ offboarding }: Ended): string[] {
  return Object.keys(offboarding.posts)
    .filter((key) => !key.startsWith('ask/'))
    .sort()
}

describe('a bot that is not killed', () => {
  test('is the measure of all the others', () => {
    expect(whole.starts).toBe(1)
    check(whole)
  })
})

describe('a bot that is killed and started again', () => {
  test.each(moments.map(([when, , starts = 2], index) => ({ when, starts, index })))(
    '$when',
    async ({ starts, index }) => {
      const one = (await others[index]) as Ended
      expect(one.starts).toBe(starts)
      check(one)
      expect(plain(one.vendors)).toEqual(plain(whole.vendors))
      expect(one.made).toEqual(whole.made)
      expect(endings(one)).toEqual(endings(whole))
      expect(posts(one)).toEqual(posts(whole))
    },
    180_000,
  )
})

/** What holds for every one of them, killed or not. */
function check(one: Ended): void {
  const { offboarding, journal, history } = one
  expect(journal.bad).toBeUndefined()
  expect(journal.unfinished).toBeUndefined()
  expect(offboarding.state).toBe('done')
  const runs = Object.values(offboarding.steps)
  for (const run of runs) {
    expect(run.state === 'delayed' || endedWell(run), `${run.key}: ${run.fact}`).toBe(true)
    const ends = history.filter(
      (event) => 'step' in event && event.step === run.key && ['step-ended', 'attested'].includes(event.type),
    )
    expect(ends, run.key).toHaveLength(run.state === 'delayed' ? 0 : 1)
  }
  expect(one.cards).toBe(1)
  const told = keysPosted(one.thread)
  const results = told.filter((key) => key.startsWith('step/'))
  expect(results.sort()).toEqual(
    Object.keys(offboarding.posts)
      .filter((key) => key.startsWith('step/'))
      .sort(),
  )
  expect(new Set(told).size).toBe(told.length)
  const ended = runs.filter((run) => run.state === 'ended')
  expect(results).toHaveLength(ended.length)
  for (const { plan } of ended) {
    const same = ended.filter((run) => run.plan.title === plan.title).length
    expect(timesTold(one.story, plan.title), plan.title).toBe(same)
  }
  expect(one.story.match(/🏁 Done/g)).toHaveLength(1)
  expect(one.files.map((file) => [file.name, file.shares]).sort()).toEqual([
    [`${offboarding.id}.html`, 1],
    [`${offboarding.id}.json`, 1],
  ])
}
