/** The vendors' side: what each pretend system holds of the leaver, before and now, and the knobs. */
import { useState } from 'preact/hooks'
import type { Temper, VendorRow, VendorState } from '../shapes.ts'
import { html } from './html.ts'
import { formatDate } from './moments.ts'
import { Narrow } from './place.ts'
import { personOf, turn, useStore } from './store.ts'

export function Systems() {
  const { vendors, knobs, start } = useStore()
  if (!vendors || !knobs)
    return html`<aside class="systems" aria-label="Systems"><p class="empty">Looking at the systems…</p></aside>`
  const held = vendors.vendors.reduce((sum, one) => sum + one.held, 0)
  const before = vendors.vendors.reduce((sum, one) => sum + one.heldBefore, 0)
  const who = start.people.find((one) => one.email === vendors.leaver)
  return html`
    <aside class="systems" aria-label="Systems">
      <header class="place-head"><${Narrow} to="place" /><h2>What ${who?.name ?? vendors.leaver} holds</h2></header>
      <div class="scroll">
        <p class="sum"><strong>${held}</strong> of ${before} still held <progress max=${Math.max(before, 1)} value=${held}></progress></p>
        <${Knobs} />
        ${vendors.vendors.map((one) => html`<${System} key=${one.use} one=${one} />`)}
      </div>
    </aside>`
}

const tempers: readonly (readonly [Temper, string])[] = [
  ['normal', 'as ever'],
  ['slow', 'slow'],
  ['throttled', 'throttles (429)'],
  ['failing', 'fails (503)'],
  ['refusing', 'refuses the credential'],
]

function System({ one }: { one: VendorState }) {
  const [open, show] = useState(false)
  const areas = [...new Set(one.rows.map((row) => row.area))]
  const choose = (event: Event) =>
    void turn({ turn: 'vendor', vendor: one.use, to: (event.target as HTMLSelectElement).value as Temper })
  return html`
    <section class="system ${one.held === 0 && one.heldBefore > 0 ? 'clear' : ''}" data-use=${one.use}>
      <header>
        <button type="button" class="plain" aria-expanded=${open} onClick=${() => show(!open)}>
          <span aria-hidden="true">${open ? '▾' : '▸'}</span> ${one.title}
        </button>
        <span class="held"><strong>${one.held}</strong> of ${one.heldBefore}</span>
        <select aria-label="How ${one.title} behaves" class=${one.temper} value=${one.temper} onChange=${choose}>
          ${tempers.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}
        </select>
      </header>
      ${open && areas.map((area) => html`<${Area} key=${area} name=${area} rows=${one.rows.filter((row) => row.area === area)} />`)}
      ${
        open &&
        one.givesBack &&
        html`<p class="row"><button type="button" class="button" onClick=${() => void turn({ turn: 'give-back', vendor: one.use })}>
          Put it back behind Latchkey's back
        </button></p>`
      }
    </section>`
}

function Area({ name, rows }: { name: string; rows: VendorRow[] }) {
  return html`
    <table>
      <caption>${name}</caption>
      <thead><tr><th scope="col">what</th><th scope="col">before</th><th scope="col">now</th></tr></thead>
      <tbody>
        ${rows.map((row) => {
          const changed = row.before?.state !== row.now?.state
          return html`<tr key=${row.what} class=${changed ? 'changed' : ''}>
            <td>${row.what}</td><td>${row.before?.state ?? 'not there'}</td>
            <td class=${row.now?.held ? 'is-held' : 'is-free'}>${row.now?.state ?? 'gone'}</td>
          </tr>`
        })}
      </tbody>
    </table>`
}

const hour = 3_600_000

function Knobs() {
  const { knobs, persona } = useStore()
  if (!knobs) return null
  const reading = { zone: personOf(persona)?.zone ?? 'UTC', now: Date.parse(knobs.now) }
  const ahead = Math.round(knobs.movedMs / hour)
  return html`
    <details class="knobs" open>
      <summary>Knobs</summary>
      <p class="clock">It is ${formatDate('{date_short} {time}', reading.now, reading)}${ahead > 0 && html` <small>(${ahead} h ahead)</small>`}</p>
      <p class="row">
        <span>Later:</span>
        ${[
          ['an hour', hour],
          ['a day', 24 * hour],
          ['a month', 31 * 24 * hour],
        ].map(
          ([words, ms]) =>
            html`<button type="button" class="button" key=${words} onClick=${() => void turn({ turn: 'clock', ms: Number(ms) })}>${words}</button>`,
        )}
      </p>
      <p class="row">
        <button type="button" class="button" onClick=${() => void turn({ turn: 'lose-reply' })}>Lose Slack's next reply</button>
        <button type="button" class="button" onClick=${() => void turn({ turn: 'deliver-twice' })}>Deliver twice</button>
        ${knobs.mode === 'socket' && html`<button type="button" class="button" onClick=${() => void turn({ turn: 'refresh-socket', which: 'one' })}>Renew a socket (${knobs.sockets})</button>`}
        <button type="button" class="button" aria-pressed=${knobs.slackAway} onClick=${() => void turn({ turn: 'slack-away', away: !knobs.slackAway })}>
          ${knobs.slackAway ? 'Bring Slack back' : 'Take Slack away'}
        </button>
      </p>
      <p class="row">
        <button type="button" class="button" onClick=${() => void turn({ turn: 'restart' })}>Restart Latchkey</button>
        <button type="button" class="button danger" onClick=${() => void turn({ turn: 'anew' })}>Begin anew</button>
        <button type="button" class="button" onClick=${() => void turn({ turn: 'vendor', vendor: 'every', to: 'normal' })}>All systems as ever</button>
      </p>
    </details>`
}
