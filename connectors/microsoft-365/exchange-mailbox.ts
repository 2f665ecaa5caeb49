/** What only Exchange itself can do about a mailbox, and says afterwards: in place of the tasks of the same names. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, type Json, Rejected } from '../../src/connector.ts'
import { syncedFact } from './contain.ts'
import { type Exchange, needed, type Parameters } from './exchange.ts'
import type { Graph } from './graph.ts'

type Step = AutomaticStep<Graph>

const text = z.string().nullish()
const flag = z.boolean().nullish()
const Mailbox = z.object({
  ExternalDirectoryObjectId: z.string(),
  RecipientTypeDetails: z.string(),
  ForwardingAddress: text,
  ForwardingSmtpAddress: text,
  DeliverToMailboxAndForward: flag,
  HiddenFromAddressListsEnabled: flag,
  IsDirSynced: flag,
  LitigationHoldEnabled: flag,
  ArchiveStatus: text,
})
type Mailbox = z.infer<typeof Mailbox>

function exchangeOf({ client }: At<Graph>): Exchange {
  return needed(client.exchange)
}

/** Undefined where there is no mailbox. Exchange takes many kinds of names for one, so whose it is is looked at. */
async function mailboxNow(at: At<Graph>): Promise<Mailbox | undefined> {
  const found = await exchangeOf(at).get('Get-Mailbox', { Identity: at.account.id }, Mailbox)
  if (!found || found.length === 0) return undefined
  const [mailbox, ...more] = found
  if (more.length > 0 || mailbox?.ExternalDirectoryObjectId !== at.account.id)
    throw new Rejected(`Exchange does not answer with the one mailbox of ${at.account.label}, so nothing is done.`)
  return mailbox
}

function mailboxOnce(at: At<Graph>): Promise<Mailbox | undefined> {
  return at.once('exchange mailbox', () => mailboxNow(at))
}

/** Looked at afresh, so that it is theirs and there. */
async function setMailbox(at: At<Graph>, parameters: Parameters): Promise<void> {
  if (!(await mailboxNow(at))) return
  await exchangeOf(at).order('Set-Mailbox', { Identity: at.account.id, ...parameters })
}

/** Forwarding that is set on the mailbox itself does not show in Graph, and goes on after sign-in is blocked. */
const forwarding: Step = {
  id: 'mailbox-forwarding',
  title: 'Switch off forwarding of the mailbox',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const mailbox = await mailboxOnce(at)
    const { ForwardingAddress: inside, ForwardingSmtpAddress: outside } = mailbox ?? {}
    if (!mailbox || (!inside && !outside)) return []
    const before = kept(mailbox, ['ForwardingAddress', 'ForwardingSmtpAddress', 'DeliverToMailboxAndForward'])
    const fact = `forwards to ${[inside, outside].filter(Boolean).join(' and ')}`
    return [{ id: 'forwarding', label: at.account.label, state: 'open', fact, before }]
  },
  apply: (at) =>
    setMailbox(at, { ForwardingAddress: null, ForwardingSmtpAddress: null, DeliverToMailboxAndForward: false }),
  undo: (at, finding) => setMailbox(at, Before.parse(finding.before)),
}

const Before = z.record(z.string(), z.union([z.string(), z.boolean(), z.null()]))

function kept(from: Readonly<Record<string, unknown>>, names: readonly string[]): Json {
  return Before.parse(Object.fromEntries(names.map((name) => [name, from[name] ?? null])))
}

const Access = z.object({
  ActiveSyncEnabled: flag,
  ImapEnabled: flag,
  PopEnabled: flag,
  SmtpClientAuthenticationDisabled: flag,
})

/** By what apps fetch and send mail with a sign-in of long ago. */
const ways = [
  { name: 'ActiveSyncEnabled', label: 'Mail on phones (ActiveSync)', shut: false },
  { name: 'ImapEnabled', label: 'IMAP', shut: false },
  { name: 'PopEnabled', label: 'POP', shut: false },
  { name: 'SmtpClientAuthenticationDisabled', label: 'SMTP sending', shut: true },
] as const

const protocols: Step = {
  id: 'mail-protocols',
  title: 'Shut the ways in which phones and old apps fetch mail',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    if (!(await mailboxOnce(at))) return []
    const [access] = (await exchangeOf(at).get('Get-CASMailbox', { Identity: at.account.id }, Access)) ?? []
    if (!access) return []
    return ways.map(({ name, label, shut }): Finding => {
      const now = access[name] ?? null
      const state = now === shut ? 'done' : 'open'
      return { id: name, label, state, fact: `${name}=${now ?? 'as the organisation has it'}`, before: { [name]: now } }
    })
  },
  async apply(at, finding) {
    const way = ways.find((one) => one.name === finding.id)
    if (way && (await mailboxNow(at))) await setAccess(at, { [way.name]: way.shut })
  },
  undo: (at, finding) => setAccess(at, Before.parse(finding.before)),
}

async function setAccess(at: At<Graph>, parameters: Parameters): Promise<void> {
  await exchangeOf(at).order('Set-CASMailbox', { Identity: at.account.id, ...parameters })
}

