/** What can be pressed, chosen or filled in. */
import { useState } from 'preact/hooks'
import type { Thing, Value } from '../shapes.ts'
import type { BlocksProps } from './blocks.ts'
import { Confirm, type Confirmation } from './confirm.ts'
import { held, optionsOf, type Shape } from './field.ts'
import { html } from './html.ts'
import { TextObject } from './inline.ts'
import { secondsOf, wallOf } from './moments.ts'
import { Picker } from './picker.ts'
import { NotDrawn } from './rich-text.ts'
import { deed, zone } from './store.ts'

export interface ElementProps extends BlocksProps {
  block: { type: string; block_id?: string; dispatch_action?: boolean }
  element: Shape
  wrong?: string
}

type Draw = (props: Drawing) => unknown

interface Drawing extends ElementProps {
  value: Value
  /** In a form it is kept until it is sent; anywhere else it goes to the app at once. */
  choose(value: Value): void
}

export function Element(props: ElementProps) {
  const { element, block, fields, state } = props
  const [asking, ask] = useState<(() => void) | undefined>(undefined)
  const id = block.block_id ?? ''
  const inForm = block.type === 'input'
  const draw = kinds[element.type]
  if (!draw) return html`<${NotDrawn} type=${element.type} />`
  const choose = (value: Value) => {
    if (inForm) fields?.set(id, value)
    if (inForm && !block.dispatch_action) return
    const send = () => void press(props, element.type === 'button' ? undefined : value)
    if (element.confirm) ask(() => send)
    else send()
  }
  const value = held(element, id, fields?.values, state)
  return html`
    ${draw({ ...props, value, choose })}
    ${asking && html`<${Confirm} of=${element.confirm as Confirmation} yes=${asking} close=${() => ask(undefined)} />`}
  `
}

function press({ place, element, block, fields }: ElementProps, value: Value | undefined) {
  return deed({
    do: 'click',
    on: place,
    action: element.action_id ?? '',
    block: block.block_id ?? '',
    ...(value === undefined ? {} : { value }),
    ...(fields ? { values: fields.values } : {}),
  })
}

const textOf = (element: Shape, name: string) => element[name] as { text?: string } | undefined
const placeholder = (element: Shape) => textOf(element, 'placeholder')?.text ?? ''
const typed = (event: Event) => (event.target as HTMLInputElement).value

function Button({ element, choose }: Drawing) {
  const [busy, set] = useState(false)
  const url = typeof element.url === 'string' ? element.url : undefined
  const press = async () => {
    set(true)
    choose(null)
    if (url) open(url, '_blank', 'noreferrer')
    setTimeout(() => set(false), 400)
  }
  return html`
    <button type="button" class="button ${element.style ?? ''}" data-action=${element.action_id} aria-busy=${busy}
      aria-label=${element.accessibility_label} onClick=${press}>
      <${TextObject} of=${element.text} />
    </button>`
}

function Menu({ element, value, choose }: Drawing) {
  const options = optionsOf(element)
  const groups = [...new Set(options.map((one) => one.group))]
  return html`
    <select class="menu" data-action=${element.action_id} value=${value ?? ''} onChange=${(event: Event) => choose(typed(event) || null)}>
      <option value="">${placeholder(element) || 'Choose'}</option>
      ${groups.map((group) => {
        const those = options.filter((one) => one.group === group)
        const drawn = those.map((one) => html`<option key=${one.value} value=${one.value}>${one.text}</option>`)
        return group ? html`<optgroup key=${group} label=${group}>${drawn}</optgroup>` : drawn
      })}
    </select>`
}

/** Opens on a press, closes on a choice, Escape or a press elsewhere; the browser's own popover does the rest. */
function Overflow({ element, choose, place, block }: Drawing) {
  const id = `more-${JSON.stringify(place)}-${block.block_id}-${element.action_id}`.replace(/[^\w-]/g, '')
  const pick = (value: string) => {
    document.getElementById(id)?.hidePopover()
    choose(value)
  }
  return html`
    <span class="overflow">
      <button type="button" class="button" aria-label="More" data-action=${element.action_id} popovertarget=${id}>⋯</button>
      <span id=${id} popover="auto" class="overflow-menu" role="menu">
        ${optionsOf(element).map((one) => html`<button type="button" role="menuitem" key=${one.value} onClick=${() => pick(one.value)}>${one.text}</button>`)}
      </span>
    </span>`
}

