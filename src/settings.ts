/**
 * latchkey.yaml: everything that differs from one company to the next. Every problem is listed at once, with its path;
 * an unknown key is refused with the nearest known one; a secret is never in the file itself.
 */
import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { type Connector, duration, Secret, secret } from './connector.ts'
import { printable } from './log.ts'
import type { Policy } from './offboarding/offboarding.ts'
import { type Problem, readText, type Surroundings } from './settings-text.ts'

const slackId = (kind: string, what: string) =>
  z.string().regex(new RegExp(`^[${kind}][A-Z0-9]{2,}$`), `is the Slack id of ${what} (${kind[0]}…)`)
const person = slackId('UW', 'a person')

const substitutes = z.array(person).optional()
const RoleSource = z.union(
  [
    z.strictObject({ group: slackId('S', 'a user group'), substitutes }),
    z.strictObject({ channel: slackId('CG', 'a channel'), substitutes }),
    z.strictObject({ users: z.array(person).min(1), substitutes }),
  ],
  { error: 'is one of { group: S… }, { channel: C… } or { users: [U…] }, each with optional substitutes' },
)
export type RoleSource = z.infer<typeof RoleSource>

const policy = z
  .strictObject({
    signOffWithin: duration().default(72 * 3600_000),
    remindEvery: duration().default(4 * 3600_000),
    startsPerHour: z.number().int().positive().default(20),
    containWithin: duration().default(4 * 3600_000),
    irreversibleAfter: duration().default(30 * 24 * 3600_000),
    waitingFor: duration().default(24 * 3600_000),
    quarantineAfter: z.number().int().positive().default(10),
    /** `0m` switches it off. */
    watchFor: duration().default(30 * 24 * 3600_000),
    watchEvery: duration()
      .refine((ms) => ms >= 3600_000, 'is at least 1h')
      .default(24 * 3600_000),
  })
  .prefault({})

const LimitOverride = z.strictObject({
  perSecond: z.number().positive().optional(),
  concurrent: z.number().int().positive().optional(),
})

/** What stands beside a connector's own settings. */
const Ours = z.object({ use: z.string().optional(), limits: z.record(z.string(), LimitOverride).optional() })
const Section = z.record(z.string(), z.unknown())

/** Everything but the connectors and the tasks, which differ with what is used. */
const common = {
  slack: z.strictObject({
    channel: slackId('CG', 'a private channel'),
    apiUrl: z.url().default('https://slack.com/api/'),
  }),
  roles: z.strictObject({ hr: RoleSource, it: RoleSource }),
  requesters: z
    .array(z.enum(['hr', 'it', 'managers']))
    .min(1)
    .default(['hr', 'it', 'managers']),
  protected: z.array(z.string().min(1)).default([]),
  policy,
  escrow: z
    .strictObject({
      recipients: z.array(z.string().regex(/^age1[02-9ac-hj-np-z]{20,}$/, 'is an age recipient (age1…)')).min(1),
      identity: secret().optional(),
    })
    .optional(),
}

function schemaFor(connectors: ReadonlyMap<string, Connector>, tasks: z.ZodType) {
  const uses = Object.fromEntries([...connectors].map(([use, connector]) => [use, withOurs(connector.settings)]))
  return z.strictObject({
    ...common,
    connectors: z.strictObject(uses).prefault({}),
    tasks: tasks.prefault([]),
  })
}

/** A connector's own settings are an object of its own; `use` and `limits` beside them are ours. */
function withOurs(settings: z.ZodType): z.ZodType {
  return Section.transform((value, context) => {
    const ours = Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(Ours.shape, key)))
    const theirs = Object.fromEntries(Object.entries(value).filter(([key]) => !Object.hasOwn(Ours.shape, key)))
    const [first, second] = [Ours.safeParse(ours), settings.safeParse(theirs)]
    for (const result of [first, second]) {
      for (const issue of result.error?.issues ?? []) context.addIssue({ ...issue, input: undefined } as never)
    }
    return first.success && second.success ? { ...first.data, settings: second.data } : z.NEVER
  })
}

export interface Settings {
  slack: { channel: string; apiUrl: string }
  roles: { hr: RoleSource; it: RoleSource }
  requesters: readonly ('hr' | 'it' | 'managers')[]
  protected: readonly string[]
  policy: Policy
  connectors: readonly UsedConnector[]
  tasks: unknown
  /** Whom recovery keys are sealed for; absent: nowhere to keep them, and steps that need that are blocked. */
  escrow?: { recipients: readonly string[]; identity?: Secret | undefined } | undefined
}

export interface UsedConnector {
  use: string
  connector: Connector
  settings: unknown
  limits: Readonly<Record<string, z.infer<typeof LimitOverride>>>
}

export interface SettingsSources extends Surroundings {
  text: string
  /** Ids of all connectors there are: the names of the files in connectors/. */
  known: readonly string[]
  load(id: string): Promise<Connector>
  tasks: z.ZodType
}

const mostShown = 30

