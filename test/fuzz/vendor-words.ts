/** What may be told of a call that did not end well. */
import { must } from './door.ts'

const kinds = ['busy', 'denied', 'rejected', 'in-doubt']
/** Words for programmers. */
const inside =
  /undefined|\bNaN\b|is not a function|is not iterable|Cannot (?:read|convert|destructure|set)|Unexpected (?:token|end)|Invalid (?:time|array|string)|Maximum call stack|out of range|\bERR_|\[object |ZodError|JSON at position|Converting circular/

export function checkWords(what: string, outcome: { value: unknown } | { kind: string; fact: string }): void {
  if ('value' in outcome) return void JSON.stringify(outcome.value)
  const { kind, fact } = outcome
  must(kinds.includes(kind), `${what}: ends in ${kind}`)
  must(fact.length > 0 && fact.length <= 600, `${what}: a fact of ${fact.length} characters`)
  must(!/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(fact), `${what}: ${JSON.stringify(fact)}`)
  must(!inside.test(fact), `${what}: ${fact}`)
}
