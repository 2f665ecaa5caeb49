/**
 * A disk in memory that forgets like a real one. Bytes survive a power cut once their file was synced, names once their
 * folder was; a rename between two folders is two names. It can fail on order, and die at any call.
 */
import { dirname } from 'node:path'
import type { Disk, OpenFile } from '../../src/store/disk.ts'

export type Operation =
  | 'makeFolder'
  | 'list'
  | 'read'
  | 'open'
  | 'write'
  | 'sync'
  | 'close'
  | 'rename'
  | 'truncate'
  | 'syncFolder'
  | 'lock'

/**
 * `kill`: the process dies, the system lives. `power`: unsynced bytes are gone. `torn`: a part of them is there, half
 * where nothing is said about chance.
 */
export type Death = 'kill' | 'power' | 'torn'

interface Inode {
  bytes: Buffer
  synced: Buffer
}

export interface MemoryDisk extends Disk {
  /** Every call so far. */
  readonly calls: readonly { operation: Operation; path: string }[]
  /** Runs before each call takes effect; an error it throws is the call's. `partly`: so many bytes of a write land first. */
  fault?: (operation: Operation, path: string) => { error: Error; partly?: number } | undefined
  /** From this call on (counted from 1) nothing answers any more; with `after`, this one still takes effect. */
  dieAt?: { call: number; after: boolean }
  /**
   * Hears of each call right before its effect, and after it before its answer; what fails has no effect to hear of.
   * Answering true, the process is dead: nothing answers any more.
   */
  watch?: (operation: Operation, path: string, moment: 'before' | 'after') => boolean
  /** Resolves when it has died. */
  readonly death: Promise<void>
  /** How it stands at this moment, to be looked into later; costs next to nothing. */
  freeze(): FrozenDisk
  /** What would be left of a file after a power cut. */
  durable(path: string): Buffer | undefined
  /** What the next process finds. */
  survivor(death: Death): MemoryDisk
  bytes(path: string): Buffer | undefined
  /** Puts bytes there from outside, durably. */
  put(path: string, bytes: Buffer | string): void
  remove(path: string): void
  names(): string[]
}

export interface FrozenDisk {
  /** `chance`: at least 0 and below 1, for `torn`. */
  survivor(death: Death, chance?: () => number): SurvivingDisk
}

export interface SurvivingDisk {
  /** Each file by name and content; the same content is the very same buffer. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Folders beside those of the files. */
  readonly folders: ReadonlySet<string>
  /** What the next process finds; a new disk each time. */
  open(): MemoryDisk
}

export function failing(code: string): Error {
  return Object.assign(new Error(`${code}: the disk of this test`), { code })
}

interface World {
  files: Map<string, Inode>
  durableFiles: Map<string, Inode>
  folders: Set<string>
  durableFolders: Set<string>
}

export function memoryDisk(world: World = emptyWorld()): MemoryDisk {
  const calls: { operation: Operation; path: string }[] = []
  let locked = false
  let die = () => undefined as void
  const death = new Promise<void>((resolve) => {
    die = resolve
  })

  async function call<T>(operation: Operation, path: string, effect: () => T, partial?: (bytes: number) => void) {
    await Promise.resolve()
    calls.push({ operation, path })
    const { dieAt } = disk
    if (dieAt && calls.length >= dieAt.call) {
      if (dieAt.after && calls.length === dieAt.call) effect()
      die()
      return new Promise<T>(() => undefined)
    }
    if (disk.watch?.(operation, path, 'before')) return new Promise<T>(() => undefined)
    const fault = disk.fault?.(operation, path)
    if (fault) {
      partial?.(fault.partly ?? 0)
      throw fault.error
    }
    const answer = effect()
    return disk.watch?.(operation, path, 'after') ? new Promise<T>(() => undefined) : answer
  }

  function opened(path: string, fresh: boolean): OpenFile {
    requireFolder(dirname(path))
    const inode = world.files.get(path) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) }
    if (fresh) inode.bytes = Buffer.alloc(0)
    world.files.set(path, inode)
    // A handle follows its file when that gets another name.
    const name = () => [...world.files].find(([, one]) => one === inode)?.[0] ?? path
    const append = (bytes: Uint8Array) => {
      inode.bytes = Buffer.concat([inode.bytes, bytes])
    }
    return {
      write: (bytes) =>
        call(
          'write',
          name(),
          () => append(bytes),
          (count) => append(bytes.subarray(0, count)),
        ),
      sync: () =>
        call('sync', name(), () => {
          inode.synced = inode.bytes
        }),
      close: () => call('close', name(), () => undefined),
    }
  }

  function requireFolder(path: string): void {
    if (!world.folders.has(path)) throw failing('ENOENT')
  }

  const disk: MemoryDisk = {
    calls,
    death,
    makeFolder: (folder) => call('makeFolder', folder, () => makeFolder(world, folder)),
    list: (folder) => call('list', folder, () => (world.folders.has(folder) ? namesIn(world, folder) : undefined)),
    read: (file) => call('read', file, () => world.files.get(file)?.bytes),
    openAppend: (file) => call('open', file, () => opened(file, false)),
    openDraft: (file) => call('open', file, () => opened(file, true)),
    rename: (from, to) =>
      call('rename', to, () => {
        const inode = world.files.get(from)
        requireFolder(dirname(to))
        if (!inode) throw failing('ENOENT')
        world.files.delete(from)
        world.files.set(to, inode)
      }),
    truncate: (file, length) =>
      call('truncate', file, () => {
        const inode = world.files.get(file)
        if (!inode) throw failing('ENOENT')
        inode.bytes = inode.bytes.subarray(0, length)
      }),
    syncFolder: (folder) => call('syncFolder', folder, () => syncNames(world, folder)),
    lock: (file) =>
      call('lock', file, () => {
        if (locked) return undefined
        locked = true
        return {
          release: async () => {
            locked = false
          },
        }
      }),
    survivor: (kind) => memoryDisk(kind === 'kill' ? copyOf(world) : afterPowerCut(world, kind)),
    freeze: () => frozen(snapshotOf(world)),
    durable: (path) => world.durableFiles.get(path)?.synced,
    bytes: (path) => world.files.get(path)?.bytes,
    put(path, bytes) {
      const content = Buffer.from(bytes)
      makeFolder(world, dirname(path))
      const inode = { bytes: content, synced: content }
      world.files.set(path, inode)
      world.durableFiles.set(path, inode)
    },
    remove(path) {
      world.files.delete(path)
      world.durableFiles.delete(path)
    },
    names: () => [...world.files.keys()].sort(),
  }
  return disk
}