/** Keys and values of the file are repeated to people, on a terminal. */
function clip(text: string, most: number): string {
  const line = printable(text.slice(0, most)).replaceAll('\n', ' ')
  return text.length <= most ? line : `${line}…`
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    const lines = problems.slice(0, mostShown).map((one) => `  ${clip(one.path, 200)}: ${clip(one.message, 400)}`)
    if (problems.length > mostShown) lines.push(`  and ${problems.length - mostShown} more`)
    super(`latchkey.yaml: ${problems.length} to mend:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

export async function readSettings(sources: SettingsSources): Promise<Settings> {
  const { value, problems } = readText(sources.text, sources)
  if (value === undefined)
    throw new SettingsError(problems.length > 0 ? problems : [{ path: 'latchkey.yaml', message: 'is empty' }])
  const connectors = await loadUsed(value, sources, problems)
  const schema = schemaFor(connectors, sources.tasks)
  const result = parsed(schema, value)
  const unset = new Set(problems.map((problem) => problem.path))
  const found = (result.error?.issues ?? []).flatMap((issue) => problemsOf(issue, schema, connectors))
  const all = [...problems, ...found.filter((problem) => !unset.has(problem.path))]
  if (all.length > 0 || !result.data) throw new SettingsError(all)
  const uses = result.data.connectors as Record<string, { settings: unknown; limits?: UsedConnector['limits'] }>
  const used = [...connectors].map(([use, connector]) => ({
    use,
    connector,
    settings: uses[use]?.settings,
    limits: uses[use]?.limits ?? {},
  }))
  return { ...result.data, connectors: used, tasks: result.data.tasks }
}

/** Only connectors that the settings name are loaded. */
async function loadUsed(
  value: unknown,
  sources: SettingsSources,
  problems: Problem[],
): Promise<Map<string, Connector>> {
  const given = (value as { connectors?: unknown } | null)?.connectors
  const section = (typeof given === 'object' && given !== null ? given : {}) as Record<string, { use?: unknown } | null>
  const used = new Map<string, Connector>()
  await Promise.all(
    Object.entries(section).map(async ([use, settings]) => {
      const id = typeof settings?.use === 'string' ? settings.use : use
      if (sources.known.includes(id)) return void used.set(use, await sources.load(id))
      problems.push({ path: `connectors.${use}`, message: `there is no connector ${id}${nearest(id, sources.known)}` })
    }),
  )
  return new Map([...used].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** zod looks at the `length` of whatever stands where a text or a list should, and fails where that is no number. */
function judged<T>(schema: z.ZodType<T>, value: unknown) {
  try {
    return schema.safeParse(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const message = 'holds a section with a "length" in it where a text or a list is meant'
    throw new SettingsError([{ path: 'latchkey.yaml', message }])
  }
}

/** A plain text may come from the environment too: where a schema wants text, a Secret is opened. */
function parsed<T>(schema: z.ZodType<T>, value: unknown) {
  const first = judged(schema, value)
  const opened = (first.error?.issues ?? []).filter((issue) => issue.code === 'invalid_type')
  const places = opened.filter((issue) => at(value, issue.path) instanceof Secret)
  if (places.length === 0) return first
  const copy = structured(value)
  for (const { path } of places) put(copy, path, (at(value, path) as Secret).reveal())
  return judged(schema, copy)
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value
  for (const key of path) here = (here as Record<PropertyKey, unknown> | undefined)?.[key]
  return here
}

function put(value: unknown, path: readonly PropertyKey[], leaf: unknown): void {
  const parent = at(value, path.slice(0, -1)) as Record<PropertyKey, unknown>
  parent[path.at(-1) as PropertyKey] = leaf
}

function structured(value: unknown): unknown {
  if (value instanceof Secret || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(structured)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, structured(one)]))
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, connectors: ReadonlyMap<string, Connector>): Problem[] {
  const path = issue.path.map(String)
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.') || 'latchkey.yaml', message: spoken(issue) }]
  // An unknown connector has been named already, with the nearest known one.
  if (path.join('.') === 'connectors') return []
  const known = keysAt(schema, issue.path, connectors)
  return issue.keys.map((key) => ({
    path: [...path, key].join('.'),
    message: `is not a known setting${nearest(key, known)}`,
  }))
}

function spoken(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing'
  return issue.message
}

function nearest(word: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  const best = closest(word, [...known])
  return distance(word, best) <= Math.max(2, word.length / 2)
    ? `; did you mean ${best}?`
    : `; known are ${[...known].sort().join(', ')}`
}

/** The keys that an object at this place may have. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], connectors: ReadonlyMap<string, Connector>): string[] {
  const [first, use, ...rest] = path
  const connector = first === 'connectors' && use !== undefined ? connectors.get(String(use)) : undefined
  if (connector) return [...objectKeys(connector.settings, rest), ...(rest.length === 0 ? ['use', 'limits'] : [])]
  return objectKeys(schema, path)
}

type Definition = {
  innerType?: z.ZodType
  in?: z.ZodType
  element?: z.ZodType
  options?: readonly z.ZodType[]
  shape?: Record<string, z.ZodType>
}

function objectKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const def = schema.def as unknown as Definition
  const inner = def.innerType ?? def.in
  if (inner) return objectKeys(inner, path)
  if (def.options) return def.options.flatMap((option) => objectKeys(option, path))
  const [key, ...rest] = path
  if (key === undefined) return Object.keys(def.shape ?? {})
  const next = def.element ?? def.shape?.[String(key)]
  return next ? objectKeys(next, rest) : []
}
