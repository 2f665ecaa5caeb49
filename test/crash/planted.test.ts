/** Defects planted by options and ports: each must be noticed, or the figures of `npm run crash` say nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AutomaticStep, Connector } from '../../src/connector.ts'
import type { Disk } from '../../src/store/disk.ts'
import { enumerate } from './enumerate.ts'
import { enumerateFaults } from './faults.ts'
import type { Bent } from './life.ts'
import { never, smallest } from './scene.ts'
import { install } from './time.ts'
import type { Point } from './world.ts'

let back = () => undefined as void
beforeAll(() => {
  back = install()
})
afterAll(() => back())

async function foundBy(bent: Bent, of = smallest('create'), wanted?: (point: Point) => boolean): Promise<string> {
  const { failures } = await enumerate(of, { bent, enough: 1, ...(wanted ? { wanted } : {}) })
  return failures.flatMap((failure) => failure.wrong.map((one) => `${one.kind}: ${one.what}`)).join('; ')
}

function withFind(bend: (find: AutomaticStep['find']) => AutomaticStep['find']): Bent {
  const bentStep = (step: AutomaticStep) => ({ ...step, find: bend(step.find) })
  const connectors = (all: Connector[]) =>
    all.map((one) => ({ ...one, steps: one.steps.map((step) => ('find' in step ? bentStep(step) : step)) }))
  return { connectors }
}

function withSync(sync: (real: () => Promise<void>) => Promise<void>): Bent {
  const bend = (disk: Disk): Disk => {
    const open = async (opened: ReturnType<Disk['openAppend']>) => {
      const file = await opened
      return { ...file, sync: () => sync(() => file.sync()) }
    }
    return {
      ...disk,
      openAppend: (file) => open(disk.openAppend(file)),
      openDraft: (file) => open(disk.openDraft(file)),
      syncFolder: (folder) => sync(() => disk.syncFolder(folder)),
    }
  }
  return { disk: bend }
}

describe('a planted defect is noticed', () => {
  test('nothing is found where nothing is planted', async () => {
    expect(await foundBy({}, smallest('create'), (point) => point.io % 4 === 3)).toBe('')
  }, 60_000)

  test('ordering again without reading back first', async () => {
    const blind = withFind((find) => {
      let looked = false
      return async (at) => {
        const found = await find(at)
        if (looked || !at.applied('transfer')) return found
        looked = true
        return found.map((one) => ({ ...one, state: 'open' as const }))
      }
    })
    expect(await foundBy(blind)).toContain('doubled: crm/transfer/transfer 2 times')
  }, 60_000)

  test('reading back before what was sent has landed', async () => {
    expect(await foundBy({ settling: { inFlight: 0 } })).toContain('doubled: crm/transfer/transfer 2 times')
  }, 60_000)

  test('a sync that does nothing', async () => {
    expect(await foundBy(withSync(async () => undefined))).toContain('was ordered with 0 signatures on disk')
  }, 60_000)

  test('what is called done while the system still has it', async () => {
    const lying = withFind((find) => async (at) => {
      const found = await find(at)
      return at.applied('transfer') ? found.map((one) => ({ ...one, state: 'done' as const })) : found
    })
    const refused = { ...smallest('revoke'), odds: { vendor: { ...never, lostBefore: 0.3 }, slack: never } }
    expect(await foundBy(lying, refused)).toContain('ended verified while transfer was still there')
  }, 60_000)

  test('posting again without looking what has landed', async () => {
    const unseeing: Bent = {
      web: (web) => {
        const nothing = async () => ({ ok: true, messages: [] })
        const conversations = { ...web.conversations, replies: nothing, history: nothing }
        return { ...web, filesUploadV2: web.filesUploadV2, conversations } as unknown as typeof web
      },
    }
    expect(await foundBy(unseeing)).toMatch(/doubled: the message card is there 2 times/)
  }, 60_000)

  test('trying a sync again that failed', async () => {
    const stubborn = withSync((real) => real().catch(() => real()))
    const { failures } = await enumerateFaults(smallest('create'), { bent: stubborn, enough: 1 })
    expect(failures.map((one) => one.wrong[0]?.what).join()).toContain('a sync failed, and the process went on')
  }, 60_000)
})