const Granted = z.object({ AccessRights: z.union([z.string(), z.array(z.string())]), Deny: flag, IsInherited: flag })

const access: Step = {
  id: 'mailbox-access',
  title: 'Give the receiver access to the mailbox',
  area: 'applications',
  phase: 'preserve',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const { handOverTo: receiver } = at
    if (!receiver || !(await mailboxOnce(at))) return []
    const asked = { Identity: at.account.id, User: receiver.id }
    const granted = (await exchangeOf(at).get('Get-MailboxPermission', asked, Granted)) ?? []
    const full = granted.some((one) => !one.Deny && [one.AccessRights].flat().some((right) => /FullAccess/.test(right)))
    const head = { id: `access:${receiver.id}`, label: receiver.label }
    return [full ? { ...head, state: 'done', fact: 'FullAccess' } : { ...head, state: 'open', fact: 'no access yet' }]
  },
  async apply(at) {
    if (!at.handOverTo || !(await mailboxNow(at))) return
    await exchangeOf(at).order('Add-MailboxPermission', { ...permission(at, at.handOverTo.id), AutoMapping: true })
  },
  async undo(at, finding) {
    const parameters = permission(at, finding.id.replace(/^access:/, ''))
    await exchangeOf(at).order('Remove-MailboxPermission', { ...parameters, Confirm: false })
  },
}

function permission({ account }: At<Graph>, receiver: string): Parameters {
  return { Identity: account.id, User: receiver, AccessRights: ['FullAccess'], InheritanceType: 'All' }
}

const Size = z.object({ TotalItemSize: z.unknown() })
const GB = 1024 ** 3
/** https://learn.microsoft.com/microsoft-365/admin/email/about-shared-mailboxes: larger ones, and those on hold or with an archive, need a licence. */
const mostShared = 50 * GB

/** Before the licence goes: an unlicensed user mailbox is deleted after 30 days, a shared one up to 50 GB stays. */
const convert: Step = {
  id: 'convert-mailbox',
  title: 'Convert the mailbox to a shared one',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const mailbox = await mailboxOnce(at)
    if (!mailbox) return []
    const kind = mailbox.RecipientTypeDetails
    const head = { id: 'type', label: at.account.label, fact: `RecipientTypeDetails=${kind}` }
    if (kind !== 'UserMailbox') return [{ ...head, state: 'done' }]
    const why = await needsLicence(at, mailbox)
    return [why ? { ...head, state: 'blocked', fact: why } : { ...head, state: 'open' }]
  },
  async apply(at) {
    const mailbox = await mailboxNow(at)
    if (mailbox?.RecipientTypeDetails !== 'UserMailbox') return
    const why = await needsLicence(at, mailbox)
    if (why) throw new Rejected(`${at.account.label}: ${why}.`)
    await exchangeOf(at).order('Set-Mailbox', { Identity: at.account.id, Type: 'Shared' })
  },
  undo: (at) => setMailbox(at, { Type: 'Regular' }),
}

async function needsLicence(at: At<Graph>, mailbox: Mailbox): Promise<string | undefined> {
  const then = 'IT lets it keep its licence and says so, or lifts that first'
  if (mailbox.LitigationHoldEnabled) return `on litigation hold, which a shared mailbox needs a licence for: ${then}`
  if (mailbox.ArchiveStatus === 'Active') return `with an archive, which a shared mailbox needs a licence for: ${then}`
  const [size] = (await exchangeOf(at).get('Get-MailboxStatistics', { Identity: at.account.id }, Size)) ?? []
  // A mailbox that nobody ever opened has none.
  if (!size) return undefined
  const [, digits] = /\(([\d.,\s]+) bytes\)/.exec(JSON.stringify(size.TotalItemSize)) ?? []
  if (!digits) return `of a size that could not be read, and a shared one without a licence holds 50 GB: ${then}`
  const bytes = Number(digits.replace(/\D/g, ''))
  if (bytes <= mostShared) return undefined
  return `holds ${Math.round(bytes / GB)} GB, and a shared one without a licence holds 50 GB: ${then}`
}

/** Exchange's own attribute; Graph's follows it. */
const hide: Step = {
  id: 'address-lists',
  title: 'Hide from address lists',
  area: 'applications',
  phase: 'remove',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const mailbox = at.client.settings.hideFromAddressLists ? await mailboxOnce(at) : undefined
    if (!mailbox) return []
    const shown = `HiddenFromAddressListsEnabled=${mailbox.HiddenFromAddressListsEnabled ?? 'unset'}`
    const head = { id: 'hidden', label: at.account.label, fact: shown }
    if (mailbox.HiddenFromAddressListsEnabled) return [{ ...head, state: 'done' }]
    if (mailbox.IsDirSynced) return [{ ...head, state: 'blocked', fact: `${syncedFact} (msExchHideFromAddressLists)` }]
    return [{ ...head, state: 'open' }]
  },
  apply: (at) => setMailbox(at, { HiddenFromAddressListsEnabled: true }),
  undo: (at) => setMailbox(at, { HiddenFromAddressListsEnabled: false }),
}

export const mailboxSteps: readonly Step[] = [forwarding, protocols, access, convert, hide]
