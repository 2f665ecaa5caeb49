/** What `use: scim` takes; a preset fills in what is known of a service, and what the settings say counts more. */
import { z } from 'zod'
import { type Secret, secret } from '../../src/connector.ts'
import { type Preset, type PresetName, presets } from './presets.ts'

const names = Object.keys(presets) as [PresetName, ...PresetName[]]
const https = z.url({ protocol: /^https$/, error: 'is an https address' })
/** Goes into a filter as it is, so it may be an attribute's name and nothing else. */
const attribute = z.string().regex(/^[A-Za-z][\w.]{0,60}$/, 'is the name of a SCIM attribute, such as members.value')

const Given = z.strictObject({
  /** A service that is known here, by name; whatever it says can be set otherwise below. */
  service: z.enum(names).optional(),
  /** As people call it; the preset's own when absent. */
  title: z.string().min(1).max(40).optional(),
  /** Where /Users is, without /Users; https. */
  baseUrl: https.optional(),
  /** What stands before the token in the Authorization header. */
  scheme: z.string().max(30).optional(),
  /** A token that does not run out. */
  token: secret().optional(),
  /** Where tokens are handed out for a while: client credentials (RFC 6749, 4.4), or Zoom's `account_credentials`. */
  oauth: z
    .strictObject({
      tokenUrl: https,
      clientId: z.string().min(1),
      clientSecret: secret(),
      /** What is sent besides grant_type: `scope`, Zoom's `account_id`. */
      parameters: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  /** The address of the administrator whose token it is, where a service binds tokens to people: never offboarded. */
  owner: z.email().optional(),
  /** By which attributes an account is the leaver's. */
  match: z
    .array(z.enum(['userName', 'emails.value']))
    .min(1)
    .optional(),
  /** How `active` is changed; `auto` asks the service (ServiceProviderConfig) whether it patches. */
  write: z.enum(['auto', 'patch', 'put', 'delete']).optional(),
  /** `{"value":{"active":false}}` in place of `{"path":"active","value":false}`. */
  pathless: z.boolean().optional(),
  /** `Replace` and `Remove` with capitals, as Microsoft Entra once wrote them. */
  capitals: z.boolean().optional(),
  /** `"False"` as text. */
  text: z.boolean().optional(),
  /**
   * What switching off does: `suspends` (can be undone), `removes` (the membership ends; inviting again gives it back),
   * `deletes` (for good, so it waits for its day like every deletion).
   */
  off: z.enum(['suspends', 'removes', 'deletes']).optional(),
  /** How groups are found: asked for by member, all read, from the user's own record, or not at all. */
  groups: z.enum(['filter', 'list', 'user', 'none']).optional(),
  /** The attribute that groups are asked for by. */
  groupFilter: attribute.optional(),
  /** How a member is named who leaves: `members[value eq "…"]`, or in `value`. */
  member: z.enum(['path', 'value']).optional(),
  /** Whether the account is deleted in the end. */
  deleteUser: z.boolean().default(false),
  /** What a person looks after besides; `false` where nothing lives on. */
  leftovers: z.union([z.string().min(1).max(600), z.literal(false)]).optional(),
  /** Asked for at once; services may give fewer. */
  pageSize: z.number().int().min(1).max(1000).default(100),
})
type Given = z.infer<typeof Given>

export interface Settings {
  title: string
  baseUrl: string
  scheme: string
  token?: Secret | undefined
  oauth?: Given['oauth']
  owner?: string | undefined
  match: readonly ('userName' | 'emails.value')[]
  write: 'auto' | 'patch' | 'put' | 'delete'
  pathless: boolean
  capitals: boolean
  text: boolean
  off: 'suspends' | 'removes' | 'deletes'
  groups: 'filter' | 'list' | 'user' | 'none'
  groupFilter: string
  member: 'path' | 'value'
  deleteUser: boolean
  leftovers: string | false
  pageSize: number
}

export const Settings: z.ZodType<Settings> = Given.transform((given, context): Settings => {
  const preset: Partial<Preset> = given.service ? presets[given.service] : {}
  const baseUrl = given.baseUrl ?? preset.baseUrl
  if (!baseUrl) {
    const message = given.service ? `is missing: each customer of ${preset.title} has their own` : 'is missing'
    context.addIssue({ code: 'custom', path: ['baseUrl'], message })
  }
  if (!given.token === !given.oauth)
    context.addIssue({ code: 'custom', path: ['token'], message: 'is missing: either token or oauth, and not both' })
  return { ...usual, ...preset, ...present(given), baseUrl: baseUrl ?? '', title: titleOf(given, preset, baseUrl) }
})

const usual = {
  scheme: 'Bearer ',
  match: ['userName', 'emails.value'],
  write: 'auto',
  pathless: false,
  capitals: false,
  text: false,
  off: 'suspends',
  groups: 'filter',
  groupFilter: 'members.value',
  member: 'path',
  leftovers:
    'SCIM says nothing of sessions and API tokens. IT signs in as an administrator, ends the sessions of this person, revokes tokens and integrations they made, and rotates what they knew.',
} as const

function titleOf(given: Given, preset: Partial<Preset>, baseUrl = ''): string {
  return given.title ?? preset.title ?? (URL.canParse(baseUrl) ? new URL(baseUrl).hostname : 'SCIM')
}

/** A key that is there without a value must not hide the preset's. */
function present(given: Given) {
  const { service: _, ...rest } = given
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Pick<
    Settings,
    'deleteUser' | 'pageSize'
  >
}
