/**
 * What happens to mail that still comes in. Google rejects the mail of a suspended user and lets no delegate in, so a
 * reply and a delegate are offered only where the settings keep the account unsuspended; else IT is asked to route it.
 */
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/v1.js'
import type { AutomaticStep, Finding, ManualStep } from '../../src/connector.ts'
import { ask, order, unlessGone, unlessThere } from './ask.ts'
import type { Client } from './client.ts'
import { kept, mailboxOf, openMailbox } from './mailbox.ts'
import { addressOf, blocked, type GoogleAt, receiverOf } from './person.ts'
import { Delegates, Vacation } from './shapes.ts'

type Step = AutomaticStep<Client>
const me = { userId: 'me' }
const hour = 3_600_000
const vacation = [
  'enableAutoReply',
  'responseSubject',
  'responseBodyPlainText',
  'responseBodyHtml',
  'restrictToContacts',
  'restrictToDomain',
  'startTime',
  'endTime',
] as const
const routing = 'Admin console > Apps > Google Workspace > Gmail > Default routing'

const autoReply: Step = {
  id: 'auto-reply',
  title: 'Answer incoming mail automatically',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    if (at.client.settings.suspend) return []
    const finding = { id: 'auto-reply', label: 'Automatic reply' }
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return closedFinding(at, finding, mailbox.closed)
    const now = await ask('read the automatic reply', () => mailbox.settings.getVacation(me), Vacation)
    const before = kept(now, vacation)
    if (answersWith(now, await replyOf(at)))
      return [{ ...finding, state: 'done', fact: 'enableAutoReply=true, with this text', before }]
    const fact = now.enableAutoReply ? 'On, with another text' : 'enableAutoReply=false'
    return [{ ...finding, state: 'open', fact, before }]
  },
  async apply(at) {
    const settings = await openMailbox(at)
    // The whole setting is replaced; without a text in HTML the plain one counts (discovery: VacationSettings).
    const requestBody = {
      enableAutoReply: true,
      responseBodyPlainText: await replyOf(at),
      restrictToContacts: false,
      restrictToDomain: false,
    }
    await ask('set the automatic reply', () => settings.updateVacation({ ...me, requestBody }))
  },
  async undo(at, finding) {
    const settings = await openMailbox(at)
    const requestBody = finding.before as gmail_v1.Schema$VacationSettings
    await ask('restore the automatic reply', () => settings.updateVacation({ ...me, requestBody }))
  },
}

const delegate: Step = {
  id: 'mail-delegate',
  title: 'Let the receiver read the mailbox',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const receiver = at.client.settings.suspend ? undefined : await receiverOf(at)
    if (!receiver) return []
    const finding = { id: 'mail-delegate', label: 'Mail delegation' }
    if ('barred' in receiver) return [blocked(finding, receiver.barred)]
    const named = { id: finding.id, label: `Mail delegation to ${receiver.address}` }
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return closedFinding(at, named, mailbox.closed)
    const list = await ask('list mail delegates', () => mailbox.settings.delegates.list(me), Delegates)
    const there = list.delegates?.find((one) => one.delegateEmail?.toLowerCase() === receiver.address.toLowerCase())
    if (there?.verificationStatus === 'accepted')
      return [{ ...named, state: 'done', fact: 'verificationStatus=accepted' }]
    if (there?.verificationStatus === 'pending')
      return [{ ...named, state: 'pending', fact: 'Waits for the receiver to accept' }]
    const fact = there ? `verificationStatus=${there.verificationStatus}` : 'Not a delegate yet'
    return [{ ...named, state: 'open', fact }]
  },
  async apply(at) {
    const settings = await openMailbox(at)
    const delegateEmail = await receiverAddress(at)
    const list = await ask('list mail delegates', () => settings.delegates.list(me), Delegates)
    // A refused or expired invitation stays in the way of a new one.
    const ended = ['rejected', 'expired']
    const stale = list.delegates?.some(
      (one) => one.delegateEmail === delegateEmail && ended.includes(one.verificationStatus ?? ''),
    )
    if (stale)
      await unlessGone(order('remove an old invitation', () => settings.delegates.delete({ ...me, delegateEmail })))
    await unlessThere(
      ask('add a mail delegate', () => settings.delegates.create({ ...me, requestBody: { delegateEmail } })),
    )
  },
  async undo(at) {
    const settings = await openMailbox(at)
    const delegateEmail = await receiverAddress(at)
    await unlessGone(order('remove a mail delegate', () => settings.delegates.delete({ ...me, delegateEmail })))
  },
}

