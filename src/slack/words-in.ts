/** Gestures that ask for a reason or a note, and what was written. */
import { Refusal } from '../offboarding/decide.ts'
import type { Gesture, SaidForm, Tools } from './gesture.ts'
import { type WordsForm, wordsForm } from './views/notice.ts'

/**
 * A button that opens a form for a few words, and what is done with them. The button and the form go by one name, and the
 * form's memo is the button's value.
 */
export function askingForWords(
  form: Omit<WordsForm, 'memo'>,
  act: (said: SaidForm, words: string, tools: Tools) => Promise<unknown>,
): Gesture {
  return {
    on: [{ button: form.callback }, { form: form.callback }],
    check: missingWords,
    async run(said, tools) {
      if (said.type === 'click') await tools.openModal(said.trigger, wordsForm({ ...form, memo: said.value }))
      if (said.type === 'form') await act(said, wordsIn(said), tools)
      return undefined
    },
  }
}

export function wordsIn({ view }: SaidForm): string {
  const { words } = view.fields
  const text = typeof words === 'string' ? words.trim() : ''
  if (!text) throw new Refusal('A few words are needed: they are on the record.')
  return text
}

/** For `check`: the same, shown at the field. */
export function missingWords({ view }: SaidForm): Record<string, string> | undefined {
  const { words } = view.fields
  return typeof words === 'string' && words.trim()
    ? undefined
    : { words: 'A few words are needed: they are on the record.' }
}
