import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endWarm } from './fixed-run-life.ts'
import { type Fixed, measure, tryPoint } from './syscalls.ts'
import { plantedFolder } from './syscalls-planted.ts'
import { evenly, type Point, survey } from './syscalls-points.ts'
import { whyNoStrace } from './syscalls-strace.ts'

const why = await whyNoStrace()
if (why && process.env.REQUIRE_REAL !== '1') process.stderr.write(`!!! TESTS UNDER STRACE SKIPPED: ${why}\n`)

const patience = 180_000

describe('what the survey makes of what strace saw', () => {
  const call = (name: string, shown: string, thread = '1') => ({ call: name, shown, thread })

  test('counts what concerns the data folder, each thread for itself, and every connection', () => {
    const calls = [
      call('write', '20<anon_inode:[eventfd]>, "\\1"'),
      call('write', '21</data/journal/000001.jsonl>, "one"'),
      call('write', '21</data/journal/000001.jsonl>, "two"'),
      call('rename', '"/data/open/.draft", "/data/open/off-1.json"'),
      call('connect', '24<socket:[1]>, {sa_family=AF_INET, sin_port=htons(1)}', '2'),
      call('connect', '24<socket:[1]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}', '2'),
    ]
    const { points, files } = survey({ calls, hit: undefined }, '/data', '2')
    const killed = points.filter((point) => point.what === 'signal=SIGKILL')
    expect(killed.map(({ call: name, nth }) => `${name} ${nth}`)).toEqual([
      'write 1',
      'write 2',
      'rename 1',
      'connect 1',
    ])
    expect(files).toEqual(['journal/000001.jsonl', 'open/.draft', 'open/off-1.json'])
  })

  test('refuses a way of changing the data folder that nothing is tried at', () => {
    const calls = [call('pwritev', '21</data/journal/000001.jsonl>, …')]
    expect(() => survey({ calls, hit: undefined }, '/data', '2')).toThrow('nothing is tried at pwritev')
  })

  test('a part of the points is spread over all of them', () => {
    const points = Array.from({ length: 10 }, (_one, nth) => ({
      ...({ call: 'write', thread: 'files', what: 'error=EIO', shows: '' } as const),
      nth,
    }))
    expect(evenly(points, 3).map(({ nth }) => nth)).toEqual([0, 3, 6])
    expect(evenly(points, 99)).toHaveLength(10)
  })
})

describe.skipIf(why && process.env.REQUIRE_REAL !== '1')(
  'the real process, killed at its last word in the thread',
  () => {
    let fixed: Fixed

    beforeAll(async () => {
      fixed = await measure()
    }, patience)
    afterAll(endWarm)

    /** Where the journal is told that it was ordered, or where it landed. */
    function point(type: 'posting' | 'posted'): Point {
      const quoted = (name: string) => `\\"${name}\\"`
      const found = fixed.survey.points.find(
        ({ call, shows }) => call === 'write' && shows.includes(quoted('done')) && shows.includes(quoted(type)),
      )
      if (!found) throw new Error('the run does not say that it is done')
      return { ...found, what: 'signal=SIGKILL' }
    }
    const planted = (name: string) => join(import.meta.dirname, `syscalls-planted-${name}.ts`)

    test.each(['posting', 'posted'] as const)(
      'as it is put on record as %s: ends as if nothing had happened',
      async (type) => {
        const { hit, ...verdict } = await tryPoint(point(type), fixed)
        expect(hit).toMatch(/^write\(/)
        expect(verdict).toEqual({ lost: [], doubled: [], wrong: [] })
      },
      patience,
    )

    test.each([
      ['never recognises what it has posted', 'blind'],
      ['goes on before the disk has it', 'late'],
    ])(
      'a bug is planted, so that it %s: it is caught',
      async (_what, name) => {
        // Counted calls may be hit a moment too soon or too late; this one is where the bug shows, however fast it runs.
        const there: Point = { call: 'mkdir', thread: 'files', what: 'signal=SIGKILL', nth: 1, shows: plantedFolder }
        const survey = { ...fixed.survey, files: [plantedFolder] }
        const { hit, doubled } = await tryPoint(there, { ...fixed, survey }, { planted: planted(name) })
        expect(hit).toMatch(/^mkdir\(/)
        expect(doubled.join('\n')).toMatch(/below the card: done 2 times, not 1/)
      },
      patience,
    )
  },
)
