/** Block Kit's blocks, and on which surface Slack takes each (@slack/types 3.2.0; docs.slack.dev/blocks.json, and measured where they differ). */
import { z } from 'zod'
import { button, image, inActions, inContextActions, inInput, inSection } from './limits-elements.ts'
import { chars, flag, identifier, plainText, richText, text } from './limits-text.ts'

export type Surface = 'message' | 'modal' | 'home'

const head = { block_id: identifier.optional() }

const section = z
  .strictObject({
    type: z.literal('section'),
    text: text(3000).optional(),
    fields: z.array(text(2000)).min(1).max(10).optional(),
    accessory: inSection.optional(),
    expand: flag,
    ...head,
  })
  .refine((one) => one.text || one.fields, { message: 'must define either `text` or `fields`' })

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: chars(1, 3000) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: chars(1, 3000) }),
  richText,
])

const taskCard = z.strictObject({
  type: z.literal('task_card'),
  task_id: identifier,
  /** A string, not a text object. */
  title: chars(1, 3000),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: z.string(), text: z.string() })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  ...head,
})

const card = z
  .strictObject({
    type: z.literal('card'),
    hero_image: image.optional(),
    icon: image.optional(),
    slack_icon: z.looseObject({ name: z.string() }).optional(),
    title: text(150).optional(),
    subtitle: text(150).optional(),
    body: text(200).optional(),
    actions: z.array(button).min(1).max(2).optional(),
    ...head,
  })
  .refine((one) => one.hero_image || one.title || one.body || one.actions, {
    message: 'must define at least one of `hero_image`, `title`, `body` or `actions`',
  })

const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    alt_text: chars(1, 2000),
    title: plainText(2000).optional(),
    image_url: chars(1, 3000).optional(),
    slack_file: z.looseObject({}).optional(),
    ...head,
  })
  .refine((one) => Boolean(one.image_url) !== Boolean(one.slack_file), {
    message: 'must define either `image_url` or `slack_file`',
  })

const table = z.strictObject({
  type: z.literal('table'),
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: flag }).nullable())
    .max(20)
    .optional(),
  ...head,
})

/** They stand everywhere. */
const common = [
  section,
  z.strictObject({ type: z.literal('divider'), ...head }),
  z.strictObject({
    type: z.literal('header'),
    text: plainText(150),
    level: z.number().int().min(1).max(6).optional(),
    ...head,
  }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(inActions).min(1).max(25), ...head }),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(z.discriminatedUnion('type', [image, text(3000)]))
      .min(1)
      .max(10),
    ...head,
  }),
  imageBlock,
  z.strictObject({
    type: z.literal('input'),
    label: plainText(2000),
    hint: plainText(2000).optional(),
    element: inInput,
    optional: flag,
    dispatch_action: flag,
    ...head,
  }),
  richText,
] as const

const container = z
  .strictObject({
    type: z.literal('container'),
    title: plainText(150).optional(),
    rich_text_title: richText.optional(),
    subtitle: text(150).optional(),
    icon: image.optional(),
    child_blocks: z
      .array(z.discriminatedUnion('type', [...common, table]))
      .min(1)
      .max(10),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    is_collapsible: flag,
    default_collapsed: flag,
    has_header_divider: flag,
    ...head,
  })
  .refine((one) => one.title || one.rich_text_title, { message: 'must define either `title` or `rich_text_title`' })

const carousel = z.strictObject({
  type: z.literal('carousel'),
  elements: z.array(card).min(1).max(10),
  ...head,
})

const dataTable = z.strictObject({
  type: z.literal('data_table'),
  caption: chars(1, 3000),
  rows: z.array(z.array(cell).min(1).max(20)).min(2).max(101),
  page_size: z.number().int().min(1).max(100).optional(),
  row_header_column_index: z.number().int().min(0).optional(),
  ...head,
})

const alert = z.strictObject({
  type: z.literal('alert'),
  text: text(3000),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  ...head,
})

const messageOnly = [
  z.strictObject({ type: z.literal('markdown'), text: chars(1, 12_000), ...head }),
  table,
  dataTable,
  z.strictObject({ type: z.literal('plan'), title: chars(1, 3000), tasks: z.array(taskCard).optional(), ...head }),
  taskCard,
  z.strictObject({ type: z.literal('context_actions'), elements: z.array(inContextActions).min(1).max(5), ...head }),
] as const

/** Not taken at all: `file` is inbound only, `video` needs links.embed:write, which nobody here has. */
const bySurface = {
  message: z.discriminatedUnion('type', [...common, ...messageOnly, card, carousel, container]),
  modal: z.discriminatedUnion('type', [...common, alert]),
  home: z.discriminatedUnion('type', [...common, card, carousel, container]),
}

export const mostBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 }

export function blocksOn(surface: Surface) {
  return z.array(bySurface[surface]).max(mostBlocks[surface])
}

const viewHead = {
  private_metadata: chars(0, 3000).optional(),
  callback_id: chars(0, 255).optional(),
  external_id: chars(0, 255).optional(),
}

export const views = {
  modal: z.strictObject({
    type: z.literal('modal'),
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: flag,
    notify_on_close: flag,
    blocks: blocksOn('modal'),
    ...viewHead,
  }),
  home: z.strictObject({ type: z.literal('home'), blocks: blocksOn('home'), ...viewHead }),
}
