/** What the report says about the watch. */
import type { Offboarding } from './offboarding.ts'
import { watchUntil } from './watch.ts'

export interface ReportWatch {
  /** Undefined where nothing is looked at any more. */
  until?: string
  lastLookAt: string
  looks: number
  /** Whatever came back, oldest first; how it ended stands with its step. */
  cameBack: { key: string; at: string; labels: readonly string[] }[]
  /** What could not be looked at the last time: nothing is known of it. */
  unseen: { system: string; fact: string }[]
  ended?: { by: { id: string; name: string }; at: string; reason: string }
}

export function watchReport(one: Offboarding): ReportWatch | undefined {
  if (!one.watch) return undefined
  const { at, looks, cameBack, unseen, ended } = one.watch
  const until = watchUntil(one)
  const { by } = ended ?? {}
  return {
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    lastLookAt: at,
    looks,
    cameBack: cameBack.map(({ key, at: seenAt, labels }) => ({ key, at: seenAt, labels })),
    unseen: unseen.map(({ connectorTitle, fact }) => ({ system: connectorTitle, fact })),
    ...(ended && by ? { ended: { by: { id: by.id, name: by.name }, at: ended.at, reason: ended.reason } } : {}),
  }
}

export const watchTemplate = `<% if (it.watch) { %><h2>Watched afterwards</h2>
<p>Looked <%= it.watch.looks %> times, last <%= it.watch.lastLookAt %><%= it.watch.until ? '; until ' + it.watch.until : '' %>.
<%= it.watch.cameBack.length === 0 ? 'Nothing came back.' : 'This came back; how it ended stands with its step:' %></p>
<% if (it.watch.cameBack.length) { %><ul><% for (const one of it.watch.cameBack) { %><li><%= one.at %>, <%= one.key %>: <%= one.labels.join(', ') %></li><% } %></ul><% } %>
<% for (const one of it.watch.unseen) { %><p>Could not be looked at the last time: <%= one.system %> (<%= one.fact %>)</p><% } %>
<% if (it.watch.ended) { %><p>Ended by <%= it.watch.ended.by.name %> <small><%= it.watch.ended.by.id %></small>, <%= it.watch.ended.at %>: <%= it.watch.ended.reason %></p><% } %>
<% } %>`
