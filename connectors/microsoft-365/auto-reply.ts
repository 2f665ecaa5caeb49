/** Mail that still comes in is answered. */
import type { At, AutomaticStep, Json } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { AutoReply, mailboxOf } from './mailbox.ts'
import { path } from './odata.ts'

export const autoReply: AutomaticStep<Graph> = {
  id: 'auto-reply',
  title: 'Answer mail automatically',
  area: 'applications',
  phase: 'preserve',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const mailbox = await mailboxOf(at)
    if (!mailbox) return []
    const setting = mailbox.automaticRepliesSetting ?? {}
    const finding = { id: 'auto-reply', label: `Automatic reply of ${at.account.label}` }
    const ours = plain(replyOf(at))
    const said = [setting.internalReplyMessage, setting.externalReplyMessage].every(
      (text) => plain(text ?? '') === ours,
    )
    const done = said && setting.status === 'alwaysEnabled' && setting.externalAudience === 'all'
    if (done) return [{ ...finding, state: 'done', fact: 'status=alwaysEnabled, with our text' }]
    const before = AutoReply.parse(setting) as Json
    return [{ ...finding, state: 'open', fact: `status=${setting.status ?? 'disabled'}`, before }]
  },
  async apply(at) {
    const text = replyOf(at)
    const automaticRepliesSetting = {
      status: 'alwaysEnabled',
      externalAudience: 'all',
      internalReplyMessage: text,
      externalReplyMessage: text,
    }
    await at.client.patch(path`/users/${at.account.id}/mailboxSettings`, { automaticRepliesSetting })
  },
  async undo(at, finding) {
    const automaticRepliesSetting = AutoReply.parse(finding.before)
    await at.client.patch(path`/users/${at.account.id}/mailboxSettings`, { automaticRepliesSetting })
  },
}

/** As HTML, which Exchange makes of it anyhow. */
function replyOf({ leaver, choices }: At<Graph>): string {
  const to = choices.handOverTo
  const instead = to ? `Please write to ${to.name} (${to.emails[0]}) instead.` : 'Please write to your usual contact.'
  const text = choices.autoReply ?? `${leaver.name} no longer works here. ${instead}`
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replaceAll('\n', '<br>')
}

/** The words of a reply, without what Exchange wraps around them. The leaver may have written it: it is read once over. */
function plain(html: string): string {
  const text = withoutHead(html).replace(/<[^<>]*>/g, ' ')
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ', amp: '&' }
  const read = text.replace(/&(lt|gt|quot|#39|nbsp|amp);/g, (_all, name: string) => entities[name] ?? '')
  return read.replace(/\s+/g, ' ').trim()
}

function withoutHead(html: string): string {
  const from = html.indexOf('<head>')
  const to = html.indexOf('</head>', from)
  return from === -1 || to === -1 ? html : `${html.slice(0, from)} ${html.slice(to)}`
}
