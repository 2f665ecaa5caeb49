/** A conversation with its messages, and a thread beside it. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Conversation, Message, Whisper } from '../shapes.ts'
import { Composer } from './composer.ts'
import { html } from './html.ts'
import { memo } from './memo.ts'
import { MessageRow, WhisperRow } from './message.ts'
import { dayIn, dayLine } from './moments.ts'
import { deed, openThread, set, time, useStore, zone } from './store.ts'

export function Narrow({ to }: { to: 'list' | 'place' }) {
  return html`<button type="button" class="back" aria-label="Back" onClick=${() => set({ front: to })}>‹</button>`
}

export function Place({ id }: { id: string }) {
  const { seen, messages, persona } = useStore()
  const one = seen?.conversations.find((conversation) => conversation.id === id)
  useRead(one)
  if (!seen || !one) return html`<p class="empty">There is nothing here for you.</p>`
  const all = [...(messages.get(id)?.values() ?? [])]
  const top = all.filter((message) => !message.thread || message.thread === message.ts || message.broadcast)
  const whispers = seen.whispers.filter((whisper) => whisper.conversation === id && !whisper.thread)
  const title = one.kind === 'public' || one.kind === 'private' ? `#${one.name}` : one.name
  return html`
    <section class="place" aria-label=${title}>
      <header class="place-head">
        <${Narrow} to="list" />
        <h2>${title}</h2>
        <small>${one.kind === 'private' ? 'private, ' : ''}${one.members.length} ${one.members.length === 1 ? 'person' : 'people'}</small>
      </header>
      <${List} id=${id} all=${top} whispers=${whispers} replies=${repliesOf(all)} />
      <${Composer} key=${`${persona} ${id}`} conversation=${id} to=${title} />
    </section>`
}

export function Thread({ id, top }: { id: string; top: string }) {
  const { seen, messages, persona } = useStore()
  const one = seen?.conversations.find((conversation) => conversation.id === id)
  useRead(one)
  const all = [...(messages.get(id)?.values() ?? [])]
  const those = all.filter((message) => message.ts === top || message.thread === top)
  if (!seen || !one || those.length === 0) return null
  const whispers = seen.whispers.filter((whisper) => whisper.conversation === id && whisper.thread === top)
  return html`
    <aside class="thread" aria-label="Thread">
      <header class="place-head">
        <${Narrow} to="place" />
        <h2>Thread</h2>
        <small>#${one.name}</small>
        <button type="button" class="close" aria-label="Close the thread" onClick=${() => openThread(id, undefined)}>×</button>
      </header>
      <${List} id=${id} all=${those} whispers=${whispers} />
      <${Composer} key=${`${persona} ${id} ${top}`} conversation=${id} thread=${top} to="the thread" />
    </aside>`
}

/** Whoever looks at it has read it. */
function useRead(one: Conversation | undefined): void {
  const unread = one?.unread ?? 0
  useEffect(() => {
    if (one && unread > 0) void deed({ do: 'read', conversation: one.id })
  }, [one?.id, unread])
}

interface Replies {
  count: number
  last: string
  users: string[]
}

function repliesOf(all: readonly Message[]): Map<string, Replies> {
  const found = new Map<string, Replies>()
  for (const { thread, ts, user } of all) {
    if (!thread || thread === ts) continue
    const known = found.get(thread)
    const users = known?.users.includes(user) ? known.users : [...(known?.users ?? []), user]
    found.set(thread, { count: (known?.count ?? 0) + 1, last: ts, users })
  }
  return found
}

interface ListProps {
  id: string
  all: Message[]
  whispers: Whisper[]
  replies?: Map<string, Replies>
}

/** Stays at its end while somebody reads there, and stays where it is while they read above. */
function List({ id, all, whispers, replies }: ListProps) {
  const place = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const shown = [
    ...all.map((message) => ({ ts: message.ts, message })),
    ...whispers.map((whisper) => ({ ts: whisper.ts, whisper })),
  ]
  shown.sort((one, other) => Number(one.ts) - Number(other.ts))
  useLayoutEffect(() => {
    const { current } = place
    if (current && atEnd.current) current.scrollTop = current.scrollHeight
  })
  const scrolled = () => {
    const { current } = place
    if (current) atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 60
  }
  let day = ''
  return html`
    <div class="scroll" ref=${place} onScroll=${scrolled} tabindex="0" role="log" aria-label="Messages">
      ${shown.length === 0 && html`<p class="empty">Nothing was said here yet.</p>`}
      ${shown.map((one) => {
        const today = dayIn(Number(one.ts) * 1000, zone())
        const line =
          today === day
            ? null
            : html`<p class="day" key=${today}><span>${dayLine(one.ts, { zone: zone(), now: time() })}</span></p>`
        day = today
        if ('whisper' in one) return [line, html`<${WhisperRow} key=${one.ts} one=${one.whisper} />`]
        const reply = replies?.get(one.ts)
        return [
          line,
          html`<${Row} key=${one.ts} id=${id} one=${one.message} replies=${reply?.count ?? 0} last=${reply?.last} />`,
        ]
      })}
    </div>`
}

/** Drawn again only where the message itself changed. */
const Row = memo(MessageRow, (props) => [props.id, props.one.ts, props.one.v, props.replies, props.last, zone()].join())
