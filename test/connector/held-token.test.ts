import { expect, test } from 'vitest'
import { renewing } from '../../src/connector.ts'

const far = Number.MAX_SAFE_INTEGER

test('those who ask while a token is on its way get the same one', async () => {
  let fetched = 0
  const held = renewing(async () => ({ token: `t${++fetched}`, until: far }))
  const all = await Promise.all([held(), held(), held()])
  expect([all.map((one) => one.token), fetched]).toEqual([['t1', 't1', 't1'], 1])
})

test('one that has run out is fetched again', async () => {
  let fetched = 0
  const held = renewing(async () => ({ token: `t${++fetched}`, until: fetched === 1 ? 0 : far }))
  expect((await held()).token).toBe('t2')
  expect((await held()).token).toBe('t2')
})

test('a failure is not kept: whoever asks next asks the vendor again', async () => {
  let fetched = 0
  const held = renewing(async () => {
    fetched += 1
    if (fetched === 1) throw new Error('away')
    return { token: 'there again', until: far }
  })
  await expect(held()).rejects.toThrow('away')
  expect((await held()).token).toBe('there again')
})
