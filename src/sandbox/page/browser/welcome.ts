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
        <strong>Jo Miller leaves today.</strong> You are her manager: type <kbd>/offboard @jo.miller</kbd> below and send the
        form. Then become <em>HR</em> and <em>IT</em> (top) and sign the card in #offboarding. Watch its thread, and on the right how
        each system lets go of her. Become Jo, or a guest: they see nothing.
      </p>
      <button type="button" onClick=${dismiss}>Got it</button>
    </aside>`
}
