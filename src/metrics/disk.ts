/** The store's disk, measured: how long the journal takes to become durable, and what fails. */
import { basename, dirname } from 'node:path'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Disk, OpenFile } from '../store/disk.ts'

export function measuredDisk(disk: Disk, register: Registry): Disk {
  const registers = [register]
  const writes = new Histogram({
    name: 'latchkey_journal_write_seconds',
    help: 'From handing a batch of entries to the disk until they are durable.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    registers,
  })
  const errors = new Counter({
    name: 'latchkey_store_errors_total',
    help: 'Calls to the disk of the data folder that failed.',
    labelNames: ['operation'],
    registers,
  })
  for (const operation of operations) errors.inc({ operation }, 0)

  async function counted<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      errors.inc({ operation })
      throw error
    }
  }

  async function open(path: string, how: () => Promise<OpenFile>): Promise<OpenFile> {
    const file = await counted('open', how)
    const isJournal = basename(dirname(path)) === 'journal'
    let since: number | undefined
    return {
      write(bytes) {
        since ??= performance.now()
        return counted('write', () => file.write(bytes))
      },
      async sync() {
        await counted('sync', () => file.sync())
        if (isJournal && since !== undefined) writes.observe((performance.now() - since) / 1000)
        since = undefined
      },
      close: () => counted('close', () => file.close()),
    }
  }

  return {
    makeFolder: (folder) => counted('makeFolder', () => disk.makeFolder(folder)),
    list: (folder) => counted('list', () => disk.list(folder)),
    read: (file) => counted('read', () => disk.read(file)),
    openAppend: (file) => open(file, () => disk.openAppend(file)),
    openDraft: (file) => open(file, () => disk.openDraft(file)),
    rename: (from, to) => counted('rename', () => disk.rename(from, to)),
    truncate: (file, length) => counted('truncate', () => disk.truncate(file, length)),
    syncFolder: (folder) => counted('syncFolder', () => disk.syncFolder(folder)),
    lock: (file) => counted('lock', () => disk.lock(file)),
  }
}

const operations = [
  'makeFolder',
  'list',
  'read',
  'open',
  'write',
  'sync',
  'close',
  'rename',
  'truncate',
  'syncFolder',
  'lock',
] as const
type Operation = (typeof operations)[number]
