import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realDisk } from '../../src/store/disk.ts'
import { fingerprintOf, openSigningKey, readSigningKey } from '../../src/store/signing-key.ts'
import { type Death, failing, type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'

const file = '/data/keys/signing-key.pem'

async function kept(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  await disk.makeFolder('/data')
  await openSigningKey('/data', disk)
  return disk
}

test('the first start makes a key, and every later one has the same', async () => {
  const disk = await kept()
  const bytes = disk.bytes(file)!
  const first = await readSigningKey('/data', disk)
  const second = await openSigningKey('/data', disk)
  expect(second.made).toBe(false)
  expect(second.fingerprint).toBe(first?.fingerprint)
  expect(disk.bytes(file)).toEqual(bytes)
  expect(second.fingerprint).toBe(fingerprintOf(second.publicKey))
  const key = createPublicKey(second.publicPem)
  expect(verify(null, Buffer.from('words'), key, Buffer.from(second.sign('words'), 'base64'))).toBe(true)
  expect(second.sign('words')).toBe(first?.sign('words'))
})

test('on a real disk the file is for its owner alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-key-'))
  try {
    expect((await openSigningKey(folder, realDisk)).made).toBe(true)
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'keys', 'signing-key.pem')).mode & 0o777).toBe(0o600)
    expect((await openSigningKey(folder, realDisk)).made).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each<Death>(['kill', 'power', 'torn'])(
  'a death by %s at any moment leaves one key or none, never two',
  async (death) => {
    const calls = (await kept()).calls.length
    for (let call = 2; call <= calls + 1; call += 1) {
      for (const after of [false, true]) {
        const disk = memoryDisk()
        await disk.makeFolder('/data')
        await disk.syncFolder('/')
        disk.dieAt = { call: call + 1, after }
        const opened = await Promise.race([openSigningKey('/data', disk), disk.death])
        const left = disk.survivor(death)
        const next = await openSigningKey('/data', left)
        // What could have signed something is what is there ever after, even if the power goes.
        if (opened) expect(next.fingerprint, `${call} ${after}`).toBe(opened.fingerprint)
        const again = await openSigningKey('/data', left.survivor('power'))
        expect(again.fingerprint, `${call} ${after}`).toBe(next.fingerprint)
      }
    }
  },
)

test('a key that the last process made and did not live to make durable is made durable before it signs', async () => {
  const disk = memoryDisk()
  await disk.makeFolder('/data')
  await disk.syncFolder('/')
  disk.fault = (operation, path) =>
    operation === 'syncFolder' && path === '/data/keys' ? { error: failing('EIO') } : undefined
  await expect(openSigningKey('/data', disk)).rejects.toThrow('could not be made durable')
  const left = disk.survivor('kill')
  const { fingerprint, made } = await openSigningKey('/data', left)
  expect(made).toBe(false)
  for (const path of ['/data', '/data/keys']) expect(left.calls).toContainEqual({ operation: 'syncFolder', path })
  expect((await openSigningKey('/data', left.survivor('power'))).fingerprint).toBe(fingerprint)
})

test('any changed bit of it is refused with what to do, and the file is left as it is', async () => {
  const sound = (await kept()).bytes(file)!
  for (let at = 0; at < sound.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const bytes = Buffer.from(sound)
      bytes[at] = bytes[at]! ^ (1 << bit)
      const disk = memoryDisk()
      disk.put(file, bytes)
      await expect(openSigningKey('/data', disk), `byte ${at} bit ${bit}`).rejects.toThrow(
        /cannot be used to sign reports .* IT restores it from a backup\. If there is none, move it out/,
      )
      expect(disk.bytes(file)).toEqual(bytes)
    }
  }
})

test.each([
  ['nothing at all', ''],
  ['half of it', '-----BEGIN PRIVATE KEY-----\nMC4C'],
  ['words', 'the key is in the safe'],
])('a file with %s in it is refused, not replaced', async (_what, content) => {
  const disk = memoryDisk()
  disk.put(file, content)
  await expect(openSigningKey('/data', disk)).rejects.toThrow('cannot be used to sign reports')
  await expect(readSigningKey('/data', disk)).rejects.toThrow('cannot be used to sign reports')
  expect(disk.bytes(file)?.toString()).toBe(content)
})

test('no error about it shows what it holds', async () => {
  const disk = await kept()
  const text = disk.bytes(file)!.toString()
  const secret = text.split('\n')[1]!
  disk.put(file, text.replace('-----BEGIN PUBLIC', '-----BEGIN PUBLIK'))
  const error = await openSigningKey('/data', disk).catch((reason: Error) => reason)
  expect(`${error}${(error as Error).stack}`).not.toContain(secret.slice(10, 40))
})
