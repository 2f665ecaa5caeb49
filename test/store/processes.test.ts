import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { realDisk } from '../../src/store/disk.ts'
import { ownFolder } from '../support/own-folder.ts'
import { openStore, toldBy } from '../support/store-bed.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Resolves when the child has said `lines` lines. */
async function start(
  task: 'hold' | 'append',
  folder: string,
  lines: number,
): Promise<{ child: ChildProcess; said: string[] }> {
  const script = join(import.meta.dirname, '../support/store-child.ts')
  const child = spawn(process.execPath, [script, task, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const said: string[] = []
  let complaint = ''
  child.stderr!.on('data', (chunk) => {
    complaint += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code, signal) => reject(new Error(`the child ended (${code ?? signal}): ${complaint}`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(line)
      if (said.length === lines) resolve()
    })
  })
  return { child, said }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}

function freshFolder(): string {
  return join(ownFolder(), 'data')
}

test('a second process is refused while the first lives, and takes over the moment it was killed', async () => {
  const folder = freshFolder()
  const { child } = await start('hold', folder, 1)
  await expect(openStore({ folder, disk: realDisk })).rejects.toThrow(
    `The data folder ${folder} is in use by another Latchkey process`,
  )
  // The refused attempt must not have loosened the lock.
  await expect(openStore({ folder, disk: realDisk })).rejects.toThrow('Stop that one first')
  await kill(child)
  const store = await openStore({ folder, disk: realDisk })
  await expect(openStore({ folder, disk: realDisk })).rejects.toThrow('is in use by another')
  await expect(start('hold', folder, 1)).rejects.toThrow('is in use by another Latchkey process')
  await store.stop()
  await (await openStore({ folder, disk: realDisk })).stop()
}, 30_000)

test('whatever was acknowledged before a SIGKILL is there afterwards, time and again', async () => {
  const folder = freshFolder()
  for (let round = 1; round <= 4; round += 1) {
    const { child, said } = await start('append', folder, 40 * round)
    await kill(child)
    const store = await openStore({ folder, disk: realDisk })
    expect(store.problems().filter((problem) => problem.offboarding)).toEqual([])
    for (const id of ['off-1', 'off-2', 'off-3']) {
      const told = toldBy(await store.history(id))
      const acknowledged = said.filter((line) => line.startsWith(id)).length
      const last = said.findLast((line) => line.startsWith(`${id} `))?.split(' ')[1]
      expect(acknowledged, id).toBeGreaterThan(0)
      expect(told, `${id} in round ${round}`).toEqual(told.map((_one, index) => String(index)))
      expect(told.length, `${id} in round ${round}`).toBeGreaterThan(Number(last))
    }
    const verified = await store.verify()
    expect(verified.bad).toBeUndefined()
    await store.stop()
  }
}, 60_000)
