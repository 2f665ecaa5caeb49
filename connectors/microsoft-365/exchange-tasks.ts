/** What only Exchange Online PowerShell can do: tasks for IT, each with its command. */
import type { At, ManualStep } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { mailboxOf, shell } from './mailbox.ts'

const hour = 3_600_000

async function hasOwnMailbox(at: At<Graph>): Promise<boolean> {
  const mailbox = await mailboxOf(at)
  return mailbox !== undefined && mailbox.userPurpose !== 'shared'
}

async function hasMailbox(at: At<Graph>): Promise<boolean> {
  return (await mailboxOf(at)) !== undefined
}

function inExchange(what: string, ...commands: readonly string[]): string {
  return [`${what} In Exchange Online PowerShell (Connect-ExchangeOnline):`, ...commands].join('\n')
}

/** Forwarding that is set on the mailbox itself does not show in Graph, and goes on after sign-in is blocked. */
const forwarding: ManualStep<Graph> = {
  id: 'mailbox-forwarding',
  title: 'Switch off forwarding of the mailbox',
  area: 'applications',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * hour,
  applies: hasMailbox,
  ask: ({ account }) =>
    inExchange(
      'Look where the mailbox forwards to, and switch it off.',
      `Get-Mailbox -Identity ${shell(account.label)} | Format-List Forwarding*,DeliverToMailboxAndForward`,
      `Set-Mailbox -Identity ${shell(account.label)} -ForwardingAddress $null -ForwardingSmtpAddress $null`,
    ),
}

const mobileDevices: ManualStep<Graph> = {
  id: 'mail-devices',
  title: 'Remove mail partnerships of phones and tablets',
  area: 'devices',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * hour,
  applies: async (at) => at.choices.devices !== 'nothing' && (await hasMailbox(at)),
  ask: ({ account, choices }) => {
    const list = `Get-MobileDevice -Mailbox ${shell(account.label)}`
    const wipe = `${list} | ForEach-Object { Clear-MobileDevice -Identity $_.Identity -AccountOnly -Confirm:$false }`
    const remove = `${list} | Remove-MobileDevice -Confirm:$false`
    return choices.devices === 'wipe'
      ? inExchange("Wipe the company's mail from phones and tablets, then remove them.", wipe, remove)
      : inExchange('Remove the phones and tablets that fetch mail.', remove)
  },
}

const mailboxAccess: ManualStep<Graph> = {
  id: 'mailbox-access',
  title: 'Give the receiver access to the mailbox',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 24 * hour,
  applies: async (at) => at.handOverTo !== undefined && (await hasMailbox(at)),
  ask: ({ account, handOverTo }) =>
    inExchange(
      `Give ${handOverTo?.label} access to the mailbox of ${account.label}.`,
      `Add-MailboxPermission -Identity ${shell(account.label)} -User ${shell(handOverTo?.label ?? '')} -AccessRights FullAccess -InheritanceType All`,
    ),
}

const calendarEvents: ManualStep<Graph> = {
  id: 'calendar-events',
  title: 'Cancel meetings that the leaver organised',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 48 * hour,
  applies: hasMailbox,
  ask: ({ account }) =>
    inExchange(
      'Cancel the meetings to come, which frees rooms and tells those invited.',
      `Remove-CalendarEvents -Identity ${shell(account.label)} -CancelOrganizedMeetings -QueryWindowInDays 730`,
    ),
}

/** Before the licence goes: an unlicensed user mailbox is deleted after 30 days, a shared one up to 50 GB stays. */
const convertMailbox: ManualStep<Graph> = {
  id: 'convert-mailbox',
  title: 'Convert the mailbox to a shared one',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 24 * hour,
  applies: hasOwnMailbox,
  ask: ({ account }) =>
    inExchange(
      'Convert the mailbox before its licence is taken away (up to 50 GB), and hide it; skip this to let it be deleted 30 days after the licence.',
      `Set-Mailbox -Identity ${shell(account.label)} -Type Shared -HiddenFromAddressListsEnabled $true`,
      `Get-Mailbox -Identity ${shell(account.label)} | Format-List RecipientTypeDetails`,
    ),
}

export const exchangeTasks = [forwarding, mobileDevices, mailboxAccess, calendarEvents, convertMailbox] as const
