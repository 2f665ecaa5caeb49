/** "Are you sure?", as an app asks it. */
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'
import { TextObject } from './inline.ts'

export interface Confirmation {
  title: { text: string }
  text: { text: string }
  confirm: { text: string }
  deny: { text: string }
  style?: 'primary' | 'danger'
}

interface Props {
  of: Confirmation
  yes(): void
  close(): void
}

export function Confirm({ of, yes, close }: Props) {
  const place = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const { current } = place
    current?.showModal()
    return () => current?.close()
  }, [])
  const agree = () => {
    close()
    yes()
  }
  return html`
    <dialog class="confirm" ref=${place} onCancel=${close} onClose=${close}>
      <h3><${TextObject} of=${of.title} /></h3>
      <p><${TextObject} of=${of.text} /></p>
      <div class="dialog-end">
        <button type="button" class="button" onClick=${close}><${TextObject} of=${of.deny} /></button>
        <button type="button" class="button ${of.style ?? 'primary'}" data-confirm="yes" onClick=${agree}><${TextObject} of=${of.confirm} /></button>
      </div>
    </dialog>`
}
