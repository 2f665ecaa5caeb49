/** Where one writes: messages, and commands of the app. */
import { useRef, useState } from 'preact/hooks'
import { html } from './html.ts'
import { deed, now, personOf } from './store.ts'
import { type Offer, offersFor, taken } from './typing.ts'

interface Props {
  conversation: string
  thread?: string
  to: string
}

export function Composer({ conversation, thread, to }: Props) {
  const [text, type] = useState('')
  const [cursor, move] = useState(0)
  const [at, point] = useState(0)
  const [shut, hide] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const { word, offers } = shut ? { word: '', offers: [] } : offersFor(text, cursor, known())
  const take = (offer: Offer) => {
    const next = taken(text, cursor, word, offer.insert)
    type(next.text)
    move(next.cursor)
    point(0)
    field.current?.focus()
  }
  const send = async () => {
    const line = text.trim()
    if (!line) return
    type('')
    const where = { conversation, ...(thread ? { thread } : {}) }
    if (line.startsWith('/')) await deed({ do: 'command', line, ...where })
    else await deed({ do: 'write', text: line, ...where })
  }
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const offer = offers[at]
    if (offers.length > 0 && step) point((at + step + offers.length) % offers.length)
    else if (offer && (event.key === 'Tab' || event.key === 'Enter')) take(offer)
    else if (offers.length > 0 && event.key === 'Escape') hide(true)
    else if (event.key === 'Enter' && !event.shiftKey) void send()
    else return
    event.preventDefault()
  }
  const changed = (event: Event) => {
    const { value, selectionStart } = event.target as HTMLTextAreaElement
    type(value)
    move(selectionStart)
    point(0)
    hide(false)
  }
  return html`
    <form class="composer" onSubmit=${(event: Event) => {
      event.preventDefault()
      void send()
    }}>
      ${
        offers.length > 0 &&
        html`<ul class="offers" role="listbox" id="offers">
          ${offers.map(
            (one, index) =>
              html`<li key=${one.insert} role="option" aria-selected=${index === at} onMouseDown=${(event: Event) => {
                event.preventDefault()
                take(one)
              }}><strong>${one.label}</strong> <small>${one.more}</small></li>`,
          )}
        </ul>`
      }
      <textarea ref=${field} rows="1" aria-label="Message to ${to}" placeholder=${thread ? 'Reply' : `Message ${to}, or /offboard`}
        value=${text} onInput=${changed} onKeyDown=${keys} onKeyUp=${(event: Event) => move((event.target as HTMLTextAreaElement).selectionStart)}></textarea>
      <button type="submit" class="button primary" aria-label="Send">➤</button>
      <${Shortcuts} />
    </form>`
}

function known() {
  const { start, seen } = now()
  return { commands: start.commands, people: (seen?.knows ?? []).flatMap((id) => personOf(id) ?? []) }
}

function Shortcuts() {
  const { shortcuts } = now().start
  const all = shortcuts.filter((one) => one.type === 'global')
  if (all.length === 0) return null
  return html`<span class="shortcuts">${all.map(
    (one) =>
      html`<button type="button" class="plain" key=${one.id} title=${one.about} onClick=${() => void deed({ do: 'shortcut', shortcut: one.id })}>⚡ ${one.name}</button>`,
  )}</span>`
}
