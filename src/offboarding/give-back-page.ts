/** The part of the report page about giving back; a template of Eta, filled with the report as the rest is. */
export const giveBackTemplate = `<% for (const one of it.givenBack ?? []) { %><h2>Given back (<%= one.number %>)</h2>
<p><%= one.by.name %> <small><%= one.by.id %></small> asked for it, <%= one.at %>: <%= one.reason %>. It is <%= one.state.replaceAll('-', ' ') %>:
<%= one.counts.readBack %> of <%= one.counts.all %> given back and read back<% for (const [what, n] of [['ordered, with no way to look', one.counts.acknowledged], ['by hand', one.counts.byHand], ['skipped', one.counts.skipped], ['failed', one.counts.failed], ['not begun', one.counts.left]]) { if (n > 0) { %>, <%= n %> <%= what %><% } } %>.</p>
<table>
<% for (const signed of one.signOffs) { %><tr><th>Signed, <%= signed.role.toUpperCase() %></th><td><%= signed.by.name %> <small><%= signed.by.id %></small>, <%= signed.at %>, list <code><%= one.digest %></code></td></tr>
<% } %><% if (one.calledOff.length) { %><tr><th>Called off</th><td><%= one.calledOff.join(', ') %></td></tr>
<% } %></table>
<table><tr><th>System</th><th>What was taken by</th><th>How it ended</th><th>What the system said</th></tr>
<% for (const step of one.steps) { %><tr><td><%= step.system %><br><small><%= step.account.realm %><br><%= step.account.label %></small></td><td><%= step.title %></td>
<td class="<%= it.classOf(step) %>"><%= it.endingOf(step) %></td>
<td><%= step.fact ?? '' %><ul><% for (const finding of step.findings) { %><li><%= finding.label %>: <%= finding.state === 'open' ? 'there again' : finding.state === 'done' ? 'not seen again' : finding.state %>, <%= finding.fact %></li><% } %></ul></td></tr>
<% } %></table>
<% } %>`
