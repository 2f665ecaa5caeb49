/** Slack delivers some things twice, also slash commands and over both transports: what was heard is not heard again. */
import { createHash } from 'node:crypto'
import { fieldsIn } from './said.ts'

export interface Seen {
  /** True the first time, false for every repetition. */
  first(key: string): boolean
}

/** Remembers the last `most` keys. */
export function seen(most = 5000): Seen {
  const keys = new Set<string>()
  return {
    first(key) {
      if (keys.has(key)) return false
      keys.add(key)
      if (keys.size > most) for (const oldest of [...keys].slice(0, keys.size - most)) keys.delete(oldest)
      return true
    },
  }
}

type Body = Record<string, unknown>

/** What makes a payload unique; undefined where Slack gives nothing to tell by. */
export function keyOf(body: Body): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { type, trigger_id: trigger, event_id: event } = body
  const user = part(body.user, 'id')
  if (typeof event === 'string') return `event ${event}`
  if (type === 'view_submission')
    return `form ${part(body.view, 'id')} ${part(body.view, 'hash')} ${stateOf(body.view)}`
  if (type === 'block_actions') {
    const [action] = Array.isArray(body.actions) ? body.actions : []
    const at = part(body.container, 'message_ts') ?? part(body.container, 'view_id')
    return `click ${at} ${part(action, 'action_id')} ${user} ${part(action, 'action_ts')}`
  }
  return typeof trigger === 'string' ? `trigger ${trigger}` : undefined
}

/** A form that came back with errors is sent again under the same hash, filled in differently. */
function stateOf(view: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(fieldsIn(view)) ?? '')
    .digest('base64')
}

function part(of: unknown, name: string): string | undefined {
  const value = typeof of === 'object' && of !== null ? (of as Body)[name] : undefined
  return typeof value === 'string' ? value : undefined
}
