/** What the composer offers while somebody types. No DOM: tests read it too. */

export interface Offer {
  /** What it puts in place of the word that is being typed. */
  insert: string
  label: string
  more: string
}

export interface Known {
  commands: readonly { command: string; about: string; hint: string }[]
  people: readonly { name: string; handle: string; title: string }[]
}

/** The word before the cursor, and what it may become: a command at the very beginning, a person after an @. */
export function offersFor(
  text: string,
  cursor: number,
  { commands, people }: Known,
): { word: string; offers: Offer[] } {
  const before = text.slice(0, cursor)
  const word = /(?:^|\s)([/@]\S*)$/.exec(before)?.[1] ?? ''
  if (word.startsWith('/') && before.trimStart() === word) {
    const fit = commands.filter((one) => one.command.startsWith(word) && one.command !== word)
    return {
      word,
      offers: fit.map((one) => ({
        insert: `${one.command} `,
        label: one.command,
        more: `${one.hint} ${one.about}`.trim(),
      })),
    }
  }
  if (!word.startsWith('@')) return { word: '', offers: [] }
  const wanted = word.slice(1).toLowerCase()
  const fit = people.filter(
    (one) => `${one.handle} ${one.name}`.toLowerCase().includes(wanted) && one.handle !== wanted,
  )
  const offers = fit
    .slice(0, 8)
    .map((one) => ({ insert: `@${one.handle} `, label: one.name, more: `@${one.handle}, ${one.title}` }))
  return { word, offers }
}

/** The text with the word before the cursor replaced, and where the cursor is then. */
export function taken(text: string, cursor: number, word: string, insert: string): { text: string; cursor: number } {
  const from = cursor - word.length
  return { text: `${text.slice(0, from)}${insert}${text.slice(cursor)}`, cursor: from + insert.length }
}
