/** One message, as somebody in the workspace sees it. */
import type { Message, SharedFile, Whisper } from '../shapes.ts'
import { Blocks } from './blocks.ts'
import { html } from './html.ts'
import { Mrkdwn } from './inline.ts'
import { timeOf } from './moments.ts'
import { deed, openThread, personOf, zone } from './store.ts'

export interface MessageProps {
  id: string
  one: Message
  replies: number
  last?: string | undefined
}

export function MessageRow({ id, one, replies, last }: MessageProps) {
  return html`
    <article class="message" data-ts=${one.ts}>
      <${Avatar} id=${one.user} />
      <div class="body">
        <${Head} user=${one.user} ts=${one.ts} />
        <${Said} text=${one.text} blocks=${one.blocks} place=${{ in: 'message', conversation: id, ts: one.ts }} v=${one.v} />
        ${one.edited && html`<small class="edited">(edited)</small>`}
        ${one.files?.map((file) => html`<${File} key=${file.id} one=${file} />`)}
        ${one.reactions && html`<p class="reactions">${one.reactions.map((each) => html`<span key=${each.name}>:${each.name}: ${each.count}</span>`)}</p>`}
        ${
          replies > 0 &&
          html`<button type="button" class="replies" onClick=${() => openThread(id, one.ts)}>
            ${replies} ${replies === 1 ? 'reply' : 'replies'} <small>last at ${timeOf(last ?? one.ts, zone())}</small>
          </button>`
        }
        ${replies === 0 && !one.thread && html`<button type="button" class="reply" onClick=${() => openThread(id, one.ts)}>Reply in thread</button>`}
      </div>
    </article>`
}

export function WhisperRow({ one }: { one: Whisper }) {
  return html`
    <article class="message whisper" data-ts=${one.ts}>
      <${Avatar} id="app" />
      <div class="body">
        <p class="only">Only visible to you</p>
        <${Said} text=${one.text} blocks=${one.blocks} place=${{ in: 'whisper', ts: one.ts }} v=${one.v} />
        <button type="button" class="reply shown" onClick=${() => void deed({ do: 'dismiss', ts: one.ts })}>Dismiss message</button>
      </div>
    </article>`
}

interface SaidProps extends Pick<Message, 'text' | 'blocks' | 'v'> {
  place: { in: 'message'; conversation: string; ts: string } | { in: 'whisper'; ts: string }
}

function Said({ text, blocks, place, v }: SaidProps) {
  if (!blocks || blocks.length === 0) return html`<div class="text"><${Mrkdwn} text=${text} /></div>`
  return html`<${Blocks} blocks=${blocks} place=${place} v=${v} />`
}

function Head({ user, ts }: { user: string; ts: string }) {
  const person = personOf(user)
  return html`
    <p class="who">
      <strong>${person?.name ?? user}</strong>
      ${person?.kind === 'bot' && html`<span class="tag">APP</span>`}
      <time>${timeOf(ts, zone())}</time>
    </p>`
}

export function Avatar({ id }: { id: string }) {
  const person = personOf(id)
  const bot = id === 'app' || person?.kind === 'bot'
  const letters = bot
    ? '🔑'
    : (person?.name ?? '?')
        .split(' ')
        .map((word) => word[0])
        .join('')
        .slice(0, 2)
  const shade = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 8
  return html`<span class="avatar ${bot ? 'bot' : `shade-${shade}`}" aria-hidden="true">${letters}</span>`
}

function File({ one }: { one: SharedFile }) {
  const size = one.size < 1024 ? `${one.size} bytes` : `${Math.round(one.size / 1024)} kB`
  return html`<a class="file" href=${one.url} download=${one.name}>
    <span aria-hidden="true">📄</span><span><strong>${one.title || one.name}</strong><small>${one.name}, ${size}</small></span>
  </a>`
}
