/** The report as one self-contained HTML file: no script, nothing loaded, everything escaped. */
import { Eta } from 'eta'
import { giveBackTemplate } from './give-back-page.ts'
import type { Report, SignedReport } from './report.ts'
import { withoutUnseen } from './unseen.ts'
import { watchTemplate } from './watch-report.ts'

const template = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Offboarding of <%= it.leaver.name %> (<%= it.offboarding %>)</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;color:#1c1e21;max-width:68rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;text-transform:capitalize}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d9dce1}
th{font-weight:600}.verified{color:#0a6b3d;font-weight:600}.failed,.unknown{color:#b00020;font-weight:600}
.other{font-weight:600}small{color:#4a5058}ul{margin:.2rem 0 0;padding-left:1.1rem}code{font-size:.85em;overflow-wrap:anywhere}
</style></head><body>
<h1>Offboarding of <%= it.leaver.name %></h1>
<p><%= it.summary %></p>
<table>
<tr><th>Offboarding</th><td><code><%= it.offboarding %></code>, <%= it.state %></td></tr>
<tr><th>Leaver</th><td><%= it.leaver.emails.join(', ') %> <small><%= it.leaver.id %></small></td></tr>
<tr><th>Asked by</th><td><%= it.requester.name %> <small><%= it.requester.id %></small>, <%= it.times.requestedAt %></td></tr>
<% for (const one of it.signOffs) { %><tr><th>Signed, <%= one.role.toUpperCase() %></th><td><%= one.by.name %> <small><%= one.by.id %></small>, <%= one.at %>, plan <code><%= one.plan %></code></td></tr>
<% } %><tr><th>Effective</th><td><%= it.times.effectiveAt ?? 'not yet' %><%= it.times.late ? ' (signed after its time: late)' : '' %></td></tr>
<tr><th>Contained</th><td><%= it.contained %></td></tr>
<tr><th>Done</th><td><%= it.times.doneAt ?? 'not yet' %></td></tr>
</table>
<% for (const { area, steps } of it.areas) { %><h2><%= area %></h2>
<table><tr><th>System</th><th>Step</th><th>How it ended</th><th>What the system said</th></tr>
<% for (const step of steps) { %><tr><td><%= step.system %><br><small><%= step.account.realm %><br><%= step.account.label %></small></td><td><%= step.title %></td>
<td class="<%= it.classOf(step) %>"><%= it.endingOf(step) %></td>
<td><%= step.fact ?? '' %><% if (step.findings.length) { %><ul><% for (const one of step.findings) { %><li><%= one.label %>: <%= one.state %>, <%= one.fact %><%= one.foundAfterSignOff ? ' (found after sign-off)' : '' %></li><% } %></ul><% } %></td></tr>
<% } %></table>
<% } %>${giveBackTemplate}${watchTemplate}<h2>What people did</h2>
<table><% for (const one of it.people) { %><tr><td><%= one.at %></td><td><%= one.who %></td><td><%= one.what %></td></tr><% } %></table>
<p><small>Verified: the system was asked again afterwards and said so. Acknowledged: the system took the order and offers no way to look. Attested: a named person says so.
Times are UTC. This file is one view of <%= it.events %> recorded events.</small></p>
<% if (it.signature) { %><h2>Signature</h2>
<table>
<tr><th>Signed file</th><td><code><%= it.offboarding %>.json</code>, with everything above and all events</td></tr>
<tr><th>Signature</th><td><code><%= it.signature %></code> <small>Ed25519</small></td></tr>
<tr><th>Public key</th><td><code><%= it.key.publicKey %></code></td></tr>
<tr><th>Its fingerprint</th><td><code><%= it.key.fingerprint %></code> <small>SHA-256</small></td></tr>
<tr><th>Own chain</th><td><code><%= it.record.head %></code> <small>after entry <%= it.record.seq %></small></td></tr>
<tr><th>Anchor</th><td><code><%= it.anchor.seq %>:<%= it.anchor.hash %></code></td></tr>
</table>
<p><small>A key proves nothing by standing here: compare its fingerprint with the one in the card's thread in Slack, or with what <code>latchkey doctor</code> says.
Check this file or the signed one with <code>node verify-report.mjs FILE FINGERPRINT</code> (no part of Latchkey is needed; docs/audit.md says how to write your own),
and both against the record with <code>latchkey audit verify <%= it.offboarding %>.json</code>. The last line of this file is a signature of all lines before it.</small></p>
<% } %></body></html>
`

/** Without what only a signed one has, where it is not signed. */
export function reportPage(report: Report | SignedReport): string {
  const eta = new Eta({ autoEscape: true, autoFilter: true, filterFunction: withoutUnseenIn, cache: false })
  const { counts } = report
  const verified = `${counts.verified} of ${counts.steps - counts.later} steps verified`
  const others = (
    ['acknowledged', 'attested', 'skipped', 'nothing-found', 'failed', 'unknown', 'waiting', 'later'] as const
  )
    .filter((one) => counts[one] > 0)
    .map((one) => `${counts[one]} ${one === 'later' ? 'put off to a later date' : one.replace('-', ' ')}`)
  return eta.renderString(template, {
    ...report,
    summary: `${[verified, ...others].join(', ')}.`,
    contained: contained(report),
    endingOf: (step: { ending?: string; state: string; dueAt?: string; by?: { name: string } }) =>
      `${step.ending ?? (step.dueAt ? `${step.state}, ${step.dueAt}` : step.state)}${step.by ? ` (${step.by.name})` : ''}`,
    classOf: (step: { ending?: string }) =>
      ['verified', 'failed', 'unknown'].includes(step.ending ?? '') ? step.ending : 'other',
  })
}

/** What is shown of somebody else's words reads in the direction in which it is checked. */
function withoutUnseenIn(value: unknown): string {
  return withoutUnseen(String(value))
}

function contained(report: Report): string {
  if (report.containedMs === undefined) return 'not yet: a step of the first phase has not ended well'
  const verdict = report.withinLimit ? 'within' : 'over'
  return `${report.times.containedAt}, after ${seconds(report.containedMs)}, ${verdict} the limit of ${seconds(report.containWithinMs)}`
}

function seconds(ms: number): string {
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}
