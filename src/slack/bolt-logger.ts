/** Bolt's logger on top of ours. Its debug lines hold whole payloads, so they are dropped. */
import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../log.ts'

/** Once it has `ended`, nothing is said: a connection that is cut short on purpose calls that an error. */
export function boltLogger(log: Log, ended: () => boolean = () => false): Logger {
  const said = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => undefined,
    info: (...parts) => ended() || log.debug({ by: 'bolt' }, said(parts)),
    warn: (...parts) => ended() || log.warn({ by: 'bolt' }, said(parts)),
    error: (...parts) => ended() || log.error({ by: 'bolt' }, said(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
