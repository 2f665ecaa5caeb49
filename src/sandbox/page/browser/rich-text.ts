/** rich_text, the one block in which nothing that somebody is called can become markup. */
import type { RichTextBlock, RichTextElement } from '@slack/types'
import { html } from './html.ts'
import { Link, Mention, Moment, plainText } from './inline.ts'

type Part = RichTextBlock['elements'][number]

export function RichText({ block }: { block: RichTextBlock }) {
  return html`<div class="rich">${block.elements.map((part, index) => html`<${RichPart} key=${index} part=${part} />`)}</div>`
}

function RichPart({ part }: { part: Part }) {
  switch (part.type) {
    case 'rich_text_section':
      return html`<div class="line">${part.elements.map(piece)}</div>`
    case 'rich_text_quote':
      return html`<blockquote>${part.elements.map(piece)}</blockquote>`
    case 'rich_text_preformatted':
      return html`<pre>${part.elements.map(piece)}</pre>`
    case 'rich_text_list': {
      const items = part.elements.map((item, index) => html`<li key=${index}>${item.elements.map(piece)}</li>`)
      const level = `level-${part.indent ?? 0}`
      return part.style === 'ordered' ? html`<ol class=${level}>${items}</ol>` : html`<ul class=${level}>${items}</ul>`
    }
    default:
      return html`<${NotDrawn} type=${(part as { type: string }).type} />`
  }
}

export function NotDrawn({ type }: { type: string }) {
  return html`<p class="not-drawn">not drawn here: ${type}</p>`
}

function piece(one: RichTextElement, index: number): unknown {
  const style = 'style' in one ? (one.style as Record<string, boolean> | undefined) : undefined
  return styled(bare(one, index), style, index)
}

function styled(inner: unknown, style: Record<string, boolean> | undefined, key: number): unknown {
  if (!style) return inner
  let drawn = inner
  if (style.code) drawn = html`<code key=${key}>${drawn}</code>`
  if (style.bold) drawn = html`<strong key=${key}>${drawn}</strong>`
  if (style.italic) drawn = html`<em key=${key}>${drawn}</em>`
  if (style.strike) drawn = html`<s key=${key}>${drawn}</s>`
  return drawn
}

function bare(one: RichTextElement, key: number): unknown {
  switch (one.type) {
    case 'text':
      return one.text
    case 'emoji':
      return one.unicode
        ? String.fromCodePoint(...one.unicode.split('-').map((code) => Number.parseInt(code, 16)))
        : plainText(`:${one.name}:`)
    case 'link':
      return html`<${Link} key=${key} url=${one.url} label=${one.text ?? one.url} />`
    case 'user':
      return html`<${Mention} key=${key} kind="user" id=${one.user_id} />`
    case 'usergroup':
      return html`<${Mention} key=${key} kind="group" id=${one.usergroup_id} />`
    case 'channel':
      return html`<${Mention} key=${key} kind="channel" id=${one.channel_id} />`
    case 'broadcast':
      return html`<${Mention} key=${key} kind="everybody" id=${one.range} />`
    case 'date':
      return html`<${Moment} key=${key} seconds=${one.timestamp} format=${one.format} fallback=${one.fallback} url=${one.url} />`
    default:
      return html`<${NotDrawn} key=${key} type=${one.type} />`
  }
}
