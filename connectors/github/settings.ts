import { z } from 'zod'
import { secret } from '../../src/connector.ts'

/** GitHub's own rule for the names of users and organisations; managed users have a short code behind an underscore. */
const login = z.string().regex(/^[a-z\d](?:[a-z\d_-]{0,99})$/i, 'is a GitHub login')

export const Settings = z.strictObject({
  /** The App's id or client id, as its settings page shows it. */
  appId: z.union([z.number().int().positive(), z.string().regex(/^[\w.-]+$/)]),
  /** The App's private key, the whole PEM file. */
  privateKey: secret(),
  /** Organisations to act in; the App must be installed in each. */
  organizations: z
    .array(login.transform((name) => name.toLowerCase()))
    .min(1)
    .refine((names) => new Set(names).size === names.length, { error: 'names an organisation twice' }),
  /** GitHub Enterprise Server: `https://HOST/api/v3`; with data residency: `https://api.NAME.ghe.com`. */
  baseUrl: z
    .url({ protocol: /^https$/, error: 'is an https address, such as https://github.example.com/api/v3' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.github.com'),
  /** A classic token (`admin:org`) of an organisation owner, for codespaces: GitHub lets no App at them. */
  ownerToken: secret().optional(),
  /** E-mail address to login or (better: a login can be renamed) numeric id, for whom GitHub itself does not tell. */
  people: z.record(z.string().includes('@').toLowerCase(), z.union([login, z.number().int().positive()])).default({}),
  /** Whether each repository's deploy keys are read: one request a repository, each time a plan is made. */
  deployKeys: z.boolean().default(true),
})
export type Settings = z.infer<typeof Settings>
