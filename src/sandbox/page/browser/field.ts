/** What stands in a form and is not sent yet: by block, as a person left it. No DOM. */
import type { State, Thing, Value, Values } from '../shapes.ts'

export interface Field {
  values: Values
  set(block: string, value: Value): void
}

/** An element of Block Kit, as far as it is read here. */
export interface Shape extends Thing {
  type: string
  action_id?: string
}

/** What an element holds: as filled in, else as the app set it, else nothing. */
export function held(element: Shape, block: string, values: Values | undefined, state: State | undefined): Value {
  if (values && block in values) return values[block] ?? null
  const told = state?.[block]?.[element.action_id ?? '']
  return told ? fromState(element.type, told) : initialOf(element)
}

const single = ['static_select', 'external_select', 'radio_buttons']

function fromState(type: string, told: Thing): Value {
  if (single.includes(type)) return optionValue(told.selected_option, type === 'external_select')
  if (told.selected_options) return (told.selected_options as Thing[]).map((one) => String(one.value))
  for (const name of [
    'selected_user',
    'selected_conversation',
    'selected_channel',
    'selected_date',
    'selected_time',
    'selected_date_time',
    'rich_text_value',
    'value',
  ])
    if (told[name] !== undefined) return told[name] as Value
  return (told.selected_users ?? told.selected_conversations ?? null) as Value
}

function initialOf(element: Shape): Value {
  const { type } = element
  if (single.includes(type)) return optionValue(element.initial_option, type === 'external_select')
  if (type === 'checkboxes' || type.startsWith('multi_static'))
    return ((element.initial_options as Thing[] | undefined) ?? []).map((one) => String(one.value))
  for (const name of [
    'initial_value',
    'initial_user',
    'initial_users',
    'initial_conversation',
    'initial_channel',
    'initial_date',
    'initial_time',
    'initial_date_time',
  ])
    if (element[name] !== undefined) return element[name] as Value
  return null
}

/** Of an external menu the option itself, since the page does not know the others. */
function optionValue(option: unknown, whole: boolean): Value {
  const one = option as Thing | null | undefined
  if (!one) return null
  return whole ? one : String(one.value)
}

/** All options of a menu, those of groups among them. */
export function optionsOf(element: Shape): { value: string; text: string; description?: string; group?: string }[] {
  const read = (one: Thing, group?: string) => {
    const description = (one.description as { text?: string } | undefined)?.text
    return {
      value: String(one.value),
      text: (one.text as { text?: string })?.text ?? '',
      ...(description ? { description } : {}),
      ...(group ? { group } : {}),
    }
  }
  const groups = (element.option_groups as Thing[] | undefined) ?? []
  const inGroups = groups.flatMap((group) =>
    (group.options as Thing[]).map((one) => read(one, (group.label as { text: string }).text)),
  )
  return [...((element.options as Thing[] | undefined) ?? []).map((one) => read(one)), ...inGroups]
}
