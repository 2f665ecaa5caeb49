/**
 * Slack's payloads, read at the door into our own words; only the fields that are used, none longer than Slack sends it.
 * Undefined: this is none of Slack's payloads.
 */
import { z } from 'zod'
import type { By, SaidClick, SaidCommand, SaidEvent, SaidForm, SaidShortcut, SeenView } from './gesture.ts'

/** zod's own `max` also looks at the `length` of what is no text, and fails where that is neither. */
const upTo = (most: number) => z.string().refine((one) => one.length <= most)
/** Ids, names of ours, addresses for answers. */
const text = upTo(500)
/** A field holds up to 3,000 characters (docs.slack.dev/reference/block-kit), and so does a view's memo. */
const long = upTo(3000)
const user = z.object({ id: text, team_id: text.optional() })
const team = z.object({ id: text }).nullish()
/** More than any form has fields, or any field has options. */
const most = 100

const Field = z.object({
  type: text,
  value: long.nullish(),
  selected_option: z.object({ value: text }).nullish(),
  selected_options: z
    .array(z.object({ value: text }))
    .refine((list) => list.length <= most)
    .nullish(),
  selected_user: text.nullish(),
  /** Slack's own are ten digits long. */
  selected_date_time: z.int().nonnegative().max(9_999_999_999).nullish(),
})

const Fields = z.record(text, z.record(text, Field)).refine((blocks) => Object.keys(blocks).length <= most)

const View = z.object({
  id: text,
  root_view_id: text.nullish(),
  hash: text.default(''),
  type: text,
  callback_id: text.default(''),
  private_metadata: long.default(''),
  state: z.object({ values: Fields }).nullish(),
})

function seenView(view: z.infer<typeof View>): SeenView {
  return {
    id: view.id,
    root: view.root_view_id ?? view.id,
    hash: view.hash,
    home: view.type === 'home',
    memo: view.private_metadata,
    fields: fieldsOf(view),
  }
}

function fieldsOf(view: z.infer<typeof View>): SeenView['fields'] {
  const filled = Object.entries(view.state?.values ?? {}).flatMap(([block, actions]) =>
    Object.values(actions).map((field) => [block, filledIn(field)] as const),
  )
  return Object.fromEntries(filled)
}

/** What is filled in, for telling one filling-in from the next. */
export function fieldsIn(view: unknown): SeenView['fields'] | undefined {
  const read = View.safeParse(view)
  return read.data && fieldsOf(read.data)
}

/** A moment comes as ISO text, a choice as its value, several as a list. */
function filledIn(field: z.infer<typeof Field>): string | readonly string[] | undefined {
  if (field.selected_options) return field.selected_options.map((one) => one.value)
  if (field.selected_date_time) return new Date(field.selected_date_time * 1000).toISOString()
  return field.selected_option?.value ?? field.selected_user ?? field.value ?? undefined
}

function byOf(who: z.infer<typeof user>, where: z.infer<typeof team>): By {
  return { id: who.id, team: who.team_id ?? where?.id }
}

const Command = z.object({ user_id: text, team_id: text.optional(), text: z.string().default(''), trigger_id: text })

/** No command of ours is longer; what is, is not understood, and need not be. */
const longestTyped = 1000

export function saidCommand(body: unknown): SaidCommand | undefined {
  const read = Command.safeParse(body).data
  if (!read) return undefined
  const { user_id: id, team_id: where, trigger_id: trigger } = read
  const typed = read.text.slice(0, longestTyped).trim()
  const [word = '', ...rest] = typed.split(/\s+/)
  const by = { id, team: where }
  return { type: 'command', by, word: word.toLowerCase(), rest: rest.join(' '), text: typed, trigger }
}

const Shortcut = z.object({ user, team, trigger_id: text })

export function saidShortcut(body: unknown): SaidShortcut | undefined {
  const read = Shortcut.safeParse(body).data
  if (!read) return undefined
  const { user: who, team: where, trigger_id: trigger } = read
  return { type: 'shortcut', by: byOf(who, where), trigger }
}

const Action = Field.extend({ action_id: text })
const Actions = z.array(Action).refine((list) => list.length > 0 && list.length <= most)
const Click = z.object({ user, team, trigger_id: text, actions: Actions, view: View.nullish() })

export function saidClick(body: unknown): SaidClick | undefined {
  const read = Click.safeParse(body).data
  if (!read) return undefined
  const { user: who, team: where, trigger_id: trigger, actions, view } = read
  const [action] = actions
  const value = action ? filledIn(action) : undefined
  return {
    type: 'click',
    by: byOf(who, where),
    action: action?.action_id ?? '',
    value: typeof value === 'string' ? value : '',
    trigger,
    ...(view ? { view: seenView(view) } : {}),
  }
}

const Form = z.object({ user, team, view: View })

export function saidForm(body: unknown): SaidForm | undefined {
  const read = Form.safeParse(body).data
  if (!read) return undefined
  const { user: who, team: where, view } = read
  return { type: 'form', by: byOf(who, where), form: view.callback_id, view: seenView(view) }
}

const Happening = z.object({
  team_id: text.optional(),
  event: z.object({ type: text, user: text.optional(), channel: text.optional(), tab: text.optional() }),
})

/** Undefined also for what concerns nobody: the messages tab was opened, not the home one. */
export function saidEvent(body: unknown): SaidEvent | undefined {
  const read = Happening.safeParse(body).data
  if (!read) return undefined
  const { team_id: where, event } = read
  if (event.type === 'app_home_opened' && event.tab !== 'home') return undefined
  const by = { id: event.user ?? '', team: where }
  return { type: 'event', by, event: event.type as SaidEvent['event'], channel: event.channel }
}
