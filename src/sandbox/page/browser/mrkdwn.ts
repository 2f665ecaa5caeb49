/** Slack's mrkdwn as pieces to be drawn (docs.slack.dev/messaging/formatting-message-text). No DOM: tests read it too. */

export type Inline =
  | { is: 'text' | 'code'; text: string }
  | { is: 'bold' | 'italic' | 'strike'; inner: Inline[] }
  | { is: 'link'; url: string; label: string }
  | { is: 'user' | 'channel' | 'group' | 'everybody'; id: string }
  | { is: 'date'; seconds: number; format: string; fallback: string; url?: string }
  | { is: 'break' }

export type Chunk = { is: 'pre'; text: string } | { is: 'line' | 'quote'; inner: Inline[] }

export function parse(text: string): Chunk[] {
  return text.split(/(```[\s\S]*?```)/).flatMap((part): Chunk[] => {
    if (part.startsWith('```') && part.length >= 6)
      return [{ is: 'pre', text: unescaped(part.slice(3, -3).replace(/^\n/, '')) }]
    return part === '' ? [] : quotes(part)
  })
}

/** Lines that begin with `>` stand apart; the others stay together, with breaks between them. */
function quotes(text: string): Chunk[] {
  const found: Chunk[] = []
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line)
    const kind = quoted ? 'quote' : 'line'
    const inner = inline(quoted?.[1] ?? line)
    const last = found.at(-1)
    if (last && last.is === kind) last.inner.push({ is: 'break' }, ...inner)
    else found.push({ is: kind, inner })
  }
  return found
}

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const
const token = /`([^`\n]+)`|<([^<>]+)>|(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\3(?![\w*_~])|:([a-z0-9_+-]+):/g

export function inline(text: string): Inline[] {
  const found: Inline[] = []
  let from = 0
  for (const match of text.matchAll(token)) {
    if (match.index > from) found.push(words(text.slice(from, match.index)))
    found.push(pieceOf(match))
    from = match.index + match[0].length
  }
  if (from < text.length) found.push(words(text.slice(from)))
  return found
}

function pieceOf([whole, code, angled, mark, marked, emoji]: RegExpExecArray): Inline {
  if (code !== undefined) return { is: 'code', text: unescaped(code) }
  if (angled !== undefined) return angle(angled)
  if (mark !== undefined) return { is: marks[mark as keyof typeof marks], inner: inline(marked ?? '') }
  return { is: 'text', text: emojiOf(emoji ?? '') ?? whole }
}

function words(text: string): Inline {
  return { is: 'text', text: unescaped(text) }
}

function angle(inner: string): Inline {
  const [, target = '', label] = /^([^|]*)(?:\|(.*))?$/s.exec(inner) ?? []
  if (target.startsWith('@')) return { is: 'user', id: target.slice(1) }
  if (target.startsWith('#')) return { is: 'channel', id: target.slice(1) }
  if (target.startsWith('!subteam^')) return { is: 'group', id: target.slice(9) }
  if (target.startsWith('!date^')) return dateOf(target, label ?? '')
  if (target.startsWith('!')) return { is: 'everybody', id: target.slice(1) }
  return { is: 'link', url: unescaped(target), label: unescaped(label ?? target.replace(/^mailto:/, '')) }
}

function dateOf(target: string, fallback: string): Inline {
  const [, seconds, format = '', url] = target.split('^')
  return { is: 'date', seconds: Number(seconds), format, fallback: unescaped(fallback), ...(url ? { url } : {}) }
}

export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

const emojis: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔',
  x: '❌',
  warning: '⚠️',
  hourglass_flowing_sand: '⏳',
  hourglass: '⌛',
  lock: '🔒',
  key: '🔑',
  bell: '🔔',
  eyes: '👀',
  tada: '🎉',
  wave: '👋',
  '+1': '👍',
  no_entry: '⛔',
  information_source: 'ℹ️',
}

/** Undefined for a short code that is not in this little table; it is then shown as it is. */
export function emojiOf(code: string): string | undefined {
  return emojis[code]
}
