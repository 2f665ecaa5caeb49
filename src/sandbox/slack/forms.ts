/** What people fill in: the state of inputs as Slack sends it, and what Slack's client itself refuses before sending. */
import type { KnownBlock } from '@slack/types'
import { elementsOf, nested, type Thing } from './limits.ts'
import type { Values } from './workspace.ts'

export interface Input {
  blockId: string
  block: Thing
  element: Thing
  /** In an input block, not in a section or actions block. */
  submitted: boolean
}

/** The key of the state entry, and the element's property that it starts with. */
const holds: Record<string, readonly [key: string, initial: string, empty: null | readonly []]> = {
  plain_text_input: ['value', 'initial_value', null],
  email_text_input: ['value', 'initial_value', null],
  url_text_input: ['value', 'initial_value', null],
  number_input: ['value', 'initial_value', null],
  rich_text_input: ['rich_text_value', 'initial_value', null],
  file_input: ['files', '', []],
  datepicker: ['selected_date', 'initial_date', null],
  timepicker: ['selected_time', 'initial_time', null],
  datetimepicker: ['selected_date_time', 'initial_date_time', null],
  checkboxes: ['selected_options', 'initial_options', []],
  radio_buttons: ['selected_option', 'initial_option', null],
  static_select: ['selected_option', 'initial_option', null],
  external_select: ['selected_option', 'initial_option', null],
  users_select: ['selected_user', 'initial_user', null],
  conversations_select: ['selected_conversation', 'initial_conversation', null],
  channels_select: ['selected_channel', 'initial_channel', null],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  multi_users_select: ['selected_users', 'initial_users', []],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
}

/** Every element that holds a value, in the order shown. */
export function inputsOf(blocks: readonly KnownBlock[]): Input[] {
  return nested(blocks).flatMap((block) =>
    elementsOf(block)
      .filter((element) => holds[String(element.type)])
      .map((element) => ({ blockId: String(block.block_id), block, element, submitted: block.type === 'input' })),
  )
}

/**
 * The state of these blocks: untouched inputs are there with null or an empty list, initial values count, and what was
 * typed stays where the same block_id and action_id are shown again.
 */
export function stateOf(blocks: readonly KnownBlock[], before: Values = {}): Values {
  const values: Values = {}
  for (const { blockId, element } of inputsOf(blocks)) {
    const action = String(element.action_id)
    const typed = before[blockId]?.[action]
    const entry = typed && typed.type === element.type ? typed : entryOf(element, undefined)
    values[blockId] = { ...values[blockId], [action]: entry }
  }
  return values
}

function entryOf(element: Thing, value: unknown): Thing {
  const [key, initial, empty] = holds[String(element.type)] ?? ['value', 'initial_value', null]
  const zone = element.type === 'timepicker' && element.timezone ? { timezone: element.timezone } : {}
  return { type: element.type, [key]: value ?? element[initial] ?? empty, ...zone }
}

/** What a person chose or typed, as Slack keeps it. Options are named by their value; null empties. */
export function filled(element: Thing, value: unknown): Thing {
  const [key, , empty] = holds[String(element.type)] ?? ['value', '', null]
  if (value === null || value === undefined || value === '') return { ...entryOf(element, null), [key]: empty }
  if (key === 'selected_option') return { ...entryOf(element, null), [key]: optionOf(element, value) }
  if (key === 'selected_options')
    return { ...entryOf(element, null), [key]: asList(value).map((one) => optionOf(element, one)) }
  if (Array.isArray(empty)) return { ...entryOf(element, null), [key]: asList(value) }
  return entryOf(element, key === 'value' ? String(value) : value)
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Of an external menu, the option itself must be given, as its list came from the app. */
export function optionOf(element: Thing, value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return value
  const found = optionsOf(element).find((option) => option.value === value)
  if (found) return found
  const known = optionsOf(element).map((option) => String(option.value))
  throw new Error(`${String(element.action_id)} has no option ${String(value)}, only ${known.join(', ')}`)
}

function optionsOf(element: Thing): Thing[] {
  const groups = (element.option_groups ?? []) as { options: Thing[] }[]
  return [...((element.options ?? []) as Thing[]), ...groups.flatMap((group) => group.options)]
}

/** What Slack's client says under the inputs, by block_id; the app hears nothing until all is well. */
export function refusedByClient(blocks: readonly KnownBlock[], values: Values): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { blockId, block, element, submitted } of inputsOf(blocks)) {
    const entry = values[blockId]?.[String(element.action_id)]
    const [key] = holds[String(element.type)] ?? ['value']
    const value = entry?.[key]
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
    const problem = empty
      ? block.optional === true
        ? undefined
        : 'Please complete this required field.'
      : wrong(element, value)
    if (submitted && problem) errors[blockId] = problem
  }
  return errors
}

function wrong(element: Thing, value: unknown): string | undefined {
  if (element.type === 'number_input') return wrongNumber(element, Number(value))
  if (element.type === 'email_text_input' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(value)))
    return 'Please enter a valid email address.'
  if (element.type === 'url_text_input' && !URL.canParse(String(value))) return 'Please enter a valid URL.'
  if (Array.isArray(value) && value.length > Number(element.max_selected_items ?? Infinity))
    return `Select at most ${String(element.max_selected_items)} items.`
  if (typeof value !== 'string' || element.type !== 'plain_text_input') return undefined
  if (value.length > Number(element.max_length ?? 3000))
    return `Please enter at most ${String(element.max_length ?? 3000)} characters.`
  if (value.length < Number(element.min_length ?? 0))
    return `Please enter at least ${String(element.min_length)} characters.`
  return undefined
}

function wrongNumber(element: Thing, value: number): string | undefined {
  if (!Number.isFinite(value)) return 'Please enter a number.'
  if (element.is_decimal_allowed !== true && !Number.isInteger(value)) return 'Please enter a whole number.'
  if (value < Number(element.min_value ?? -Infinity)) return `Please enter at least ${String(element.min_value)}.`
  if (value > Number(element.max_value ?? Infinity)) return `Please enter at most ${String(element.max_value)}.`
  return undefined
}
