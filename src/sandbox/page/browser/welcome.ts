/** What to try, for somebody who sees this for the first time. */
import { useState } from 'preact/hooks'
import { html } from './html.ts'

const key = 'latchkey-sandbox-welcome'

export function Welcome() {
  const [shown, show] = useState(() => localStorage.getItem(key) !== 'seen')
  if (!shown) return null
  const dismiss = () => {
    localStorage.setItem(key, 'seen')
    show(false)
  }
  return html`
    <aside class="welcome" aria-label="What to try">
      <p>
        <strong>Jo Miller leaves today.</strong>${' '}You are her manager: type <kbd>/offboard @jo.miller</kbd> below. Then become${' '}
        <em>HR</em>, and <em>IT</em> (top), and sign the card in #offboarding. Its thread tells what was done; on the right, each system
        lets go of her. Jo and the guest see nothing of it.
      </p>
      <button type="button" onClick=${dismiss}>Got it</button>
    </aside>`
}
