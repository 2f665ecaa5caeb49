/** Reading a mailbox's settings, and what it means that Google refuses to. */
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/v1.js'
import { type Json, Rejected } from '../../src/connector.ts'
import { ask } from './ask.ts'
import { type GoogleAt, userOf } from './person.ts'
import { Imap } from './shapes.ts'

type Settings = gmail_v1.Resource$Users$Settings

export type Mailbox = { settings: Settings; imap: gmail_v1.Schema$ImapSettings } | { closed: string }

/**
 * The leaver's mailbox, or why there is none to look into: deleted, suspended, or without Gmail. Mail to a suspended
 * user is rejected (knowledge.workspace.google.com, "How to route emails sent to a suspended user") and the API answers 400
 * failedPrecondition, so nothing of it works until somebody lifts the suspension.
 */
export async function mailboxOf(at: GoogleAt): Promise<Mailbox> {
  const user = await userOf(at)
  if (!user?.primaryEmail) return { closed: 'the account is deleted' }
  if (user.suspended) return { closed: 'the account is suspended' }
  if (user.archived) return { closed: 'the account is archived' }
  if (user.isMailboxSetup === false) return { closed: 'the account has no Gmail' }
  const { settings } = at.client.gmail(user.primaryEmail).users
  try {
    const imap = await at.once('imap', () =>
      ask('read the IMAP setting', () => settings.getImap({ userId: 'me' }), Imap),
    )
    return { settings, imap }
  } catch (error) {
    if (error instanceof Rejected && error.code === 'failedPrecondition')
      return { closed: 'Gmail is off for this user' }
    throw error
  }
}

/** For orders: a closed mailbox takes none. */
export async function openMailbox(at: GoogleAt): Promise<Settings> {
  const mailbox = await mailboxOf(at)
  if ('closed' in mailbox)
    throw new Rejected(`Gmail takes no change: ${mailbox.closed}.`, { code: 'failedPrecondition' })
  return mailbox.settings
}

/** What is needed to set it again, as Google gave it; whatever else is in the answer goes on no record. */
export function kept<T extends object>(setting: T, names: readonly (keyof T & string)[]): Record<string, Json> {
  const present = names.filter((name) => setting[name] !== undefined)
  return JSON.parse(JSON.stringify(setting, present))
}
