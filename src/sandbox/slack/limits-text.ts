/**
 * Block Kit's small parts: text objects, options, confirmation dialogs and rich text, with Slack's lengths
 * (docs.slack.dev/reference/block-kit/composition-objects, @slack/types 3.2.0). Lengths are counted in UTF-16 units,
 * which is never more lenient than Slack.
 */
import { z } from 'zod'

export function chars(min: number, max: number) {
  return z.string().min(min).max(max)
}

export const identifier = chars(1, 255)
export const flag = z.boolean().optional()

export function plainText(max: number) {
  return z.strictObject({ type: z.literal('plain_text'), text: chars(1, max), emoji: flag })
}

export function mrkdwn(max: number) {
  return z.strictObject({ type: z.literal('mrkdwn'), text: chars(1, max), verbatim: flag })
}

export function text(max: number) {
  return z.discriminatedUnion('type', [plainText(max), mrkdwn(max)])
}

export const confirm = z.strictObject({
  title: plainText(100).optional(),
  text: text(300),
  confirm: plainText(30).optional(),
  deny: plainText(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
})

/** An option of a menu; checkboxes and radio buttons may also have mrkdwn. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: chars(1, 75),
  description: plainText(75).optional(),
})
export const richOption = z.strictObject({ text: text(75), value: chars(1, 75), description: text(75).optional() })
export const overflowOption = plainOption.extend({ url: chars(1, 3000).optional() })

export function options(max: number) {
  return z.array(plainOption).min(1).max(max)
}

export const optionGroups = z
  .array(z.strictObject({ label: plainText(75), options: options(100) }))
  .min(1)
  .max(100)

const style = z
  .strictObject({
    bold: flag,
    italic: flag,
    strike: flag,
    underline: flag,
    code: flag,
    highlight: flag,
    client_highlight: flag,
    unlink: flag,
  })
  .optional()

const leaf = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: chars(1, 100_000), style }),
  z.strictObject({
    type: z.literal('link'),
    url: chars(1, 3000),
    text: z.string().optional(),
    unsafe: flag,
    style,
  }),
  z.strictObject({ type: z.literal('user'), user_id: identifier, style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: identifier, style }),
  z.strictObject({ type: z.literal('team'), team_id: identifier, style }),
  z.strictObject({ type: z.literal('channel'), channel_id: identifier, style }),
  z.strictObject({
    type: z.literal('emoji'),
    name: identifier,
    unicode: z.string().optional(),
    skin_tone: z.number().optional(),
    style,
  }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
  z.strictObject({ type: z.literal('color'), value: identifier, style }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.number().int(),
    format: chars(1, 3000),
    url: z.string().optional(),
    fallback: z.string().optional(),
    style,
  }),
])

const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(leaf) })
const border = z.union([z.literal(0), z.literal(1)]).optional()

/** A nested list is a list of its own with `indent`, never a list inside a list. */
export const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: identifier.optional(),
  elements: z.array(
    z.discriminatedUnion('type', [
      section,
      z.strictObject({
        type: z.literal('rich_text_list'),
        style: z.enum(['bullet', 'ordered']),
        elements: z.array(section).min(1),
        indent: z.number().int().min(0).max(8).optional(),
        offset: z.number().int().min(0).optional(),
        border,
      }),
      z.strictObject({
        type: z.literal('rich_text_preformatted'),
        elements: z.array(leaf),
        border,
        language: z.string().optional(),
      }),
      z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(leaf), border }),
    ]),
  ),
})

type Issue = z.core.$ZodIssue

/** One issue as Slack says it, with its JSON pointer, such as "must be less than 3001 characters [json-pointer:/blocks/0/text/text]". */
export function slackSays(issue: Issue, root: string): string {
  const at = `${root}${issue.path.map((step) => `/${String(step)}`).join('')}`
  const above = at.replace(/\/[^/]*$/, '')
  const say = (what: string, where = at) => `${what} [json-pointer:${where}]`
  if (issue.code === 'too_big') return say(tooBig(issue.origin, Number(issue.maximum)))
  if (issue.code === 'too_small') return say(tooSmall(issue.origin, Number(issue.minimum)))
  if (issue.code === 'unrecognized_keys') return say(`invalid additional property: ${issue.keys.join(', ')}`)
  if (issue.code === 'invalid_union') return say(`unsupported type: ${String(typeOf(issue.input))}`)
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return say(`missing required field: ${String(issue.path.at(-1))}`, above)
  if (issue.code === 'invalid_type')
    return say(`must provide ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`)
  if (issue.code === 'invalid_value') return say(`must be one of ${issue.values.map(String).join(', ')}`)
  return say(issue.message)
}

function tooBig(origin: string, max: number): string {
  if (origin === 'string') return `must be less than ${max + 1} characters`
  return origin === 'array' ? `no more than ${max} items allowed` : `must be less than ${max + 1}`
}

function tooSmall(origin: string, min: number): string {
  if (origin === 'string') return `must be more than ${min - 1} characters`
  return origin === 'array' ? `must provide at least ${min} items` : `must be more than ${min - 1}`
}

function typeOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'type' in input ? input.type : input
}
