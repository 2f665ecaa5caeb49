/** The leaver's mailbox in Exchange Online, and how Exchange is told what Graph cannot do. */
import { z } from 'zod'
import type { At } from '../../src/connector.ts'
import { hasCode } from './errors.ts'
import type { Graph } from './graph.ts'
import { path } from './odata.ts'

export const AutoReply = z.object({
  status: z.string().nullish(),
  externalAudience: z.string().nullish(),
  internalReplyMessage: z.string().nullish(),
  externalReplyMessage: z.string().nullish(),
})
const Mailbox = z.object({ userPurpose: z.string().nullish(), automaticRepliesSetting: AutoReply.nullish() })
export type Mailbox = z.infer<typeof Mailbox>

/** Undefined where there is no mailbox in Exchange Online. */
export function mailboxOf(at: At<Graph>): Promise<Mailbox | undefined> {
  return at.once('mailbox', async () => {
    try {
      return await at.client.get(path`/users/${at.account.id}/mailboxSettings`, Mailbox)
    } catch (error) {
      if (hasCode(error, 'MailboxNotEnabledForRESTAPI')) return undefined
      throw error
    }
  })
}

/** A text in a PowerShell command. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
