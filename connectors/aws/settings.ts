import { z } from 'zod'
import { secret } from '../../src/connector.ts'

const accountId = z.string().regex(/^\d{12}$/, 'is an AWS account id: twelve digits, in quotes')

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is a region, such as us-east-1')

const Account = z
  .strictObject({
    id: accountId,
    /** Name, path and name, or ARN of the role to assume there; absent: the credentials belong to this very account. */
    role: z
      .string()
      .regex(/^[\w+=,.@/:-]+$/, 'is the name or the ARN of a role')
      .optional(),
    externalId: z.string().min(2).max(1224).optional(),
    /** Names of roles that people sign in to from elsewhere (SAML, OIDC, other accounts): the leaver's sessions are cut. */
    sharedRoles: z.array(z.string().regex(/^[\w+=,.@-]{1,64}$/, 'is the name of a role')).optional(),
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

/** Absent: only IAM users are looked at. */
const IdentityCenter = z.strictObject({
  /** One of `accounts`: the management account, or the member that administers Identity Center. */
  account: accountId,
  /** Where Identity Center was switched on; absent: the region above. */
  region: region.optional(),
  /** Needed only where the account sees several. */
  instanceArn: z.string().startsWith('arn:').optional(),
  /** Off where another directory provisions the users, or where they are to be kept. */
  deleteUser: z.boolean().default(false),
})

const Accounts = z
  .array(Account)
  .min(1)
  .refine((accounts) => new Set(accounts.map((account) => account.id)).size === accounts.length, {
    error: 'names an account twice',
  })

const Whole = z.strictObject({
  accounts: Accounts,
  /** Absent: the AWS SDK's own chain (environment, profile, container or instance role), which looks past the gate. */
  credentials: z.strictObject({ accessKeyId: secret(), secretAccessKey: secret() }).optional(),
  match: Match.default({ by: 'email-tag', tag: 'email' }),
  /** Tells the partition too: `us-gov-west-1` for GovCloud, `cn-north-1` for China. */
  region: region.default('us-east-1'),
  identityCenter: IdentityCenter.optional(),
  /** The tag that names the address of whoever looks after a service's IAM user; absent: such users are not looked for. */
  ownerTag: z.string().min(1).max(128).optional(),
})

export const Settings = Whole.refine(
  ({ accounts, identityCenter: center }) => !center || accounts.some((account) => account.id === center.account),
  { path: ['identityCenter', 'account'], error: 'is not among `accounts`' },
)
export type Settings = z.infer<typeof Settings>

export function roleArn(account: Settings['accounts'][number], region: string): string | undefined {
  if (!account.role || account.role.startsWith('arn:')) return account.role
  return `arn:${partitionOf(region)}:iam::${account.id}:role/${account.role.replace(/^\//, '')}`
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
