/** The page begins here. */
import { render } from 'preact'
import { App } from './app.ts'
import { html } from './html.ts'
import { begin } from './store.ts'

const place = document.getElementById('page')
if (!place) throw new Error('there is no place to draw the page in')
begin().then(
  () => {
    place.replaceChildren()
    render(html`<${App} />`, place)
  },
  (error: unknown) => {
    place.textContent = `The sandbox does not answer: ${error instanceof Error ? error.message : String(error)}`
  },
)
