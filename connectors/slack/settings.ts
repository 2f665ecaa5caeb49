import { z } from 'zod'
import { type Secret, secret } from '../../src/connector.ts'

const https = z.url({ protocol: /^https$/, error: 'is an https address' })

export const Settings = z.strictObject({
  /** What is paid for decides what can be done: Slack tells nobody by API which one it is. */
  plan: z.enum(['free', 'pro', 'business-plus', 'enterprise']),
  /** A user token (xoxp-…) of an owner, of an app of its own: not the token that Latchkey's bot speaks with. */
  token: secret() as z.ZodType<Secret>,
  /** GovSlack: https://slack-gov.com/api */
  apiUrl: https.default('https://slack.com/api'),
  /** GovSlack: https://api.slack-gov.com/scim/v2 */
  scimUrl: https.default('https://api.slack.com/scim/v2'),
  /** Which channels are left; whoever is deactivated reads none of them, but comes back into all. */
  channels: z.enum(['private', 'all', 'none']).default('private'),
})
export type Settings = z.infer<typeof Settings>
