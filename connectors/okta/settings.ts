import { z } from 'zod'
import { secret } from '../../src/connector.ts'

const orgUrl = z
  .url({ protocol: /^https$/, error: 'is the https address of the org, such as https://example.okta.com' })
  .refine((text) => new URL(text).pathname === '/' && new URL(text).search === '', {
    error: 'is the address of the org alone, without a path',
  })
  .refine((text) => !/-admin\.okta/i.test(new URL(text).hostname), {
    error: 'is the address people sign in at, without "-admin"',
  })
  .transform((text) => new URL(text).origin)

export const Settings = z
  .strictObject({
    /** `https://example.okta.com`, or the org's own domain. */
    org: orgUrl,
    /** Client id of the service app ("API Services"); goes with `privateKey`. */
    clientId: z.string().min(1).optional(),
    /** The service app's private key, as PEM or as JWK (JSON). */
    privateKey: secret().optional(),
    /** Key id (`kid`) of the public key at Okta, where it is not in the JWK. */
    keyId: z.string().min(1).optional(),
    /** An API token (SSWS) instead of a service app: it may do whatever its owner may. */
    apiToken: secret().optional(),
    /** Deactivate the account in the end. Okta then takes every app away and may delete data in them. */
    deactivate: z.boolean().default(true),
    /** Delete the deactivated account; Okta cannot bring it back. */
    deleteUser: z.boolean().default(false),
  })
  .refine((one) => (one.apiToken !== undefined) !== (one.clientId !== undefined && one.privateKey !== undefined), {
    error: 'needs either clientId and privateKey, or apiToken',
  })
  .refine((one) => !one.deleteUser || one.deactivate, {
    error: 'deleteUser needs deactivate: Okta deletes only deactivated accounts',
  })
export type Settings = z.infer<typeof Settings>