function Choices({ element, value, choose, place, block }: Drawing) {
  const many = element.type === 'checkboxes'
  const chosen = (many ? ((value as string[] | null) ?? []) : [value]) as string[]
  const name = `${JSON.stringify(place)} ${block.block_id}`
  const pick = (one: string) => {
    if (!many) return choose(one)
    choose(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one])
  }
  return html`
    <span class="choices" data-action=${element.action_id}>
      ${optionsOf(element).map(
        (one) => html`
          <label key=${one.value}>
            <input type=${many ? 'checkbox' : 'radio'} name=${name} checked=${chosen.includes(one.value)} onChange=${() => pick(one.value)} />
            <span>${one.text}${one.description && html`<small>${one.description}</small>`}</span>
          </label>`,
      )}
    </span>`
}

function Line({ element, value, choose, wrong }: Drawing) {
  const type = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' }[element.type] ?? 'text'
  const common = {
    'data-action': element.action_id,
    value: (value as string | null) ?? '',
    placeholder: placeholder(element),
    'aria-invalid': Boolean(wrong),
    maxlength: element.max_length,
    onInput: (event: Event) => choose(typed(event) || null),
  }
  return element.multiline
    ? html`<textarea rows="3" ...${common}></textarea>`
    : html`<input type=${type} ...${common} />`
}

function Day({ element, value, choose }: Drawing) {
  const type = element.type === 'datepicker' ? 'date' : 'time'
  return html`<input type=${type} data-action=${element.action_id} value=${value ?? ''} onChange=${(event: Event) => choose(typed(event) || null)} />`
}

/** On the wall clock of whoever is looked through, as Slack does it. */
function DayAndTime({ element, value, choose }: Drawing) {
  const wall = wallOf(typeof value === 'number' ? value : undefined, zone())
  const change = (event: Event) => choose(secondsOf(typed(event), zone()) ?? null)
  return html`<span class="moment">
    <input type="datetime-local" data-action=${element.action_id} value=${wall} onChange=${change} />
    <small>${zone().replace('_', ' ')}</small>
  </span>`
}

/** A paragraph a line; Slack's own editor has marks besides. */
function Rich({ element, value, choose }: Drawing) {
  const block = value as { elements?: { elements?: { text?: string }[] }[] } | null
  const text =
    block?.elements?.map((part) => part.elements?.map((one) => one.text ?? '').join('') ?? '').join('\n') ?? ''
  const change = (event: Event) => {
    const said = typed(event)
    const part = { type: 'rich_text_section', elements: [{ type: 'text', text: said }] }
    choose(said ? ({ type: 'rich_text', elements: [part] } as Thing) : null)
  }
  return html`<textarea rows="4" data-action=${element.action_id} value=${text} placeholder=${placeholder(element)} onInput=${change}></textarea>`
}

function Image({ element }: Drawing) {
  return html`<img src=${element.image_url as string} alt=${element.alt_text as string} />`
}

const kinds: Readonly<Record<string, Draw>> = {
  button: (props) => html`<${Button} ...${props} />`,
  static_select: Menu,
  overflow: Overflow,
  radio_buttons: Choices,
  checkboxes: Choices,
  plain_text_input: Line,
  email_text_input: Line,
  url_text_input: Line,
  number_input: Line,
  datepicker: Day,
  timepicker: Day,
  datetimepicker: DayAndTime,
  rich_text_input: Rich,
  image: Image,
  external_select: (props) => html`<${Picker} ...${props} />`,
  users_select: (props) => html`<${Picker} ...${props} />`,
  conversations_select: (props) => html`<${Picker} ...${props} />`,
  channels_select: (props) => html`<${Picker} ...${props} />`,
  multi_static_select: (props) => html`<${Picker} ...${props} many />`,
  multi_external_select: (props) => html`<${Picker} ...${props} many />`,
  multi_users_select: (props) => html`<${Picker} ...${props} many />`,
}