function emptyWorld(): World {
  return {
    files: new Map(),
    durableFiles: new Map(),
    folders: new Set(['/', '.']),
    durableFolders: new Set(['/', '.']),
  }
}

function makeFolder(world: World, folder: string): boolean {
  if (world.folders.has(folder)) return false
  makeFolder(world, dirname(folder))
  world.folders.add(folder)
  return true
}

function namesIn(world: World, folder: string): string[] {
  const paths = [...world.files.keys(), ...world.folders].filter((path) => path !== folder && dirname(path) === folder)
  return paths.map((path) => path.slice(folder === '/' ? 1 : folder.length + 1)).sort()
}

function syncNames(world: World, folder: string): void {
  if (!world.folders.has(folder)) throw failing('ENOENT')
  for (const path of world.durableFiles.keys()) {
    if (dirname(path) === folder && !world.files.has(path)) world.durableFiles.delete(path)
  }
  for (const [path, inode] of world.files) if (dirname(path) === folder) world.durableFiles.set(path, inode)
  for (const path of world.folders) if (dirname(path) === folder) world.durableFolders.add(path)
}

function copyOf({ files, folders }: World): World {
  const copies = new Map([...files].map(([path, { bytes }]) => [path, { bytes, synced: bytes }]))
  return { files: copies, durableFiles: new Map(copies), folders: new Set(folders), durableFolders: new Set(folders) }
}

/** The same inodes in both views, as they are now: a handle of the living disk changes nothing in it. */
function snapshotOf({ files, durableFiles, folders, durableFolders }: World): World {
  const copies = new Map<Inode, Inode>()
  const copied = (inode: Inode) => {
    const copy = copies.get(inode) ?? { ...inode }
    copies.set(inode, copy)
    return copy
  }
  const copyAll = (from: Map<string, Inode>) => new Map([...from].map(([path, inode]) => [path, copied(inode)]))
  return {
    files: copyAll(files),
    durableFiles: copyAll(durableFiles),
    folders: new Set(folders),
    durableFolders: new Set(durableFolders),
  }
}

function frozen(world: World): FrozenDisk {
  return {
    survivor(death, chance) {
      const left =
        death === 'kill' ? copyOf(world) : afterPowerCut(chance ? flushed(world, chance) : world, death, chance)
      return {
        files: new Map([...left.files].map(([path, { bytes }]) => [path, bytes])),
        folders: left.folders,
        open: () => memoryDisk(copyOf(left)),
      }
    },
  }
}

/** A system writes names back when it likes: for each folder, chance says whether it has. */
function flushed(world: World, chance: () => number): World {
  const copy = snapshotOf(world)
  for (const folder of [...copy.folders].sort()) if (chance() < 0.5) syncNames(copy, folder)
  return copy
}

function afterPowerCut({ durableFiles, durableFolders }: World, kind: Death, chance?: () => number): World {
  const stays = (path: string): boolean =>
    path === '/' || path === '.' || (durableFolders.has(path) && stays(dirname(path)))
  const files = new Map<string, Inode>()
  for (const [path, { bytes, synced }] of durableFiles) {
    if (!stays(dirname(path))) continue
    const left = kind === 'torn' ? torn(bytes, synced, chance) : synced
    files.set(path, { bytes: left, synced: left })
  }
  const folders = new Set([...durableFolders].filter(stays))
  return { files, durableFiles: new Map(files), folders, durableFolders: new Set(folders) }
}

/** A part of what was not synced is there; of a file that was cut shorter, the cut has reached the disk or not. */
function torn(bytes: Buffer, synced: Buffer, chance: () => number = () => 0.5): Buffer {
  if (bytes === synced) return synced
  const isShorter = bytes.length < synced.length && synced.subarray(0, bytes.length).equals(bytes)
  if (isShorter && bytes.length > 0) return chance() < 0.5 ? synced : bytes
  const isLonger = bytes.subarray(0, synced.length).equals(synced)
  const from = isLonger ? synced.length : 0
  const left = bytes.subarray(0, Math.ceil(from + (bytes.length - from) * chance()))
  return isLonger && left.length === synced.length ? synced : left
}
