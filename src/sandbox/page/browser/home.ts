/** The app's own page. */
import { Blocks } from './blocks.ts'
import { html } from './html.ts'
import { Narrow } from './place.ts'
import { useStore } from './store.ts'

export function Home() {
  const { start, seen } = useStore()
  const home = seen?.home
  return html`
    <section class="place" aria-label="${start.app.name}, Home">
      <header class="place-head"><${Narrow} to="list" /><h2>${start.app.name}</h2><small>Home: only you see this</small></header>
      <div class="scroll home">
        ${
          home
            ? html`<${Blocks} blocks=${home.blocks} place=${{ in: 'view', id: home.id }} state=${home.state} v=${home.v} />`
            : html`<p class="empty">${start.app.name} has not drawn its page yet.</p>`
        }
      </div>
    </section>`
}
