/** The report as files in a thread. Slack shares a file some time after it took it, and sometimes never: so we look. */
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Offboarding } from '../offboarding/offboarding.ts'
import { findPosted, type Where } from './find-posted.ts'
import type { ReportFile } from './options.ts'

/** How long Slack is given until the files stand in the thread (bolt-js issue 2115). */
const looksMs = [500, 1000, 2000, 4000, 8000] as const

export function fileName(one: Offboarding, file: ReportFile): string {
  return file.name.includes(one.id) ? file.name : `${one.id}-${file.name}`
}

export function isOurFile(one: Offboarding, name: string): boolean {
  return name.includes(one.id)
}

export interface UploadPorts {
  web: WebClient
  clock: Clock
  signal: AbortSignal
}

/** Slack said yes and never showed them: uploading once more would not help (paradigmxyz/centaur issue 311). */
export class NotShown extends Error {
  override readonly name = 'NotShown'
}

/** Answers with the ts of the message that holds them; throws NotShown, or what the client throws. */
export async function uploadReport(
  { web, clock, signal }: UploadPorts,
  one: Offboarding,
  files: readonly ReportFile[],
  where: Where,
): Promise<string> {
  const uploads = files.map((file) => ({
    file: Buffer.from(file.content),
    filename: fileName(one, file),
    title: file.name,
  }))
  const [first, ...rest] = uploads
  if (!first) throw new Error('the report has no file')
  const threadTs = where.threadTs
  await web.filesUploadV2({
    channel_id: where.channel,
    ...(threadTs ? { thread_ts: threadTs } : {}),
    initial_comment: `The report of offboarding ${one.id}.`,
    file_uploads: [first, ...rest],
  } as Parameters<WebClient['filesUploadV2']>[0])
  for (const ms of looksMs) {
    const seen = await looked(web, one.id, where)
    const hit = seen.find((message) => uploads.every((upload) => message.files.includes(upload.filename)))
    if (hit) return hit.ts
    await clock.sleep(ms, signal)
  }
  throw new NotShown('Slack took the files, but does not show them')
}

/** Slack has the files by now: that it would not answer this question must not look as if it had refused them. */
async function looked(web: WebClient, id: string, where: Where): ReturnType<typeof findPosted> {
  try {
    return await findPosted(web, id, where)
  } catch (error) {
    throw new Error('Slack took the files, and could not be asked whether it shows them', { cause: error })
  }
}
