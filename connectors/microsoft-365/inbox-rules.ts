/** Inbox rules that send mail away: the leak that outlives a blocked sign-in. */
import { z } from 'zod'
import type { At, AutomaticStep, Finding, Json } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { Rule } from './inbox-rule.ts'
import { mailboxOf, shell } from './mailbox.ts'
import { ask, path } from './odata.ts'

const Organization = z.object({ verifiedDomains: z.array(z.object({ name: z.string().nullish() })).nullish() })

export const inboxRules: AutomaticStep<Graph> = {
  id: 'inbox-rules',
  title: 'Remove inbox rules that send mail away',
  area: 'applications',
  phase: 'preserve',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    if (!(await mailboxOf(at))) return []
    const rules = await at.client.list(path`/users/${at.account.id}/mailFolders/inbox/messageRules`, Rule)
    const leaking = rules.filter((rule) => targetsOf(rule).length > 0)
    if (leaking.length === 0) return []
    const where = ask('/organization', { $select: 'verifiedDomains' })
    const tenants = await at.once('domains', () => at.client.list(where, Organization))
    const domains = tenants.flatMap((one) => one.verifiedDomains ?? []).map((one) => one.name?.toLowerCase())
    return leaking.map((rule) => ruleFinding(at, rule, domains))
  },
  async apply(at, finding) {
    await at.client.remove(path`/users/${at.account.id}/mailFolders/inbox/messageRules/${finding.id}`)
  },
  async undo(at, finding) {
    await at.client.post(path`/users/${at.account.id}/mailFolders/inbox/messageRules`, finding.before)
  },
}

function targetsOf({ actions }: Rule): string[] {
  const all = [actions?.forwardTo, actions?.forwardAsAttachmentTo, actions?.redirectTo]
  return all.flatMap((list) => list ?? []).map((one) => one.emailAddress?.address ?? 'an unnamed recipient')
}

function ruleFinding(at: At<Graph>, rule: Rule, domains: readonly (string | undefined)[]): Finding {
  const label = rule.displayName ?? 'Inbox rule'
  const inside = (address: string) => domains.includes(address.split('@').at(-1)?.toLowerCase())
  const targets = targetsOf(rule).map((address) => (inside(address) ? address : `${address} (outside)`))
  const fact = `sends mail to ${targets.join(', ')}${rule.isEnabled === false ? ', switched off' : ''}`
  if (rule.isReadOnly) {
    const command = `Remove-InboxRule -Mailbox ${shell(at.account.label)} -Identity ${shell(label)}`
    return { id: rule.id, label, state: 'blocked', fact: `${fact}; read-only: IT runs ${command}` }
  }
  const { id, isReadOnly: _isReadOnly, ...before } = rule
  return { id, label, state: 'open', fact, before: JSON.parse(JSON.stringify(before)) as Json }
}
