import { z } from 'zod'
import { secret } from '../../src/connector.ts'

const accountId = z.string().regex(/^\d{12}$/, 'is an AWS account id: twelve digits, in quotes')

const Account = z
  .strictObject({
    id: accountId,
    /** Name, path and name, or ARN of the role to assume there; absent: the credentials belong to this very account. */
    role: z
      .string()
      .regex(/^[\w+=,.@/:-]+$/, 'is the name or the ARN of a role')
      .optional(),
    externalId: z.string().min(2).max(1224).optional(),
  })
  .refine((account) => !account.role?.startsWith('arn:') || account.role.split(':')[4] === account.id, {
    path: ['role'],
    error: 'is the ARN of a role in another account than `id` says',
  })

/**
 * How the IAM user of a person is told; always exactly, never by likeness. `local-part` takes only addresses of one
 * domain, because a private address may begin like a colleague's user name.
 */
const Match = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('email-tag'), tag: z.string().min(1).max(128).default('email') }),
  z.strictObject({ by: z.literal('user-name') }),
  z.strictObject({ by: z.literal('local-part'), domain: z.string().min(3) }),
])
export type Match = z.infer<typeof Match>

export const Settings = z.strictObject({
  accounts: z
    .array(Account)
    .min(1)
    .refine((accounts) => new Set(accounts.map((account) => account.id)).size === accounts.length, {
      error: 'names an account twice',
    }),
  /** Absent: the AWS SDK's own chain (environment, profile, container or instance role), which looks past the gate. */
  credentials: z.strictObject({ accessKeyId: secret(), secretAccessKey: secret() }).optional(),
  match: Match.default({ by: 'email-tag', tag: 'email' }),
  /** Tells the partition too: `us-gov-west-1` for GovCloud, `cn-north-1` for China. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is a region, such as us-east-1')
    .default('us-east-1'),
})
export type Settings = z.infer<typeof Settings>

export function roleArn(account: Settings['accounts'][number], region: string): string | undefined {
  if (!account.role || account.role.startsWith('arn:')) return account.role
  return `arn:${partitionOf(region)}:iam::${account.id}:role/${account.role.replace(/^\//, '')}`
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
