/** Looking for our own messages, by the ids in their metadata, before anything is sent a second time. */
import type { WebClient } from '@slack/web-api'

export const metadataType = 'latchkey_message'

/** Our clock and Slack's may differ by this much. */
const skewMs = 10 * 60_000

export interface Seen {
  ts: string
  keys: readonly string[]
  files: readonly string[]
}

export interface Where {
  channel: string
  threadTs?: string | undefined
  /** When it was first sent, ISO. */
  since: string
}

interface RawMessage {
  ts?: string
  metadata?: { event_type?: string; event_payload?: Record<string, unknown> }
  files?: { name?: string | null }[]
}

export function metadataOf(
  id: string,
  keys: readonly string[],
  more: Record<string, string | number> = {},
): { event_type: string; event_payload: Record<string, string | number> } {
  const [key = ''] = keys
  return {
    event_type: metadataType,
    event_payload: { ...more, id, key, ...(keys.length > 1 ? { keys: JSON.stringify(keys) } : {}) },
  }
}

/** Every message of ours about this offboarding that is there now. */
export async function findPosted(web: WebClient, id: string, where: Where): Promise<Seen[]> {
  const found: Seen[] = []
  for await (const message of pages(web, where)) {
    const payload = message.metadata?.event_type === metadataType ? message.metadata.event_payload : undefined
    const files = (message.files ?? []).flatMap((file) => (file.name ? [file.name] : []))
    const keys = payload?.id === id ? keysIn(payload) : []
    if (message.ts && (keys.length > 0 || files.length > 0)) found.push({ ts: message.ts, keys, files })
  }
  return found
}

/** Slack's payloads hold no lists of texts, so several keys are one text. */
function keysIn({ key, keys }: Record<string, unknown>): string[] {
  const all: unknown = typeof keys === 'string' ? JSON.parse(keys) : [key]
  return Array.isArray(all) ? all.filter((one): one is string => typeof one === 'string') : []
}

async function* pages(web: WebClient, { channel, threadTs, since }: Where): AsyncGenerator<RawMessage> {
  const oldest = String(Math.floor((Date.parse(since) - skewMs) / 1000))
  const wanted = { channel, oldest, limit: 200, include_all_metadata: true }
  let cursor: string | undefined
  do {
    const more = cursor ? { cursor } : {}
    const page = threadTs
      ? await web.conversations.replies({ ...wanted, ...more, ts: threadTs })
      : await web.conversations.history({ ...wanted, ...more })
    yield* (page.messages ?? []) as RawMessage[]
    cursor = page.response_metadata?.next_cursor
  } while (cursor)
}
