/** Slack's payloads, read at the door into our own words; only the fields that are used. */
import { z } from 'zod'
import type { By, SaidClick, SaidCommand, SaidEvent, SaidForm, SaidShortcut, SeenView } from './gesture.ts'

const text = z.string()
const user = z.object({ id: text, team_id: text.optional() })
const team = z.object({ id: text }).nullish()

const Field = z.object({
  type: text,
  value: text.nullish(),
  selected_option: z.object({ value: text }).nullish(),
  selected_options: z.array(z.object({ value: text })).nullish(),
  selected_user: text.nullish(),
  selected_date_time: z.number().nullish(),
})

const View = z.object({
  id: text,
  root_view_id: text.nullish(),
  hash: text.default(''),
  type: text,
  callback_id: text.default(''),
  private_metadata: text.default(''),
  state: z.object({ values: z.record(text, z.record(text, Field)) }).nullish(),
})

function seenView(view: z.infer<typeof View>): SeenView {
  const fields: Record<string, string | readonly string[] | undefined> = {}
  for (const [block, actions] of Object.entries(view.state?.values ?? {}))
    for (const field of Object.values(actions)) fields[block] = filledIn(field)
  return {
    id: view.id,
    root: view.root_view_id ?? view.id,
    hash: view.hash,
    home: view.type === 'home',
    memo: view.private_metadata,
    fields,
  }
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

const Command = z.object({ user_id: text, team_id: text.optional(), text: text.default(''), trigger_id: text })

export function saidCommand(body: unknown): SaidCommand {
  const { user_id: id, team_id: where, text: typed, trigger_id: trigger } = Command.parse(body)
  const [word = '', ...rest] = typed.trim().split(/\s+/)
  const by = { id, team: where }
  return { type: 'command', by, word: word.toLowerCase(), rest: rest.join(' '), text: typed.trim(), trigger }
}

const Shortcut = z.object({ user, team, trigger_id: text })

export function saidShortcut(body: unknown): SaidShortcut {
  const { user: who, team: where, trigger_id: trigger } = Shortcut.parse(body)
  return { type: 'shortcut', by: byOf(who, where), trigger }
}

const Action = Field.extend({ action_id: text })
const Click = z.object({ user, team, trigger_id: text, actions: z.array(Action).min(1), view: View.nullish() })

export function saidClick(body: unknown): SaidClick {
  const { user: who, team: where, trigger_id: trigger, actions, view } = Click.parse(body)
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

export function saidForm(body: unknown): SaidForm {
  const { user: who, team: where, view } = Form.parse(body)
  return { type: 'form', by: byOf(who, where), form: view.callback_id, view: seenView(view) }
}

const Happening = z.object({
  team_id: text.optional(),
  event: z.object({ type: text, user: text.optional(), channel: text.optional(), tab: text.optional() }),
})

/** Undefined for what concerns nobody: the messages tab was opened, not the home one. */
export function saidEvent(body: unknown): SaidEvent | undefined {
  const { team_id: where, event } = Happening.parse(body)
  if (event.type === 'app_home_opened' && event.tab !== 'home') return undefined
  const by = { id: event.user ?? '', team: where }
  return { type: 'event', by, event: event.type as SaidEvent['event'], channel: event.channel }
}
