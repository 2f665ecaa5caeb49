/** What somebody who controls a name, a reason or a vendor's answer would write; and an offboarding that says it everywhere. */
import fc from 'fast-check'
import type { Json, Offboarding, StepRun } from '../../src/offboarding/offboarding.ts'
import { anyOffboarding } from '../support/arbitrary-offboarding.ts'
import { hr, it } from '../support/story.ts'

/** A mark that no word of the product holds, so that what comes out of foreign text can be told from what does not. */
export const evil = 'evil.example'

/** Control characters of both sets, everything that turns text around, and what is drawn as nothing. */
export const rawCharacters =
  '\0\u0007\b\t\v\f\r\u001b\u007f\u0085\u009b\u009d\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f' +
  '\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufff9\ufffb\u{e0041}'

/** Written apart from the product's own pattern on purpose: code points, one by one. */
export const isRaw = (text: string): boolean => [...text].some((one) => rawCharacters.includes(one) || loneHalf(one))
const loneHalf = (one: string): boolean => /^[\ud800-\udfff]$/.test(one)

const markup = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<@U00000666>',
  '<!subteam^S0EVIL>',
  '<#C0EVIL>',
  `<https://${evil}|Sign off>`,
  `<mailto:${evil}>`,
  `https://${evil}/approve`,
  `http://${evil}`,
  `&lt;https://${evil}&gt;`,
  '*bold* _it_ ~gone~ `code` ```block```',
  '> quoted\n>>> more',
  ':white_check_mark: verified',
  ':white_:white_check_mark:check_mark:',
  '✅ verified',
  '@channel @here',
  `[Sign off](https://${evil})`,
]

export const html = [
  `<script src="https://${evil}/x.js"></script>`,
  '</title><script>alert(1)</script>',
  '</style><style>*{display:none}</style>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- --><b>',
  '-->',
  '<!--',
  ']]><![CDATA[',
  '<a href="javascript:alert(1)">click</a>',
  '&#60;script&#62;',
  '<\0script>',
  '<% process.exit(1) %><%~ it %>',
  `\${1+1}<%= it.leaver %>`,
]

export const terminal = [
  '\u001b[2J\u001b[1;1H',
  '\u001b]0;title\u0007',
  `\u001b]8;;https://${evil}\u001b\\Sign off\u001b]8;;\u001b\\`,
  '\u001b]52;c;cm0gLXJm\u0007',
  '\u009b2J\u009d52;c;eA==\u009c',
  'wrong\rok     ',
  'gone\b\b\b\b',
  'a\nok      Slack',
  '\u202eyako',
]

export const logged = [
  '\n{"level":"error","msg":"forged"}',
  '\r\n{"level":60}',
  '","level":"error","x":"',
  '\\","level":60',
  '\u001b[31m',
  '\u2028{"level":"error"}',
]

export const attacks: readonly string[] = [
  ...markup,
  ...html,
  ...terminal,
  ...logged,
  rawCharacters,
  '\ud800',
  '\udc00x',
]

export const attack: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...attacks),
  fc.tuple(fc.constantFrom(...attacks), fc.constantFrom(...attacks)).map(([one, other]) => `${one}${other}`),
  fc
    .tuple(fc.constantFrom(...attacks), fc.nat({ max: 9 }))
    .map(([one, at]) => one.slice(0, at) + rawCharacters + one.slice(at)),
)

/** Fields that the product itself gives, or that are held to a shape at the door: ids, moments, states. */
const ownFields = new Set(
  'id slackId channel key digest state ending area phase kind type role holds owner readAt devices requestKey connector step'.split(
    ' ',
  ),
)
const isOwn = (name: string) => ownFields.has(name) || /(?:At|Since|^at|^ts)$/.test(name)

/** The same, with a hostile text in the place of every text that somebody else wrote. */
export function infected<T>(value: T, next: () => string, name = ''): T {
  if (typeof value === 'string') return (isOwn(name) ? value : next()) as T
  if (Array.isArray(value)) return value.map((one) => infected(one as Json, next, name)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([inner, one]) => [inner, infected(one as Json, next, inner)]),
  ) as T
}

/** Every part that an offboarding can have and that people and systems write into; not all of them at once in real life. */
function inflated(one: Offboarding): Offboarding {
  const at = one.requestedAt
  const plan = one.plan && {
    ...one.plan,
    ambiguous: one.plan.ambiguous.map((two) => ({
      ...two,
      candidates: two.candidates.map((account) => ({ ...account, known: { name: 'x', title: 'x' } })),
    })),
  }
  return {
    ...one,
    ...(plan ? { plan } : {}),
    note: 'x',
    halted: { by: { id: 'host:x', name: 'x' }, why: 'x', at },
    quarantine: { at, why: 'x', ...(one.signOffs.hr ? { released: { by: it, at } } : {}) },
    ...(one.state === 'declined' ? { declined: { by: hr, reason: 'x', at } } : {}),
    ...(one.state === 'refused' ? { refusedWhy: 'x' } : {}),
    posts: { ...one.posts, report: { channel: one.channel, postingAt: at, failed: 'x' } },
    steps: Object.fromEntries(Object.entries(one.steps).map(([key, run]) => [key, noted(run)])),
  }
}

function noted(run: StepRun): StepRun {
  return run.state === 'ended' && run.ending === 'skipped' ? { ...run, by: it, note: 'x' } : run
}

export const hostileOffboarding: fc.Arbitrary<Offboarding> = fc
  .tuple(anyOffboarding, fc.array(attack, { minLength: 12, maxLength: 12 }))
  .map(([one, texts]) => {
    let at = 0
    return infected(inflated(one), () => texts[at++ % texts.length] ?? '')
  })
