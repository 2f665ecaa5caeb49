import { expect, test } from 'vitest'
import { bench, failureOf } from './gate-support.ts'

test('while everything is stopped nothing leaves, and the error says that nothing was changed', async () => {
  let halted = true
  const { vendor, write, read } = await bench({ halted: () => halted })
  for (const call of [write, read]) expect((await failureOf(call())).message).toMatch(/nothing was changed/)
  expect(vendor.calls).toEqual([])
  halted = false
  expect((await write()).status).toBe(200)
})

test('a repeated try does not leave either', async () => {
  let halted = false
  const { vendor, write } = await bench({
    halted: () => halted,
    handle: () => {
      halted = true
      return { status: 503 }
    },
  })
  await failureOf(write())
  expect(vendor.calls).toHaveLength(1)
})
