/** rich_text as plain lines. */
import { isThing, type Thing } from './limits.ts'
import { channelOf, emojis, formatDate, groupOf, nameOf, type Reader } from './mrkdwn.ts'

export function richTextLines(reader: Reader, block: Thing): string[] {
  return things(block.elements).flatMap((part) => partLines(reader, part))
}

function partLines(reader: Reader, part: Thing): string[] {
  if (part.type === 'rich_text_list') return listLines(reader, part)
  const lines = leaves(reader, part).split('\n')
  if (part.type === 'rich_text_quote') return lines.map((line) => `> ${line}`)
  if (part.type === 'rich_text_preformatted') return lines.map((line) => `    ${line}`)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function listLines(reader: Reader, list: Thing): string[] {
  const indent = '  '.repeat(Number(list.indent ?? 0))
  return things(list.elements).map((item, at) => {
    const mark = list.style === 'ordered' ? `${at + 1 + Number(list.offset ?? 0)}.` : '•'
    return `${indent}${mark} ${leaves(reader, item)}`
  })
}

function leaves(reader: Reader, part: Thing): string {
  return things(part.elements)
    .map((leaf) => leafText(reader, leaf))
    .join('')
}

function leafText(reader: Reader, leaf: Thing): string {
  const { state } = reader
  if (leaf.type === 'user') return nameOf(state, String(leaf.user_id))
  if (leaf.type === 'usergroup') return groupOf(state, String(leaf.usergroup_id))
  if (leaf.type === 'channel') return channelOf(state, String(leaf.channel_id))
  if (leaf.type === 'broadcast') return `@${String(leaf.range)}`
  if (leaf.type === 'emoji') return emojis(`:${String(leaf.name)}:`)
  if (leaf.type === 'date') return formatDate(reader, new Date(Number(leaf.timestamp) * 1000), String(leaf.format))
  if (leaf.type === 'link') return leaf.text ? `${String(leaf.text)} (${String(leaf.url)})` : String(leaf.url)
  return String(leaf.text ?? leaf.value ?? '')
}

function things(value: unknown): Thing[] {
  return Array.isArray(value) ? value.filter(isThing) : []
}
