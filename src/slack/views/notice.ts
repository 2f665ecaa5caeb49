/** Small modals: one that waits, one that says something, one that asks for a few words. */
import type { ModalView } from '@slack/types'
import { bold, clip, type Line, lines, plain, quote, section } from './blocks.ts'

export function modal(title: string, blocks: ModalView['blocks'], more: Partial<ModalView> = {}): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks, ...more }
}

export function loading(title: string): ModalView {
  return modal(title, [section('⏳ One moment …')])
}

/** A sentence of ours or a refusal; several lines are kept apart. */
export function notice(title: string, text: string): ModalView {
  const parts = text.split('\n').filter((line) => line.trim() !== '')
  return modal(title, [lines(parts.map((line): Line => [clip(line, 1000)]))])
}

export interface WordsForm {
  /** The gesture that hears the answer. */
  callback: string
  title: string
  headline: string
  detail?: string
  label: string
  hint?: string
  submit: string
  memo: string
}

/** A modal that asks for a reason or a note; it must not be empty. */
export function wordsForm(form: WordsForm): ModalView {
  return modal(
    form.title,
    [
      lines([[bold(clip(form.headline, 500))]]),
      ...(form.detail ? [quote(form.detail, 2000)] : []),
      {
        type: 'input',
        block_id: 'words',
        label: plain(form.label, 200),
        ...(form.hint ? { hint: plain(form.hint, 300) } : {}),
        element: { type: 'plain_text_input', action_id: 'words', multiline: true, min_length: 1, max_length: 1000 },
      },
    ],
    {
      callback_id: form.callback,
      private_metadata: form.memo,
      submit: plain(form.submit, 24),
      close: plain('Not now', 24),
    },
  )
}
