/**
 * Small typed helpers on Slack's blocks. What systems and people wrote goes into `rich_text` and `plain_text` only:
 * neither knows markup, so a name can never become a mention or a link.
 */
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  PlainTextOption,
  RichTextBlock,
  RichTextElement,
  RichTextSection,
  SectionBlock,
} from '@slack/types'
import { withoutUnseen } from '../../offboarding/unseen.ts'

/** What one message or view says: blocks, and the same as one sentence for screen readers and notifications. */
export interface Shown {
  text: string
  blocks: KnownBlock[]
}

export type Piece = string | RichTextElement
export type Line = readonly Piece[]

/** Slack's limits (docs.slack.dev/reference/block-kit; what is measured only says so). */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** Texts and about 100 for each block together (bolt-js issues 2509 and 2867); a little is kept in hand. */
  messageWeight: 12_500,
  header: 150,
  section: 3000,
  button: 75,
  option: 75,
  title: 24,
  updateText: 4000,
} as const

const breaks = /[\r\n\t\v\f\u0085\u2028\u2029]+/g

/** The marks of a proved step are ours alone: a name or a fact that brings one along could pass for a result. */
const green = /[\u2705\u2714\u2611\u{1f7e2}\u{1f7e9}]\ufe0f?/gu

/** One line of what people and systems wrote, without what nobody can see and without our marks. */
export function tidy(text: string): string {
  return withoutUnseen(text.replace(breaks, ' ')).replace(green, '').replace(/ {2,}/g, ' ').trim()
}

/** Cuts to `max` UTF-16 units, which is how Slack counts, never through a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  const whole = /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
  return `${whole.trimEnd()}…`
}

/** What Slack makes a link or a picture of by itself: `https://…`, `:white_check_mark:`, also with a colon of ours after it. */
const magic = /:(?=\/\/|[\w'+-]+(?::|$))/g

/** For `text`, the one place that Slack reads as markup and that holds names. */
export function escaped(text: string): string {
  const flat = tidy(text).replace(magic, ': ')
  return flat.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** `emoji: false`: a name that says `:white_check_mark:` shows these very letters. */
export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clip(tidy(text), max) || '–', emoji: false }
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, limits.header) }
}

/** Fixed words of ours only; anything else goes through `lines`. */
export function section(text: string, more: Partial<SectionBlock> = {}): SectionBlock {
  return { type: 'section', text: plain(text, 2900), ...more }
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [plain(text, 1900)] }
}

export function actions(blockId: string, buttons: readonly ActionsBlock['elements'][number][]): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements: [...buttons].slice(0, 25) }
}

export interface ButtonSpec {
  action: string
  text: string
  value: string
  style?: 'primary' | 'danger'
  confirm?: { title: string; text: string; yes: string }
}

export function button({ action, text, value, style, confirm }: ButtonSpec): Button {
  return {
    type: 'button',
    action_id: action,
    text: plain(text, limits.button),
    value,
    ...(style ? { style } : {}),
    ...(confirm ? { confirm: question(confirm) } : {}),
  }
}

function question({ title, text, yes }: { title: string; text: string; yes: string }) {
  return {
    title: plain(title, 100),
    text: plain(text, 300),
    confirm: plain(yes, 30),
    deny: plain('Not now', 30),
  }
}

export function option(text: string, value: string, description?: string): PlainTextOption {
  const more = description ? { description: plain(description, limits.option) } : {}
  return { text: plain(text, limits.option), value, ...more }
}

export function bold(text: string): RichTextElement {
  return { type: 'text', text: tidy(text) || '–', style: { bold: true } }
}

export function user(id: string): RichTextElement {
  return { type: 'user', user_id: id }
}

function element(piece: Piece): RichTextElement[] {
  if (typeof piece !== 'string') return [piece]
  const text = withoutUnseen(piece.replace(breaks, ' '))
  return text === '' ? [] : [{ type: 'text', text }]
}

function richSection(line: Line, end = ''): RichTextSection {
  const elements = line.flatMap(element)
  if (end) elements.push({ type: 'text', text: end })
  return { type: 'rich_text_section', elements: elements.length > 0 ? elements : [{ type: 'text', text: '–' }] }
}

/** Lines below each other. */
export function lines(list: readonly Line[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: list.map((line, index) => richSection(line, index < list.length - 1 ? '\n' : '')),
  }
}

/** A headline with a list under it. */
export function list(headline: Line | undefined, items: readonly Line[]): RichTextBlock {
  const head = headline ? [richSection(headline)] : []
  const body = {
    type: 'rich_text_list' as const,
    style: 'bullet' as const,
    elements: items.map((one) => richSection(one)),
  }
  return { type: 'rich_text', elements: items.length > 0 ? [...head, body] : head }
}

/** What a person wrote, line breaks and all, set apart as a quote. */
export function quote(text: string, max: number): RichTextBlock {
  const kept = clip(text.replace(/\r\n?/g, '\n').replace(/\t/g, ' '), max)
  const clean = withoutUnseen(kept).replace(green, '')
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: clean || '–' }] }],
  }
}

/** The first `max`, and how many are left. */
export function firstOf<T>(all: readonly T[], max: number): { shown: readonly T[]; more: number } {
  return all.length <= max ? { shown: all, more: 0 } : { shown: all.slice(0, max), more: all.length - max }
}

/** `items` cut to `max` lines, with the last one saying what was left out. */
export function cut(items: readonly Line[], max: number, where = 'Show everything'): Line[] {
  const { shown, more } = firstOf(items, max)
  return more > 0 ? [...shown, [`and ${more} more: ${where}`]] : [...shown]
}

/** How much text a line will show. */
export function lengthOf(line: Line): number {
  let sum = 0
  for (const piece of line)
    sum += typeof piece === 'string' ? piece.length : 'text' in piece ? (piece.text ?? '').length : 20
  return sum
}

function textIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let sum = 0
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'string') sum += key === 'text' || key === 'title' ? one.length : 0
    else sum += textIn(one)
  }
  return sum
}

/** What these blocks count against `messageWeight`. */
export function weigh(blocks: readonly KnownBlock[]): number {
  return blocks.length * 100 + textIn(blocks)
}

/**
 * A message that Slack takes, whatever its size: `head` and `tail` always, and between them each group whole or not at
 * all, the first ones first.
 */
export function packed(
  head: readonly KnownBlock[],
  groups: readonly (readonly KnownBlock[])[],
  tail: readonly KnownBlock[],
): KnownBlock[] {
  const kept: KnownBlock[] = []
  const frame = head.length + tail.length
  let weight = weigh(head) + weigh(tail)
  let left = 0
  for (const group of groups) {
    const more = weigh(group)
    const count = frame + kept.length + group.length
    const fits = count < limits.messageBlocks && weight + more < limits.messageWeight - 200
    if (left === 0 && fits) {
      kept.push(...group)
      weight += more
    } else if (group.length > 0) left += 1
  }
  if (left > 0) kept.push(context('There is more than fits here: Show everything'))
  return [...head, ...kept, ...tail]
}
