/** A planted bug: what the journal is said to have is written a while later, after what should have waited for it. */
import { readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const lateMs = 400

const handle = await open(new URL(import.meta.url))
const { prototype } = handle.constructor as unknown as { prototype: Pick<FileHandle, 'write'> }
await handle.close()

const write = prototype.write as (this: FileHandle, ...given: unknown[]) => Promise<unknown>
async function late(this: FileHandle, ...given: unknown[]): Promise<unknown> {
  const [bytes] = given
  const isJournal = readlinkSync(`/proc/self/fd/${this.fd}`).endsWith('.jsonl')
  if (!isJournal || !(bytes instanceof Uint8Array)) return write.apply(this, given)
  const copy = Buffer.from(bytes)
  setTimeout(() => void write.call(this, copy), lateMs)
  return { bytesWritten: copy.length, buffer: bytes }
}
Object.assign(prototype, { write: late })
