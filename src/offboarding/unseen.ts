/** Characters that nobody sees and that change how the others are read; names and facts come from strangers. */

/**
 * Control characters (a terminal obeys them), halves of characters, marks that turn the direction of text around, and
 * what is drawn as nothing; line feeds and the two selectors that belong to emoji are left alone.
 */
const unseen =
  /[[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]--[\n\ufe0e\ufe0f]]/gv

export function withoutUnseen(text: string): string {
  return text.replace(unseen, '')
}

/** JSON as it is, but with each of them spelled out: a terminal that shows it is told nothing, and nothing is lost. */
export function spelledOut(json: string): string {
  return json.replace(unseen, (one) => one.split('').map(unit).join(''))
}

function unit(one: string): string {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
}
