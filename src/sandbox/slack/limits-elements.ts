/** Block Kit's elements and where each may stand (docs.slack.dev/reference/block-kit/block-elements, @slack/types 3.2.0). */
import { z } from 'zod'
import {
  chars,
  confirm,
  flag,
  identifier,
  optionGroups,
  options,
  overflowOption,
  plainOption,
  plainText,
  richOption,
  richText,
} from './limits-text.ts'

const acts = { action_id: identifier.optional(), confirm: confirm.optional() }
const focus = { focus_on_load: flag }
const placeholder = { placeholder: plainText(150).optional() }
const selects = { ...acts, ...focus, ...placeholder }
const many = { max_selected_items: z.number().int().min(1).optional() }
const types = {
  action_id: identifier.optional(),
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .max(2),
    })
    .optional(),
  ...focus,
  ...placeholder,
}
const buttonStyle = z.enum(['primary', 'danger']).optional()

export const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  value: chars(0, 2000).optional(),
  url: chars(1, 3000).optional(),
  style: buttonStyle,
  accessibility_label: chars(1, 75).optional(),
  ...acts,
})

const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  action_id: identifier,
  text: plainText(75),
  workflow: z.looseObject({ trigger: z.looseObject({ url: z.string() }) }),
  style: buttonStyle,
  accessibility_label: chars(1, 75).optional(),
})

export const image = z
  .strictObject({
    type: z.literal('image'),
    alt_text: chars(1, 2000),
    image_url: chars(1, 3000).optional(),
    slack_file: z.looseObject({}).optional(),
  })
  .refine((one) => Boolean(one.image_url) !== Boolean(one.slack_file), {
    message: 'must define either `image_url` or `slack_file`',
  })

interface Listed {
  options?: readonly { value: string }[] | undefined
  option_groups?: readonly { options: readonly { value: string }[] }[] | undefined
  initial_option?: { value: string } | undefined
  initial_options?: readonly { value: string }[] | undefined
}

/** An initial option must match one of the options exactly, else the whole view is refused. */
function listed(one: Listed, context: z.core.$RefinementCtx): void {
  const all = [...(one.options ?? []), ...(one.option_groups ?? []).flatMap((group) => group.options)]
  const known = new Set(all.map((option) => JSON.stringify(option)))
  const initial = [...(one.initial_options ?? []), ...(one.initial_option ? [one.initial_option] : [])]
  if ('option_groups' in one && one.options && one.option_groups)
    context.addIssue({ code: 'custom', message: 'must define either `options` or `option_groups`, not both' })
  if (all.length === 0) context.addIssue({ code: 'custom', message: 'must define either `options` or `option_groups`' })
  if (new Set(all.map((option) => option.value)).size < all.length)
    context.addIssue({ code: 'custom', message: 'option values must be unique' })
  for (const option of initial)
    if (!known.has(JSON.stringify(option)))
      context.addIssue({ code: 'custom', message: 'initial option must match one of the options exactly' })
}

const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    options: options(100).optional(),
    option_groups: optionGroups.optional(),
    initial_option: plainOption.optional(),
    ...selects,
  })
  .superRefine(listed)

const menus = [
  staticSelect,
  z.strictObject({
    type: z.literal('external_select'),
    initial_option: plainOption.optional(),
    min_query_length: z.number().int().min(0).optional(),
    ...selects,
  }),
  z.strictObject({ type: z.literal('users_select'), initial_user: identifier.optional(), ...selects }),
  z.strictObject({
    type: z.literal('conversations_select'),
    initial_conversation: identifier.optional(),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: z.looseObject({}).optional(),
    ...selects,
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    initial_channel: identifier.optional(),
    response_url_enabled: flag,
    ...selects,
  }),
] as const

/** Refused in an actions block: "unsupported element: multiselect" (measured; the documents list them there). */
const multiMenus = [
  z
    .strictObject({
      type: z.literal('multi_static_select'),
      options: options(100).optional(),
      option_groups: optionGroups.optional(),
      initial_options: options(100).optional(),
      ...many,
      ...selects,
    })
    .superRefine(listed),
  z.strictObject({
    type: z.literal('multi_external_select'),
    initial_options: options(100).optional(),
    min_query_length: z.number().int().min(0).optional(),
    ...many,
    ...selects,
  }),
  z.strictObject({
    type: z.literal('multi_users_select'),
    initial_users: z.array(identifier).optional(),
    ...many,
    ...selects,
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    initial_conversations: z.array(identifier).optional(),
    default_to_current_conversation: flag,
    filter: z.looseObject({}).optional(),
    ...many,
    ...selects,
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    initial_channels: z.array(identifier).optional(),
    ...many,
    ...selects,
  }),
] as const

const pickers = [
  z.strictObject({
    type: z.literal('datepicker'),
    initial_date: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .optional(),
    ...selects,
  }),
  z.strictObject({
    type: z.literal('timepicker'),
    initial_time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
    timezone: z.string().optional(),
    ...selects,
  }),
  z
    .strictObject({
      type: z.literal('checkboxes'),
      options: z.array(richOption).min(1).max(10),
      initial_options: z.array(richOption).min(1).max(10).optional(),
      ...acts,
      ...focus,
    })
    .superRefine(listed),
  z
    .strictObject({
      type: z.literal('radio_buttons'),
      options: z.array(richOption).min(1).max(10),
      initial_option: richOption.optional(),
      ...acts,
      ...focus,
    })
    .superRefine(listed),
] as const

const dateTimePicker = z.strictObject({
  type: z.literal('datetimepicker'),
  /** Ten digits: seconds, not milliseconds. */
  initial_date_time: z.number().int().min(1_000_000_000).max(9_999_999_999).optional(),
  ...acts,
  ...focus,
})

const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z.array(overflowOption).min(1).max(5),
  ...acts,
})

const fields = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    initial_value: chars(0, 3000).optional(),
    multiline: flag,
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
    ...types,
  }),
  z.strictObject({ type: z.literal('email_text_input'), initial_value: z.string().optional(), ...types }),
  z.strictObject({ type: z.literal('url_text_input'), initial_value: z.string().optional(), ...types }),
  z.strictObject({
    type: z.literal('number_input'),
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
    ...types,
  }),
  z.strictObject({
    type: z.literal('rich_text_input'),
    initial_value: richText.optional(),
    min_lines: z.number().int().min(1).max(100).optional(),
    max_lines: z.number().int().min(1).max(100).optional(),
    ...types,
    action_id: identifier,
  }),
  z.strictObject({
    type: z.literal('file_input'),
    action_id: identifier.optional(),
    filetypes: z.array(z.string()).min(1).optional(),
    max_files: z.number().int().min(1).max(10).optional(),
  }),
] as const

export const inActions = z.discriminatedUnion('type', [
  button,
  workflowButton,
  overflow,
  dateTimePicker,
  ...menus,
  ...pickers,
])
export const inSection = z.discriminatedUnion('type', [
  button,
  workflowButton,
  overflow,
  image,
  ...menus,
  ...multiMenus,
  ...pickers,
])
export const inInput = z.discriminatedUnion('type', [...fields, dateTimePicker, ...menus, ...multiMenus, ...pickers])
export const inContextActions = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('feedback_buttons') }),
  z.strictObject({
    type: z.literal('icon_button'),
    icon: z.string(),
    text: plainText(75),
    value: chars(0, 2000).optional(),
    accessibility_label: chars(1, 75).optional(),
    visible_to_user_ids: z.array(z.string()).optional(),
    ...acts,
  }),
])
