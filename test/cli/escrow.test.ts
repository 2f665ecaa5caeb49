import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterEach, expect, test } from 'vitest'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { openEscrow } from '../../src/store/escrow.ts'
import { request } from '../support/story.ts'
import { closeCliBeds, openCliBed } from './bed.ts'

afterEach(closeCliBeds)

async function withStore<T>(
  folder: string,
  work: (store: Awaited<ReturnType<typeof openEmbeddedStore>>) => Promise<T>,
) {
  const store = await openEmbeddedStore({
    ...{ folder, disk: realDisk, clock: systemClock, summarize },
    onFatal: (error) => {
      throw error
    },
  })
  try {
    return await work(store)
  } finally {
    await store.stop()
  }
}

async function bedWithKey() {
  const bed = await openCliBed()
  const identity = await generateIdentity()
  const recipient = await identityToRecipient(identity)
  const folder = join(bed.folder, 'data')
  appendFileSync(bed.env.LATCHKEY_SETTINGS as string, `escrow:\n  recipients: [${recipient}]\n  identity: \${ESCROW}\n`)
  const env = { ...bed.env, ESCROW: identity }
  const now = () => systemClock.now()
  await withStore(folder, (store) => openLedger(store, { newId: () => 'off-1', now }).request(request()))
  const escrow = openEscrow({ folder, disk: realDisk, now, recipients: [recipient] })
  await escrow.keep(
    { offboarding: 'off-1', system: 'jamf', realm: 'example', name: 'FileVault key of C02XY' },
    'ABCD-EFGH',
  )
  return { bed, env, folder }
}

test('escrow lists what is kept and opens one of it, on the record first', async () => {
  const { bed, env, folder } = await bedWithKey()
  const list = await bed.hear(['escrow', 'off-1'], { env })
  expect(list.out).toMatch(/^1 {2}\S+ {2}FileVault key of C02XY {2}\(jamf, example\)$/)
  const shown: string[] = []
  expect(await bed.hear(['escrow', 'off-1', '1'], { env, show: (text) => void shown.push(text) })).toMatchObject({
    code: 0,
  })
  expect(shown).toEqual(['ABCD-EFGH'])
  const events = await withStore(folder, (store) => store.history('off-1'))
  expect(events?.at(-1)).toMatchObject({
    type: 'escrow-opened',
    by: { name: expect.stringMatching(/at the command line/) },
  })
})

test('escrow opens nothing that it cannot put on record: the bot holds it', async () => {
  const { bed, env, folder } = await bedWithKey()
  const shown: string[] = []
  const refused = await withStore(folder, () =>
    bed.hear(['escrow', 'off-1', '1'], { env, show: (text) => void shown.push(text) }),
  )
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('/offboard keys off-1')
  expect(shown).toEqual([])
})

test.each([
  [['escrow'], 2, 'of which offboarding?'],
  [['escrow', 'off-1', '7'], 2, 'there is no key 7'],
  [['escrow', 'off-none'], 0, 'Nothing is kept'],
])('%j ends with %i', async (args, code, said) => {
  const { bed, env } = await bedWithKey()
  const heard = await bed.hear(args, { env })
  expect([heard.code, `${heard.out}${heard.err}`]).toEqual([code, expect.stringContaining(said)])
})
