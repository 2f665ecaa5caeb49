/** A menu in which one types: people, channels, what the app offers, and lists of which several can be chosen. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Thing, Value } from '../shapes.ts'
import type { ElementProps } from './element.ts'
import { optionsOf, type Shape } from './field.ts'
import { html } from './html.ts'
import { deed, now, personOf } from './store.ts'

interface Option {
  /** What is sent. */
  value: string | Thing
  id: string
  text: string
  more?: string
}

interface Props extends ElementProps {
  value: Value
  choose(value: Value): void
  many?: boolean
}

export function Picker(props: Props) {
  const { element, value, choose, many = false } = props
  const [query, type] = useState<string | undefined>(undefined)
  const [at, move] = useState(0)
  const found = useOptions(props, query)
  const chosen = chosenOf(element, value)
  const left = found.filter((one) => !many || chosen.every((other) => other.id !== one.id))
  const pick = (one: Option | undefined) => {
    if (!one) return
    choose(many ? [...chosen.map((other) => other.value), one.value] : one.value)
    type(many ? '' : undefined)
    move(0)
  }
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) move(Math.min(Math.max(at + step, 0), left.length - 1))
    else if (event.key === 'Enter' && query !== undefined) pick(left[at])
    else if (event.key === 'Escape' && query !== undefined) type(undefined)
    else if (event.key === 'Backspace' && !query && many) choose(chosen.slice(0, -1).map((one) => one.value))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const list = `list-${element.action_id}`
  const label = (element.placeholder as { text?: string } | undefined)?.text ?? 'Choose'
  const shown = query ?? (many ? '' : (chosen[0]?.text ?? ''))
  return html`
    <span class="picker" data-action=${element.action_id}>
      ${many && chosen.map((one) => html`<${Chip} key=${one.id} one=${one} drop=${() => choose(chosen.filter((other) => other.id !== one.id).map((other) => other.value))} />`)}
      <input type="text" role="combobox" autocomplete="off" aria-expanded=${query !== undefined} aria-controls=${list}
        aria-activedescendant=${left[at] ? `${list}-${at}` : undefined} placeholder=${label} value=${shown}
        onFocus=${() => type('')} onBlur=${() => type(undefined)} onKeyDown=${keys}
        onInput=${(event: Event) => {
          type((event.target as HTMLInputElement).value)
          move(0)
        }} />
      ${
        query !== undefined &&
        html`<span class="options" id=${list} role="listbox">
          ${left.length === 0 && html`<span class="none">Nothing found</span>`}
          ${left.map(
            (
              one,
              index,
            ) => html`<span key=${one.id} id=${`${list}-${index}`} role="option" aria-selected=${index === at}
              onMouseDown=${(event: Event) => {
                event.preventDefault()
                pick(one)
              }}>${one.text}${one.more && html`<small>${one.more}</small>`}</span>`,
          )}
        </span>`
      }
    </span>`
}

function Chip({ one, drop }: { one: Option; drop(): void }) {
  return html`<span class="chip">${one.text}<button type="button" aria-label="Remove ${one.text}" onClick=${drop}>×</button></span>`
}

/** The app is asked once nobody has typed for a moment; people and lists are known here. */
function useOptions(props: Props, query: string | undefined): Option[] {
  const { element } = props
  const external = element.type.endsWith('external_select')
  const [given, take] = useState<Option[]>([])
  const asked = useRef(0)
  useEffect(() => {
    if (!external || query === undefined) return
    asked.current += 1
    const mine = asked.current
    const timer = setTimeout(async () => {
      const { place: on, block } = props
      const done = await deed({
        do: 'suggest',
        on,
        action: element.action_id ?? '',
        block: block.block_id ?? '',
        query,
      })
      if (mine === asked.current) take((done.options ?? []).map(asOption))
    }, 150)
    return () => clearTimeout(timer)
  }, [query])
  if (query === undefined) return []
  if (external) return given
  const wanted = query.toLowerCase()
  return known(element)
    .filter((one) => `${one.text} ${one.more ?? ''}`.toLowerCase().includes(wanted))
    .slice(0, 60)
}

function asOption(one: Thing): Option {
  return { value: one, id: String(one.value), text: (one.text as { text?: string }).text ?? '' }
}

function known(element: Shape): Option[] {
  if (element.type.includes('users_select'))
    return (now().seen?.knows ?? []).flatMap((id) => {
      const one = personOf(id)
      return one ? [{ value: id, id, text: one.name, more: `@${one.handle}` }] : []
    })
  if (/(conversations|channels)_select/.test(element.type))
    return (now().seen?.conversations ?? []).map((one) => ({ value: one.id, id: one.id, text: `#${one.name}` }))
  return optionsOf(element).map((one) => ({
    value: one.value,
    id: one.value,
    text: one.text,
    ...(one.group ? { more: one.group } : {}),
  }))
}

function chosenOf(element: Shape, value: Value): Option[] {
  const all = value === null ? [] : Array.isArray(value) ? value : [value]
  return all.map((one) => {
    if (typeof one === 'object') return asOption(one as Thing)
    const id = String(one)
    const option = optionsOf(element).find((each) => each.value === id)
    return { value: id, id, text: option?.text ?? personOf(id)?.name ?? id }
  })
}
