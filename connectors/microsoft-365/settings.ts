import { z } from 'zod'
import { secret } from '../../src/connector.ts'

const address = (standard: string) =>
  z
    .url({ protocol: /^https$/ })
    .default(standard)
    .transform((url) => url.replace(/\/+$/, ''))

export const Settings = z
  .strictObject({
    /** The directory's id, or one of its domains. */
    tenant: z.string().min(1),
    /** The app registration's application (client) id. */
    clientId: z.string().min(1),
    /** Its client secret; or `certificate`: the private key and the certificate, PEM, in one text. */
    clientSecret: secret().optional(),
    certificate: secret().optional(),
    /** Sovereign clouds have their own: https://graph.microsoft.us and https://login.microsoftonline.us, for instance. */
    graphUrl: address('https://graph.microsoft.com'),
    authority: address('https://login.microsoftonline.com'),
    /**
     * Whether Exchange's own cmdlets are run, with the right Exchange.ManageAsApp and the role Exchange Recipient
     * Administrator; false: what only they can do is a task for IT, with the exact command.
     */
    exchange: z.boolean().default(false),
    /** https://outlook.office365.us in GCC High, for instance. */
    exchangeUrl: address('https://outlook.office365.com'),
    /** Needs the broad right User.ReadWrite.All; without it the task to convert the mailbox does it in Exchange. */
    hideFromAddressLists: z.boolean().default(true),
    /** Deletes the user after the policy's delay; Microsoft keeps it for 30 days in the deleted items. */
    deleteUsers: z.boolean().default(false),
    /** Whether devices are managed with Intune; false: Latchkey needs none of its rights and leaves devices there alone. */
    intune: z.boolean().default(true),
    /** Where 'wipe' was chosen: devices are locked at once, and a Mac takes the wipe only once IT has typed the PIN. */
    lockBeforeWipe: z.boolean().default(true),
  })
  .refine((settings) => (settings.clientSecret === undefined) !== (settings.certificate === undefined), {
    error: 'needs either clientSecret or certificate, not both',
  })
export type Settings = z.infer<typeof Settings>
