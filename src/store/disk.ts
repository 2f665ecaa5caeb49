/**
 * The only way from the store to a disk. One method is one call that a crash can fall before or after, so nothing here
 * keeps, joins or repeats anything; a simulated disk takes its place in crash tests.
 */
import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, truncate } from 'node:fs/promises'

export interface Disk {
  /** Makes the folder and its missing parents, 0700. Answers whether it was missing. */
  makeFolder(folder: string): Promise<boolean>
  /** Names in the folder, sorted; undefined where there is no such folder. */
  list(folder: string): Promise<readonly string[] | undefined>
  /** The whole file; undefined where there is none. */
  read(file: string): Promise<Buffer | undefined>
  /** Every write goes to the end. The file is made, 0600, where it is missing. */
  openAppend(file: string): Promise<OpenFile>
  /** As `openAppend`, but what was in the file before is gone. */
  openDraft(file: string): Promise<OpenFile>
  /** Replaces what is at `to`. On disk for sure only once the folder is synced. */
  rename(from: string, to: string): Promise<void>
  truncate(file: string, length: number): Promise<void>
  /** Makes new, renamed and vanished names in this folder survive a power cut. */
  syncFolder(folder: string): Promise<void>
  /** Undefined while another process holds it. The system itself gives it back when the holder dies. */
  lock(file: string): Promise<Lock | undefined>
}

export interface OpenFile {
  /** All bytes, or an error; after an error some of them may be in the file. */
  write(bytes: Uint8Array): Promise<void>
  /** fdatasync: what was written survives a power cut. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Lock {
  release(): Promise<void>
}

export const realDisk: Disk = {
  async makeFolder(folder) {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    return first !== undefined
  },
  async list(folder) {
    const names = await unlessMissing(readdir(folder))
    return names?.sort()
  },
  read: (file) => unlessMissing(readFile(file)),
  openAppend: (file) => openFile(file, 0),
  openDraft: (file) => openFile(file, constants.O_TRUNC),
  rename,
  truncate,
  async syncFolder(folder) {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  lock: lockFile,
}

async function openFile(file: string, flags: number): Promise<OpenFile> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | flags, 0o600)
  return {
    async write(bytes) {
      let done = 0
      while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * SQLite's exclusive transaction is the one lock in Node that the kernel gives back the moment the holder dies
 * (fcntl). POSIX drops such a lock when *any* descriptor of the file is closed in the holder's process: nothing in this
 * program may open the file otherwise, which is why it is made with `wx` and never touched when it is there.
 */
async function lockFile(file: string): Promise<Lock | undefined> {
  try {
    const made = await open(file, 'wx', 0o600)
    await made.close()
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined
    throw error
  }
  return { release: async () => database.close() }
}

/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5

/** The system's name of an error: ENOSPC, EIO. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
