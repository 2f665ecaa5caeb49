/** Text with its marks, mentions and moments. */
import { html } from './html.ts'
import { formatDate } from './moments.ts'
import { emojiOf, type Inline, parse } from './mrkdwn.ts'
import { now, personOf, time, zone } from './store.ts'

export function Mrkdwn({ text }: { text: string }) {
  return parse(text).map((chunk, index) => {
    if (chunk.is === 'pre') return html`<pre key=${index}>${chunk.text}</pre>`
    if (chunk.is === 'quote') return html`<blockquote key=${index}>${draw(chunk.inner)}</blockquote>`
    return html`<span key=${index}>${draw(chunk.inner)}</span>`
  })
}

/** Plain text knows emoji by name, and nothing else. */
export function plainText(text: string, emoji = true): string {
  return emoji ? text.replace(/:([a-z0-9_+-]+):/g, (whole, code: string) => emojiOf(code) ?? whole) : text
}

/** A text object of Slack. */
export function TextObject({ of }: { of: { type?: string; text?: string; emoji?: boolean } | null | undefined }) {
  if (!of?.text) return null
  return of.type === 'mrkdwn'
    ? html`<${Mrkdwn} text=${of.text} />`
    : html`<span class="plain-text">${plainText(of.text, of.emoji)}</span>`
}

export function draw(pieces: readonly Inline[]): unknown {
  return pieces.map((piece, index) => drawn(piece, index))
}

function drawn(piece: Inline, key: number): unknown {
  switch (piece.is) {
    case 'text':
      return piece.text
    case 'break':
      return html`<br key=${key} />`
    case 'code':
      return html`<code key=${key}>${piece.text}</code>`
    case 'bold':
      return html`<strong key=${key}>${draw(piece.inner)}</strong>`
    case 'italic':
      return html`<em key=${key}>${draw(piece.inner)}</em>`
    case 'strike':
      return html`<s key=${key}>${draw(piece.inner)}</s>`
    case 'link':
      return html`<${Link} key=${key} url=${piece.url} label=${piece.label} />`
    case 'date':
      return html`<${Moment} key=${key} ...${piece} />`
    default:
      return html`<${Mention} key=${key} kind=${piece.is} id=${piece.id} />`
  }
}

/** Only what a browser may follow without harm. */
export function Link({ url, label }: { url: string; label: string }) {
  if (!/^(https?:|mailto:)/i.test(url)) return html`<span>${label}</span>`
  return html`<a href=${url} target="_blank" rel="noreferrer noopener">${label}</a>`
}

interface MomentProps {
  seconds: number
  format: string
  fallback?: string | undefined
  url?: string | undefined
}

export function Moment({ seconds, format, fallback, url }: MomentProps) {
  const at = seconds * 1000
  if (!Number.isFinite(at)) return html`<span>${fallback}</span>`
  const said = formatDate(format, at, { zone: zone(), now: time() })
  return html`<time title=${fallback}>${url ? html`<${Link} url=${url} label=${said} />` : said}</time>`
}

export function Mention({ kind, id }: { kind: 'user' | 'channel' | 'group' | 'everybody'; id: string }) {
  const me = kind === 'user' && id === now().persona
  return html`<span class="mention ${me ? 'me' : ''}">${named(kind, id)}</span>`
}

function named(kind: 'user' | 'channel' | 'group' | 'everybody', id: string): string {
  if (kind === 'user') return `@${personOf(id)?.name ?? id}`
  if (kind === 'channel') return `#${now().seen?.conversations.find((one) => one.id === id)?.name ?? 'private channel'}`
  if (kind === 'group') return `@${groups[id] ?? id}`
  return `@${id}`
}

const groups: Readonly<Record<string, string>> = { S0HR: 'hr-approvers', S0IT: 'it-approvers' }
