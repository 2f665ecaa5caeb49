import { z } from 'zod'
import { duration, secret } from '../../src/connector.ts'

/** As `useradd` takes them by default; nothing else ever gets into a command as a name. */
export const loginPattern = /^[a-z_][a-z0-9_-]{0,31}$/

const login = z.string().regex(loginPattern, 'is a login name: a-z, 0-9, _ and -, at most 32')
const fingerprint = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}$/,
    'is a fingerprint: SHA256:…, as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows it',
  )
const address = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/, 'is the name or the address of a host')

const Host = z.strictObject({
  /** Name or IP address. */
  address,
  port: z.int().min(1).max(65_535).default(22),
  platform: z.enum(['linux', 'macos']).default('linux'),
  /** Of the host's own key; several while it is being renewed. Any other key is refused before anything is sent. */
  hostKey: z.union([fingerprint.transform((one) => [one]), z.array(fingerprint).min(1)]),
  /** Whom Latchkey signs in as there, where it is somebody else than `user`. */
  user: login.optional(),
  /** Another host of these settings that the connection goes through. */
  jump: z.string().optional(),
  /** Where keys are, for a server that is not OpenSSH: as `AuthorizedKeysFile`, with %h and %u. */
  keyFiles: z.array(z.string().regex(/^[A-Za-z0-9._%/-]+$/)).optional(),
})

export const Settings = z
  .strictObject({
    /** By the name that people see. */
    hosts: z
      .record(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'is a name: a-z, 0-9, - and .'), Host)
      .refine((hosts) => Object.keys(hosts).length > 0, 'names no host'),
    /** Whom Latchkey signs in as: a user of its own that may use sudo without a password. */
    user: login,
    /** In OpenSSH's own format or PEM. */
    privateKey: secret(),
    passphrase: secret().optional(),
    /** Addresses in these domains are made into login names by `loginRule`. */
    domains: z.array(z.string().regex(/^[a-z0-9.-]+\.[a-z]+$/, 'is a domain, in lower case')).min(1),
    /** What `jo.miller@…` signs in as: itself (where it can be one), `jomiller`, `jo_miller`, `jo-miller`, or by `logins` alone. */
    loginRule: z.enum(['local-part', 'without-dots', 'dots-to-underscores', 'dots-to-dashes', 'none']),
    /** By e-mail address, where the rule is wrong. A login that is named here is nobody else's by the rule. */
    logins: z
      .record(
        z.string().transform((email) => email.toLowerCase()),
        login,
      )
      .default({}),
    /** How long a host may take until we are signed in. */
    connectWithin: duration().default(10_000),
  })
  .superRefine(({ hosts }, context) => {
    for (const [id, { jump }] of Object.entries(hosts)) {
      const over = jump === undefined ? undefined : hosts[jump]
      const wrong = jump !== undefined && (!over || jump === id || over.jump !== undefined)
      if (wrong)
        context.addIssue({
          code: 'custom',
          path: ['hosts', id, 'jump'],
          message: 'is another host of these settings that is reached directly',
        })
    }
  })
export type Settings = z.infer<typeof Settings>
export type HostSettings = Settings['hosts'][string]
