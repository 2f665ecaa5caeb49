import { z } from 'zod'
import { type Secret, secret } from '../../src/connector.ts'

const https = z.url({ protocol: /^https$/, error: 'is an https address' })

export const transferable = ['meetings', 'webinars', 'recordings', 'whiteboards'] as const

export const Settings = z.strictObject({
  /** Of the Server-to-Server OAuth app: App Credentials. */
  accountId: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: secret() as z.ZodType<Secret>,
  /**
   * What becomes of the account in the end: it stays deactivated, it is set free (a free account of their own, with
   * whatever was not handed over), or it is deleted with what was not handed over.
   */
  end: z.enum(['keep', 'disassociate', 'delete']).default('keep'),
  /** What goes to the receiver with that: whoever has no webinar licence cannot take webinars, and so on. */
  transfer: z.array(z.enum(transferable)).default(['meetings', 'webinars', 'recordings']),
  /** Zoom for Government: https://api.zoomgov.com/v2 */
  apiUrl: https.default('https://api.zoom.us/v2'),
  /** Zoom for Government: https://zoomgov.com */
  authUrl: https.default('https://zoom.us'),
})
export type Settings = z.infer<typeof Settings>
