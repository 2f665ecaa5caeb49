/** Bolt's logger on top of ours. Its debug lines hold whole payloads, so they are dropped. */
import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../log.ts'

export function boltLogger(log: Log): Logger {
  const said = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => undefined,
    info: (...parts) => log.debug({ by: 'bolt' }, said(parts)),
    warn: (...parts) => log.warn({ by: 'bolt' }, said(parts)),
    error: (...parts) => log.error({ by: 'bolt' }, said(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
