/** What IT sets for Google Workspace. */
import { z } from 'zod'
import { secret } from '../../src/connector.ts'

export const Settings = z.strictObject({
  /** The text of the service account's JSON key. */
  credentials: secret(),
  /** The administrator that the service account acts as; a super administrator, since others cannot touch one. */
  subject: z.email().toLowerCase(),
  customer: z.string().min(1).default('my_customer'),
  /** Products whose licences are freed (`Google-Apps`, `101031`); none when absent, since mail may be needed longer. */
  licences: z.array(z.string().min(1)).default([]),
  /**
   * Suspend once files and groups are handed over. Google then rejects incoming mail; where it should be answered and
   * read by the receiver for a while instead: false, and IT gets a task to suspend later.
   */
  suspend: z.boolean().default(true),
  /**
   * Suspend with the very first steps instead. What Google refuses of a suspended account (its calendars) is then a task
   * for a person. Nothing where `suspend` is false.
   */
  suspendFirst: z.enum(['never', 'dismissal', 'always']).default('never'),
  /** Only where somebody must be able to sign in to the account afterwards: it takes security keys off. */
  turnOffTwoStep: z.boolean().default(false),
  /** The organisational unit for people who left, as a path (`/Leavers`): its rules apply to them from then on. */
  moveTo: z
    .string()
    .regex(/^\/[^/]+(\/[^/]+)*$/, 'a path such as /Leavers')
    .optional(),
  /** Put before the address (`former.` makes former.jo.miller@example.com); Google keeps the old one as an alias. */
  rename: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,29}$/, 'small letters, digits and . _ -')
    .optional(),
  /** Takes the aliases away in the end, so that others can have them; mail to them is then refused. */
  removeAliases: z.boolean().default(false),
  /** Archive the account: needs an Archived User licence, which Google then takes in place of the usual one. */
  archive: z.boolean().default(false),
  /** Delete the account in the end; Google can bring it back for 20 days. */
  deleteUser: z.boolean().default(false),
  /** Cancel meetings that nobody took over, from the last day on, and tell the guests; needs `also: [calendars]`. */
  cancelMeetings: z.boolean().default(false),
  /** Devices that Google does not manage here: their scopes need not be delegated, their steps find nothing. */
  without: z.array(z.enum(['mobile', 'chrome'])).default([]),
  /** Parts that need scopes of their own, some of them broad; none when absent. */
  also: z.array(z.enum(['calendars', 'shared-drives', 'computers', 'vault'])).default([]),
})
export type Settings = z.infer<typeof Settings>