async function receiverAddress(at: GoogleAt): Promise<string> {
  const receiver = await receiverOf(at)
  if (!receiver || 'barred' in receiver) throw new Error(receiver?.barred ?? 'Nobody was chosen to receive the mail.')
  return receiver.address
}

/** What was set before the account was closed is shown as it was answered; what was not cannot be any more. */
function closedFinding(at: GoogleAt, finding: Pick<Finding, 'id' | 'label'>, closed: string): readonly Finding[] {
  if (closed === 'the account is deleted') return []
  const answered = at.applied(finding.id)?.answeredAt
  if (answered)
    return [
      {
        ...finding,
        state: 'done',
        fact: `Set at ${answered.toISOString()}; ${closed} since, and its Gmail cannot be read`,
      },
    ]
  return [
    blocked(finding, `Not possible: ${closed}, and Google rejects its mail. IT routes it (${routing}), or skips this.`),
  ]
}

async function replyOf(at: GoogleAt): Promise<string> {
  if (at.choices.autoReply) return at.choices.autoReply
  const receiver = await receiverOf(at)
  const name = at.leaver.name
  if (receiver && 'address' in receiver)
    return `${name} no longer works here. Please write to ${receiver.address} instead.`
  return `${name} no longer works here, and this mailbox is no longer read.`
}

function answersWith(now: gmail_v1.Schema$VacationSettings, text: string): boolean {
  const plain = (one: string | null | undefined) => (one ?? '').replace(/\s+/g, ' ').trim()
  const always = !now.restrictToContacts && !now.restrictToDomain && !now.endTime && !now.responseBodyHtml
  return now.enableAutoReply === true && always && plain(now.responseBodyPlainText) === plain(text)
}

/** A suspended user's mail bounces, and only the Admin console can route it: there is no API for that. */
const routeMail: ManualStep<Client> = {
  id: 'route-mail',
  title: 'Route mail of the suspended account',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 24 * hour,
  applies: async (at) => at.client.settings.suspend && (await receiverOf(at)) !== undefined,
  ask: (at) => {
    const { name = 'the receiver', emails = ['the receiver'] } = at.choices.handOverTo ?? {}
    const rule = `single recipient ${at.account.label}; change envelope recipient to ${emails[0]}`
    return (
      `Google rejects mail to a suspended account. If ${name} should get what is sent to ${at.account.label}: ` +
      `${routing} > Add another rule; ${rule}; for recognised and non-recognised addresses.`
    )
  },
}

const suspendLater: ManualStep<Client> = {
  id: 'suspend-later',
  title: 'Suspend the account once its mail is no longer needed',
  area: 'directory',
  phase: 'reclaim',
  owner: 'it',
  dueIn: 30 * 24 * hour,
  applies: async (at) => !at.client.settings.suspend && (await addressOf(at)) !== '',
  ask: (at) =>
    `The settings keep ${at.account.label} unsuspended, so that its mail is answered. When that is no longer needed: ` +
    `Admin console > Directory > Users > ${at.account.label} > Suspend user.`,
}

export const mailHandOverSteps: readonly Step[] = [autoReply, delegate]
export const mailTasks: readonly ManualStep<Client>[] = [routeMail, suspendLater]
