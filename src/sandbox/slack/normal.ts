/** What Slack makes of blocks when it keeps them: ids where none were given, defaults filled in, and a text to fall back on. */
import type { KnownBlock } from '@slack/types'
import { isThing, nested, type Thing } from './limits.ts'
import type { Workspace } from './workspace.ts'

/** A copy with block_ids, action_ids and the defaults that Slack adds to text objects. */
export function finished(state: Workspace, blocks: readonly KnownBlock[]): KnownBlock[] {
  const copy = structuredClone(blocks) as unknown as Thing[]
  for (const block of nested(copy)) {
    block.block_id ??= state.nextId('b')
    complete(state, block)
  }
  return copy as unknown as KnownBlock[]
}

const acting = /button|select|picker|input|checkboxes|radio_buttons|overflow/

function complete(state: Workspace, value: unknown): void {
  if (Array.isArray(value)) {
    for (const one of value) complete(state, one)
    return
  }
  if (!isThing(value)) return
  if (value.type === 'plain_text') value.emoji ??= true
  if (value.type === 'mrkdwn') value.verbatim ??= false
  if (typeof value.type === 'string' && acting.test(value.type)) value.action_id ??= state.nextId('a')
  for (const one of Object.values(value)) complete(state, one)
}

/** The text that Slack makes from blocks where the app gave none. */
export function plainTextOf(blocks: readonly KnownBlock[]): string {
  const found: string[] = []
  collect(blocks, found)
  return found.join(' ')
}

function collect(value: unknown, found: string[]): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, found)
    return
  }
  if (!isThing(value) || value.type === 'button') return
  if (typeof value.text === 'string') found.push(value.text)
  for (const one of Object.values(value)) collect(one, found)
}
