/** Messages, threads and views as plain text, as people would read them, for a terminal. */
import type { KnownBlock } from '@slack/types'
import { isThing, type Thing } from './limits.ts'
import { posts, thread, visibleTo } from './looking.ts'
import { emojis, formatDate, nameOf, type Reader, readable } from './mrkdwn.ts'
import type { Post } from './payloads.ts'
import { richTextLines } from './render-rich.ts'
import type { View, Workspace } from './workspace.ts'

export interface Rendered {
  state: Workspace
}

/** One thread: the card, then every reply. `zone` is the reader's, UTC when absent. */
export function renderThread(slack: Rendered, channel: string, ts: string, zone = 'Etc/UTC'): string {
  const reader = { state: slack.state, zone }
  const [card, ...replies] = thread(slack.state, channel, ts)
  if (!card) return `(no message ${ts} in ${channel})`
  const answers = replies.flatMap((reply) => messageLines(reader, reply).map((line) => `  │ ${line}`))
  return [...messageLines(reader, card), ...answers].join('\n')
}

export function renderChannel(slack: Rendered, channel: string, zone = 'Etc/UTC'): string {
  const reader = { state: slack.state, zone }
  return posts(slack.state, channel)
    .flatMap((one) => messageLines(reader, one).map((line) => (one.thread_ts ? `  │ ${line}` : line)))
    .join('\n')
}

export function renderView(slack: Rendered, view: View, zone = 'Etc/UTC'): string {
  const reader = { state: slack.state, zone }
  const title = isThing(view.title) ? [`[ ${textOf(reader, view.title)} ]`] : []
  const buttons = [view.close, view.submit].filter(isThing).map((one) => `[ ${textOf(reader, one)} ]`)
  const foot = buttons.length > 0 ? [buttons.join(' ')] : []
  return [...title, ...blockLines(reader, view.blocks), ...foot].join('\n')
}

/** Everything that one person sees, as text. */
export function renderVisible(slack: Rendered, user: string, zone = 'Etc/UTC'): string {
  const reader = { state: slack.state, zone }
  const seen = visibleTo(slack.state, user)
  const said = [...seen.channels.flatMap((one) => one.messages), ...seen.direct, ...seen.notes]
  const whispered = seen.ephemerals.flatMap((one) =>
    one.blocks ? blockLines(reader, one.blocks) : [readable(reader, one.text)],
  )
  const views = [...seen.views, ...(seen.home ? [seen.home] : [])].map((view) => renderView(slack, view, zone))
  return [...said.flatMap((one) => messageLines(reader, one)), ...whispered, ...views].join('\n')
}

function messageLines(reader: Reader, message: Post): string[] {
  const at = new Date(Number(message.ts) * 1000)
  const head = `${nameOf(reader.state, message.user).slice(1)}  ${formatDate(reader, at, '{time_secs}')}`
  const body = message.blocks ? blockLines(reader, message.blocks) : readable(reader, message.text).split('\n')
  const files = (message.files ?? []).map((file) => `📎 ${String(file.title ?? file.name)}`)
  const edited = message.edited && !message.blocks ? ['(edited)'] : []
  return [head, ...body.filter((line) => line !== '' || body.length > 1), ...edited, ...files]
}

export function blockLines(reader: Reader, blocks: readonly (KnownBlock | Thing)[]): string[] {
  return blocks.flatMap((block) => {
    const draw = drawings[String(block.type)]
    return draw ? draw(reader, block as Thing) : [`(${String(block.type)})`]
  })
}

type Draw = (reader: Reader, block: Thing) => string[]

const drawings: Record<string, Draw> = {
  header: (reader, block) => [`== ${textOf(reader, block.text)} ==`],
  divider: () => ['────────'],
  section: sectionLines,
  context: (reader, block) => [
    things(block.elements)
      .map((one) => textOf(reader, one))
      .join(' · '),
  ],
  actions: (reader, block) => [
    things(block.elements)
      .map((one) => elementText(reader, one))
      .join(' '),
  ],
  rich_text: (reader, block) => richTextLines(reader, block),
  markdown: (_, block) => String(block.text).split('\n'),
  image: (_, block) => [`[image: ${String(block.alt_text)}]`],
  alert: (reader, block) => [`(${String(block.level ?? 'note')}) ${textOf(reader, block.text)}`],
  input: (reader, block) => [
    `${textOf(reader, block.label)}${block.optional ? ' (optional)' : ''}: ${elementText(reader, block.element as Thing)}`,
  ],
  table: tableLines,
  data_table: (reader, block) => [String(block.caption), ...tableLines(reader, block)],
  plan: (reader, block) => [String(block.title), ...things(block.tasks).flatMap((task) => taskLines(reader, task))],
  task_card: taskLines,
  card: cardLines,
  carousel: (reader, block) => things(block.elements).flatMap((one) => cardLines(reader, one)),
  container: (reader, block) => [
    block.rich_text_title
      ? richTextLines(reader, block.rich_text_title as Thing).join(' ')
      : textOf(reader, block.title),
    ...blockLines(reader, things(block.child_blocks)).map((line) => `  ${line}`),
  ],
}

function sectionLines(reader: Reader, block: Thing): string[] {
  const text = block.text ? textOf(reader, block.text).split('\n') : []
  const fields = things(block.fields).map((one) => textOf(reader, one).replaceAll('\n', ': '))
  const accessory = isThing(block.accessory) ? [elementText(reader, block.accessory)] : []
  return [...text, ...fields, ...accessory]
}

const marks: Record<string, string> = { pending: '○', in_progress: '◐', complete: '✓', error: '✗' }

function taskLines(reader: Reader, task: Thing): string[] {
  const more = [task.details, task.output].filter(isThing).flatMap((one) => richTextLines(reader, one))
  return [`${marks[String(task.status)] ?? '○'} ${String(task.title)}`, ...more.map((line) => `    ${line}`)]
}

function cardLines(reader: Reader, card: Thing): string[] {
  const texts = [card.title, card.subtitle, card.body].filter(isThing).map((one) => textOf(reader, one))
  const actions = things(card.actions).map((one) => elementText(reader, one))
  return [...texts, ...(actions.length > 0 ? [actions.join(' ')] : [])]
}

function tableLines(reader: Reader, table: Thing): string[] {
  const rows = (table.rows as Thing[][]).map((row) => row.map((cell) => cellText(reader, cell)))
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function cellText(reader: Reader, cell: Thing): string {
  return cell.type === 'rich_text' ? richTextLines(reader, cell).join(' ') : String(cell.text)
}

export function textOf(reader: Reader, text: unknown): string {
  if (!isThing(text)) return String(text ?? '')
  if (text.type === 'image') return `[image: ${String(text.alt_text)}]`
  return text.type === 'mrkdwn' ? readable(reader, String(text.text)) : emojis(String(text.text))
}

/** A button as `[ Sign off ]`, anything to choose or type as its placeholder. */
function elementText(reader: Reader, element: Thing): string {
  if (element.text) return `[ ${textOf(reader, element.text)} ]`
  if (element.type === 'image') return `[image: ${String(element.alt_text)}]`
  if (element.type === 'overflow') return '[ … ]'
  const options = things(element.options).map((option) => textOf(reader, option.text))
  if (options.length > 0 && !element.placeholder) return `(${options.join(' / ')})`
  return `(${element.placeholder ? textOf(reader, element.placeholder) : String(element.type)})`
}

function things(value: unknown): Thing[] {
  return Array.isArray(value) ? value.filter(isThing) : []
}
