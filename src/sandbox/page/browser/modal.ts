/** Modals, the one in front on top; what is typed stays while the app redraws them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Modal, Value, Values } from '../shapes.ts'
import { Blocks } from './blocks.ts'
import { html } from './html.ts'
import { TextObject } from './inline.ts'
import { deed, useStore } from './store.ts'

export function Modals() {
  const { seen } = useStore()
  const front = seen?.modals.at(-1)
  return front ? html`<${Front} key=${front.id} one=${front} deep=${(seen?.modals.length ?? 1) > 1} />` : null
}

function Front({ one, deep }: { one: Modal; deep: boolean }) {
  const place = useRef<HTMLDialogElement>(null)
  const [values, keep] = useState<Values>({})
  const [busy, wait] = useState(false)
  useEffect(() => {
    const { current } = place
    current?.showModal()
    return () => current?.close()
  }, [])
  useEffect(() => {
    place.current?.querySelector<HTMLElement>('[aria-invalid="true"], .input.wrong input, .input.wrong select')?.focus()
  }, [Object.keys(one.errors).join()])
  const close = () => void deed({ do: 'close', view: one.id })
  const submit = async (event: Event) => {
    event.preventDefault()
    wait(true)
    await deed({ do: 'submit', view: one.id, values })
    wait(false)
  }
  const fields = { values, set: (block: string, value: Value) => keep((now) => ({ ...now, [block]: value })) }
  const cancelled = (event: Event) => {
    event.preventDefault()
    close()
  }
  return html`
    <dialog class="modal" ref=${place} onCancel=${cancelled} aria-label=${(one.title as { text?: string } | null)?.text}>
      <form onSubmit=${submit} novalidate>
        <header>
          <h2><${TextObject} of=${one.title} /></h2>
          <button type="button" class="close" aria-label="Close" onClick=${close}>×</button>
        </header>
        <div class="modal-body">
          <${Blocks} blocks=${one.blocks} place=${{ in: 'view', id: one.id }} state=${one.state} fields=${fields} errors=${one.errors} v=${one.v} />
        </div>
        <footer class="dialog-end">
          <button type="button" class="button" data-modal="close" onClick=${close}>
            ${one.close ? html`<${TextObject} of=${one.close} />` : deep ? 'Back' : one.submit ? 'Cancel' : 'Close'}
          </button>
          ${one.submit && html`<button type="submit" class="button primary" data-modal="submit" disabled=${busy}><${TextObject} of=${one.submit} /></button>`}
        </footer>
      </form>
    </dialog>`
}
