import { z } from 'zod'
import { secret } from '../../src/connector.ts'

const name = z.string().regex(/^[\w][\w.-]*$/, 'is a GitLab user name')
const groupPath = z.string().regex(/^[\w][\w.-]*$/, 'is the path of a top-level group, such as acme')

export const Settings = z.strictObject({
  /** `https://gitlab.example.com` for an instance of your own. */
  baseUrl: z
    .url({ protocol: /^https$/, error: 'is an https address, such as https://gitlab.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://gitlab.com'),
  /** Own instance: an administrator's personal access token. gitlab.com: a token of a group owner, or of the group. */
  token: secret(),
  /** Top-level groups that people are taken out of; named: nothing is done that needs an administrator of the instance. */
  groups: z
    .array(groupPath.transform((path) => path.toLowerCase()))
    .min(1)
    .refine((paths) => new Set(paths).size === paths.length, { error: 'names a group twice' })
    .optional(),
  /** With groups: e-mail address to user name or (better: names change) numeric id, for whom GitLab does not tell. */
  people: z.record(z.string().includes('@').toLowerCase(), z.union([name, z.number().int().positive()])).default({}),
})
export type Settings = z.infer<typeof Settings>
