/** What was written into a form that asks for a reason or a note. */
import { Refusal } from '../offboarding/decide.ts'
import type { SaidForm } from './gesture.ts'

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
