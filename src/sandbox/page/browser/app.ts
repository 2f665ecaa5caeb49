/** The page as a whole: whose eyes, the workspace, and the systems beside it. */
import { useEffect } from 'preact/hooks'
import { Home } from './home.ts'
import { html } from './html.ts'
import { Modals } from './modal.ts'
import { Place, Thread } from './place.ts'
import { Sidebar } from './sidebar.ts'
import { become, goTo, lookAtSystems, now, personOf, set, tell, useStore } from './store.ts'
import { Systems } from './systems.ts'
import { Welcome } from './welcome.ts'

export function App() {
  const { start, persona, seen, open, front, systemsShown, away, notice } = useStore()
  useEffect(() => {
    if (systemsShown && !now().vendors) void lookAtSystems()
  }, [systemsShown])
  return html`
    <div class="app front-${front} ${open.thread ? 'with-thread' : ''} ${systemsShown ? 'with-systems' : ''}" data-seen=${seen?.persona ?? ''}>
      <header class="top">
        <strong class="brand">Latchkey <span>sandbox</span></strong>
        <${Personas} all=${start.personas} chosen=${persona} />
        <button type="button" class="plain" aria-pressed=${systemsShown} onClick=${toggleSystems}>
          Systems and knobs
        </button>
      </header>
      ${away && html`<p class="away" role="alert">The sandbox does not answer. Is it still running?</p>`}
      ${
        seen?.signedOut
          ? html`<main class="signed-out"><p>${personOf(persona)?.name} is signed out of Slack: the account is deactivated.</p></main>`
          : html`
            <${Sidebar} />
            <main class="middle">
              ${!open.thread && html`<${Welcome} />`}
              ${open.place === 'home' ? html`<${Home} />` : html`<${Place} key=${`${persona} ${open.place}`} id=${open.place} />`}
            </main>
            ${open.thread && html`<${Thread} key=${open.thread} id=${open.place} top=${open.thread} />`}
          `
      }
      ${systemsShown && html`<${Systems} />`}
      <${Modals} />
      <${Notice} notice=${notice} />
    </div>`
}

function toggleSystems(): void {
  const systemsShown = !now().systemsShown
  set({ systemsShown, front: systemsShown ? 'systems' : 'place' })
}

interface PersonaProps {
  all: ReturnType<typeof now>['start']['personas']
  chosen: string
}

function Personas({ all, chosen }: PersonaProps) {
  const about = all.find((one) => one.id === chosen)?.about
  return html`
    <label class="personas">
      <span>You are</span>
      <select
        value=${chosen}
        onChange=${(event: Event) => {
          const id = (event.target as HTMLSelectElement).value
          become(id).catch((error: Error) => tell(error.message, true))
        }}
      >
        ${all.map((one) => html`<option key=${one.id} value=${one.id}>${personOf(one.id)?.name} (${words[one.part]})</option>`)}
      </select>
      <small>${about}</small>
    </label>`
}

const words = {
  requester: 'manager',
  hr: 'HR',
  it: 'IT',
  'hr-substitute': 'HR, substitute',
  'it-substitute': 'IT, substitute',
  employee: 'colleague',
  leaver: 'leaver',
  guest: 'guest',
} as const

function Notice({ notice }: { notice: ReturnType<typeof now>['notice'] }) {
  useEffect(() => {
    if (!notice) return
    const timer = setTimeout(() => now().notice?.id === notice.id && clearNotice(), notice.bad ? 9000 : 4500)
    return () => clearTimeout(timer)
  }, [notice?.id])
  return html`<div class="notice ${notice?.bad ? 'bad' : ''}" role="status" aria-live="polite">
    ${notice && html`<p>${notice.text}</p><button type="button" aria-label="Dismiss" onClick=${clearNotice}>×</button>`}
  </div>`
}

function clearNotice(): void {
  const { notice: _gone, ...rest } = now()
  set({ ...rest, notice: undefined as never })
}

export { goTo }
