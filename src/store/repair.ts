/** Start-up: carries out what `recover` decided. Nothing is deleted: what is in the way goes to set-aside/. */
import { basename, dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { replaceFile } from './document.ts'
import { syncFile, syncFolder } from './fuse.ts'
import type { Layout } from './layout.ts'
import type { Recovered } from './recover.ts'
import type { Segment } from './segment.ts'

/** Answers the size of the newest segment afterwards. */
export async function repair(disk: Disk, layout: Layout, recovered: Recovered): Promise<number> {
  for (const file of recovered.setAside) await putAside(disk, layout, join(layout.folder, file))
  const { newest, begin } = recovered
  if (!newest || begin) return 0
  if (newest.torn) await cutTorn(disk, layout, newest, newest.torn)
  if (newest.unterminated) return finishLine(disk, layout, newest)
  return newest.size
}

export async function putAside(disk: Disk, layout: Layout, file: string): Promise<void> {
  const target = await freeName(disk, layout, basename(file))
  await disk.rename(file, target)
  await syncFolder(disk, layout.setAside)
  await syncFolder(disk, dirname(file))
}

async function cutTorn(
  disk: Disk,
  layout: Layout,
  segment: Segment,
  torn: { offset: number; bytes: Buffer },
): Promise<void> {
  const file = layout.segment(segment.number)
  await replaceFile(disk, await freeName(disk, layout, `${basename(file)}.torn`), torn.bytes)
  await disk.truncate(file, torn.offset)
  await withFile(disk, file, (open) => syncFile(open, file))
}

/** Only the line feed of the last line is missing. */
async function finishLine(disk: Disk, layout: Layout, segment: Segment): Promise<number> {
  const file = layout.segment(segment.number)
  await withFile(disk, file, async (open) => {
    await open.write(Buffer.from('\n'))
    await syncFile(open, file)
  })
  return segment.size + 1
}

async function withFile(
  disk: Disk,
  file: string,
  work: (open: Awaited<ReturnType<Disk['openAppend']>>) => Promise<void>,
): Promise<void> {
  const open = await disk.openAppend(file)
  try {
    await work(open)
  } finally {
    await open.close()
  }
}

async function freeName(disk: Disk, layout: Layout, name: string): Promise<string> {
  if (await disk.makeFolder(layout.setAside)) await syncFolder(disk, layout.folder)
  const taken = new Set(await disk.list(layout.setAside))
  let free = name
  for (let count = 2; taken.has(free); count += 1) free = `${name}.${count}`
  return join(layout.setAside, free)
}
