/**
 * One offboarding in one file: all its events, for a quick start and for people to read. The journal is the truth; a
 * document proves itself against it by its head, which is the end of the chain over its events.
 */
import { dirname, join } from 'node:path'
import type { Adapter } from 'lowdb'
import { z } from 'zod'
import { Event } from '../offboarding/event.ts'
import type { Disk } from './disk.ts'
import { reasonOf, syncFile, syncFolder } from './fuse.ts'
import { draftName } from './layout.ts'
import { canonicalText, genesis, nextOwn } from './line.ts'

export interface Document {
  version: 1
  id: string
  /** The number of the last journal entry in it. */
  lastSeq: number
  head: string
  /** Each event as canonical JSON, as it stands in the journal. */
  events: readonly string[]
}

export interface ReadDocument extends Document {
  /** The head after each event, `genesis` first. */
  owns: readonly string[]
}

export interface DocumentAdapter extends Adapter<Document> {
  /** Null where there is no file; throws where it is no sound document. */
  read: () => Promise<ReadDocument | null>
}

/** As it stands in the file. */
export const documentShape = z.object({
  version: z.literal(1),
  id: z.string(),
  lastSeq: z.int().positive(),
  head: z.string(),
  events: z.array(z.unknown()).min(1),
})

/**
 * lowdb's adapter for one document: a draft, made durable, takes the place of the old file, and then the folder is made
 * durable. lowdb's own file adapter never syncs, and turns into memory under NODE_ENV=test.
 */
export function documentAdapter(disk: Disk, file: string): DocumentAdapter {
  return {
    async read() {
      const bytes = await disk.read(file)
      return bytes ? decodeDocument(bytes) : null
    },
    write: (document) => replaceFile(disk, file, encodeDocument(document)),
  }
}

export async function replaceFile(disk: Disk, file: string, content: string | Buffer): Promise<void> {
  const folder = dirname(file)
  const name = join(folder, draftName)
  const draft = await disk.openDraft(name)
  try {
    await draft.write(Buffer.from(content))
    await syncFile(draft, name)
  } finally {
    await draft.close()
  }
  await disk.rename(name, file)
  await syncFolder(disk, folder)
}

function encodeDocument(document: Document): string {
  const { events, head, id, lastSeq, version } = document
  return `{"version":${version},"id":"${id}","lastSeq":${lastSeq},"head":"${head}","events":[\n${events.join(',\n')}\n]}\n`
}

/** Throws where the file is not a document, or its events do not lead to its head. */
function decodeDocument(bytes: Buffer): ReadDocument {
  const parsed = documentShape.parse(JSON.parse(bytes.toString('utf8')))
  const { events, ...rest } = parsed
  // What was written as canonical JSON mostly comes back so; only keys that look like numbers change places.
  for (const write of [(event: unknown) => JSON.stringify(event), canonicalText]) {
    const texts = events.map(write)
    const owns = ownsOf(rest.id, texts)
    if (owns.at(-1) === rest.head) return { ...rest, events: texts, owns }
  }
  throw new Error('its events do not lead to its head')
}

/** The heads of an offboarding's own chain, `genesis` first. */
export function ownsOf(id: string, texts: readonly string[], from: string = genesis): string[] {
  const owns = [from]
  for (const text of texts) owns.push(nextOwn(owns.at(-1)!, id, text))
  return owns
}

/** Throws, naming the event, where one is none of ours (written by a newer Latchkey, perhaps). */
export function eventsOf(texts: readonly string[]): Event[] {
  return texts.map((text, index) => {
    const read = Event.safeParse(JSON.parse(text))
    if (read.success) return read.data
    throw new Error(`event ${index + 1} is not one this version knows (${reasonOf(z.prettifyError(read.error))})`)
  })
}
