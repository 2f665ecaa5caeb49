/** The channels, the people one writes with, and the app. */
import type { Conversation } from '../shapes.ts'
import { html } from './html.ts'
import { goTo, useStore } from './store.ts'

export function Sidebar() {
  const { start, seen, open } = useStore()
  const all = seen?.conversations ?? []
  const channels = all.filter((one) => one.kind === 'public' || one.kind === 'private')
  const direct = all.filter((one) => one.kind === 'self')
  const app = all.find((one) => one.kind === 'app')
  return html`
    <nav class="sidebar" aria-label="Workspace">
      <h1>${start.team}</h1>
      <h2>Channels</h2>
      <ul>${channels.map((one) => html`<${Entry} key=${one.id} one=${one} chosen=${open.place === one.id} />`)}</ul>
      <h2>Direct messages</h2>
      <ul>${direct.map((one) => html`<${Entry} key=${one.id} one=${one} chosen=${open.place === one.id} />`)}</ul>
      <h2>${start.app.name}</h2>
      <ul>
        <li>
          <button type="button" class="entry" aria-current=${open.place === 'home'} onClick=${() => goTo('home')}>
            <span class="sign">⌂</span> Home
          </button>
        </li>
        ${app && html`<${Entry} one=${app} chosen=${open.place === app.id} />`}
      </ul>
    </nav>`
}

const signs = { public: '#', private: '🔒', self: '•', app: '✉' } as const

function Entry({ one, chosen }: { one: Conversation; chosen: boolean }) {
  const news = one.unread > 0
  const name = one.kind === 'app' ? 'Messages' : one.kind === 'self' ? `${one.name} (you)` : one.name
  return html`
    <li>
      <button type="button" class="entry ${news ? 'news' : ''}" aria-current=${chosen} onClick=${() => goTo(one.id)}>
        <span class="sign">${signs[one.kind]}</span> <span class="name">${name}</span>
        ${one.mentions > 0 && html`<span class="badge" aria-label="${one.mentions} unread for you">${one.mentions}</span>`}
      </button>
    </li>`
}
