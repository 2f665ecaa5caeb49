/**
 * A planted bug: that the end is about to be told is said to be in the journal, and is written only once Slack has
 * shown it. A folder is made between the two, for whoever wants to end the process right there.
 */
import { readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { WebClient } from '@slack/web-api'
import { isDone, showPlanted } from './syscalls-planted.ts'

let show: () => void = () => undefined
const shown = new Promise<void>((done) => {
  show = done
})
/** What is held back, in its order; nothing yet when undefined. */
let held: Promise<unknown> | undefined

const { apiCall } = WebClient.prototype
WebClient.prototype.apiCall = async function showing(method, options) {
  const answer = await apiCall.call(this, method, options)
  if (isDone(method, options)) show()
  return answer
}

const handle = await open(new URL(import.meta.url))
const { prototype } = handle.constructor as unknown as { prototype: Pick<FileHandle, 'write'> }
await handle.close()

const write = prototype.write as (this: FileHandle, ...given: unknown[]) => Promise<unknown>
async function late(this: FileHandle, ...given: unknown[]): Promise<unknown> {
  const [bytes] = given
  const file = readlinkSync(`/proc/self/fd/${this.fd}`)
  if (!file.endsWith('.jsonl') || !(bytes instanceof Uint8Array)) return write.apply(this, given)
  const copy = Buffer.from(bytes)
  if (!held && /"key":"done".*"type":"posting"/.test(`${copy}`)) held = shown.then(showPlanted)
  if (!held) return write.apply(this, given)
  held = held.then(() => write.call(this, copy))
  return { bytesWritten: copy.length, buffer: bytes }
}
Object.assign(prototype, { write: late })
