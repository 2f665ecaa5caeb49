/** Data folders that earlier versions wrote, on a disk in memory. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MemoryDisk, memoryDisk } from './disk-memory.ts'
import { folder } from './store-bed.ts'
import type { Told } from './stored.ts'

const fixtures = fileURLToPath(new URL('../store/fixtures/', import.meta.url))

/** Oldest first. */
export const versions = readdirSync(fixtures)
  .filter((name) => statSync(join(fixtures, name)).isDirectory())
  .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))

export function furnishedBy(version: string): MemoryDisk {
  const disk = memoryDisk()
  const root = join(fixtures, version, 'folder')
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name)
    if (statSync(path).isFile()) disk.put(join(folder, name), readFileSync(path))
  }
  return disk
}

export function expectedOf(version: string): Record<string, Told> {
  return JSON.parse(readFileSync(join(fixtures, version, 'expected.json'), 'utf8'))
}

export function shapeOf(version: string): unknown {
  return JSON.parse(readFileSync(join(fixtures, version, 'shape.json'), 'utf8'))
}

/** Everything on the disk, to be compared with later. */
export function contentOf(disk: MemoryDisk): Record<string, string> {
  return Object.fromEntries(disk.names().map((name) => [name, disk.bytes(name)?.toString('base64') ?? '']))
}
