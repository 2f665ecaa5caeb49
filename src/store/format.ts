/**
 * Which data folders this version opens. The first line of each segment of the journal says the format that it was begun
 * with (docs/decisions/0006-stored-versions.md); whatever else changes, that line keeps its shape and its hash.
 */
import { z } from 'zod'
import type { Disk } from './disk.ts'
import { documentId, draftName, isMonth, knownNames, type Layout, segmentNumber } from './layout.ts'

/** Raised when an older version could not read, or would misread, what this one writes. Absent in a line: 1. */
export const storedFormat = 1

/** Not a data folder of this version's; nothing in it was touched. */
export class StrangeFolder extends Error {
  override name = 'StrangeFolder'
}

const Format = z.looseObject({ format: z.int().positive() })

/** `begin`: what the first line of a segment says, in a line whose hash fits. */
export function refuseNewer(begin: unknown): void {
  const format = Format.safeParse(begin).data?.format ?? storedFormat
  if (format <= storedFormat) return
  throw new StrangeFolder(
    `The data folder was written by a newer Latchkey (its format is ${format}, this version knows ${storedFormat}). Nothing was changed. IT starts that newer version again, or restores the backup from before the upgrade.`,
  )
}

interface Place {
  disk: Disk
  layout: Layout
  /** Names at the top that other parts of Latchkey keep there. */
  alsoThere: readonly string[]
}

/** A folder that somebody else uses is left alone; one of ours may hold a stray file. */
export async function refuseForeign(place: Place): Promise<void> {
  const strange = await strangeNames(place)
  if (strange.length === 0 || (await isOurs(place))) return
  const some = strange.slice(0, 5).join(', ')
  const more = strange.length > 5 ? ` and ${strange.length - 5} more` : ''
  throw new StrangeFolder(
    `The folder ${place.layout.folder} is not Latchkey's: it holds ${some}${more}, and no record. Nothing was changed. Give Latchkey a folder of its own (LATCHKEY_DATA).`,
  )
}

/** A file system of its own has this at its top. */
const ofTheSystem = 'lost+found'

/** Names that Latchkey does not know, as people find them below the data folder. */
export async function strangeNames({ disk, layout, alsoThere }: Place): Promise<string[]> {
  const strange: string[] = []
  for (const name of (await disk.list(layout.folder)) ?? [])
    if (!knownNames.has(name) && !alsoThere.includes(name) && name !== ofTheSystem) strange.push(name)
  for (const name of (await disk.list(layout.journal)) ?? []) {
    if (segmentNumber(name) === undefined && name !== draftName) strange.push(`journal/${name}`)
  }
  for (const name of (await disk.list(layout.open)) ?? []) {
    if (!documentId(name) && name !== draftName) strange.push(`open/${name}`)
  }
  return strange
}

async function isOurs({ disk, layout }: Place): Promise<boolean> {
  const names = async (folder: string) => (await disk.list(folder)) ?? []
  return (
    (await names(layout.journal)).some((name) => segmentNumber(name) !== undefined) ||
    (await names(layout.open)).some((name) => documentId(name) !== undefined) ||
    (await names(layout.closed)).some(isMonth) ||
    (await names(layout.folder)).includes('closed.idx.jsonl')
  )
}
