import { z } from 'zod'
import { duration, secret } from '../../src/connector.ts'

const controller = z.url({
  protocol: /^ldaps$/,
  error: 'is the address of a domain controller: ldaps://dc1.example.com',
})
const dn = z.string().regex(/^(CN|OU|DC)=.+/i, 'is a distinguished name such as OU=Staff,DC=example,DC=com')

/** With the name in its certificate, where the address names it otherwise. */
const Named = z.strictObject({ url: controller, tlsServerName: z.string().min(1) })

export const Settings = z.strictObject({
  /** One domain controller by name, best the PDC emulator: what is written there is read back there. */
  url: controller,
  /** The certificates, PEM, that the controller's own must come from; those that Node trusts when absent. */
  ca: z.string().includes('BEGIN CERTIFICATE', { error: 'is a certificate in PEM: ${NAME_FILE} reads it' }).optional(),
  /** The name in the controller's certificate, where `url` names it otherwise. */
  tlsServerName: z.string().min(1).optional(),
  /** The service account: its user principal name, or its distinguished name. */
  user: z.string().min(1),
  password: secret(),
  /** Where people are looked for; the whole domain when absent. */
  baseDn: dn.optional(),
  /** Accounts are moved there in the end; they stay where they are when absent. */
  disabledOu: dn.optional(),
  /** Controllers that must say so too before a disabled account or a new password counts as proved. */
  extraControllers: z.array(z.union([controller, Named])).default([]),
  /** How long a controller may take to connect, and again to answer. */
  answerWithin: duration().default(10_000),
  /** Entries a page; the controller's own policy MaxPageSize allows 1,000. */
  pageSize: z.int().min(1).max(1000).default(500),
})
export type Settings = z.infer<typeof Settings>
