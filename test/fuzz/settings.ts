/** latchkey.yaml: either settings, or one SettingsError that lists the problems; never a secret's value, never for long. */
import fc from 'fast-check'
import { z } from 'zod'
import { Tasks } from '../../connectors/manual.ts'
import { knownConnectors, loadConnector } from '../../src/app.ts'
import { readSettings, SettingsError } from '../../src/settings.ts'
import { readText } from '../../src/settings-text.ts'
import { type Door, type Held, hasUnseen, hold, must, type Part, type Task } from './door.ts'
import { anything, changedBy, change as jsonChange } from './json.ts'
import { shortText } from './texts.ts'

const canary = 'cAnArY-9f27-not-to-be-seen'
const good = `slack: { channel: C0OFFBOARD, apiUrl: https://slack.com/api/ }
roles:
  hr: { group: S0HR }
  it: { users: [U0000001], substitutes: [U0000003] }
requesters: [hr, it]
protected: [break.glass@example.com]
policy: { signOffWithin: 72h, startsPerHour: 20 }
connectors:
  microsoft-365: { tenant: example.com, clientId: 0f0e, clientSecret: "\${SECRET}" }
  second:
    use: aws
    accounts:
      - { id: "111122223333", role: Latchkey, externalId: "\${SECRET}" }
    limits: { reads: { perSecond: 3 } }
  google-workspace: { credentials: \${KEY_FILE}, subject: admin@example.com }
tasks:
  - { title: Final pay, area: records, owner: hr, due: 3d }
`

const known = knownConnectors()
const loaded = new Map<string, ReturnType<typeof loadConnector>>()

/** Looking into the folder each time is the disk's work, and no part of what is held here. */
function load(id: string): ReturnType<typeof loadConnector> {
  const one = loaded.get(id) ?? loadConnector(id)
  loaded.set(id, one)
  return one
}

const env = { SECRET: canary, KEY_FILE: '/key', HOME: '/root', EMPTY: '' }

async function read(source: string): Promise<void> {
  const sources = { text: source, env, readFile: () => canary, known, load, tasks: Tasks }
  try {
    await readSettings(sources)
  } catch (error) {
    must(error instanceof SettingsError, `another error: ${error instanceof Error ? error.stack : String(error)}`)
    must(error.problems.length > 0, 'an error without a problem')
    must(!error.message.includes(canary), 'a secret in the message')
    must(error.message.length < 20_000, `a message of ${error.message.length} characters`)
    must(!hasUnseen(error.message), `control characters: ${JSON.stringify(error.message)}`)
  }
  must(!('polluted' in {}), 'the prototype of everything was changed')
}

/** The text alone, without what it would have to say. */
function readOnly(source: string): void {
  const { problems } = readText(source, { env, readFile: () => canary })
  for (const { path, message } of problems)
    must(path !== '' && message !== '' && !message.includes(canary), `a problem without words: ${path}: ${message}`)
}

const lines = good.split('\n')
const tokens = [
  ...[
    '- ',
    ': ',
    '{ ',
    ' }',
    '[',
    ']',
    ', ',
    '\n',
    '\n  ',
    '\n    ',
    '&a ',
    '*a',
    '<<: *a',
    '!!binary ',
    '!!js/function ',
    '| ',
    '>-\n',
  ],
  ...[
    '? ',
    '"',
    "'",
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '# ',
    '\t',
    '!!set ',
    '!!omap ',
    '2026-11-23',
    '0x1f',
    '.inf',
    '.nan',
    'null',
    '~',
    'yes',
  ],
  ...[
    'slack',
    'roles',
    'connectors',
    'policy',
    'tasks',
    'hr',
    'use',
    'limits',
    '__proto__',
    'constructor',
    'length',
    'toString',
  ],
  ...[
    '${SECRET}',
    '${KEY_FILE}',
    '${',
    '${}',
    '${NO_SUCH}',
    '${EMPTY}',
    '${__proto__}',
    '$${SECRET}',
    '\ufeff',
    '\0',
    '\u2028',
    '\ud800',
  ],
]

const soup = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...tokens) }, shortText), { maxLength: 40 })
  .map((all) => all.join(''))

type Edit = { line: number; how: 'drop' | 'double' | 'indent' | 'outdent' | 'swap' | 'put' | 'cut'; words: string }
const edit: fc.Arbitrary<Edit> = fc.record({
  line: fc.nat(lines.length - 1),
  how: fc.constantFrom<Edit['how']>('drop', 'double', 'indent', 'outdent', 'swap', 'put', 'cut'),
  words: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...tokens) }, shortText),
})
const edited = fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
  const now = [...lines]
  for (const one of edits) change[one.how](now, one.line, one.words)
  return now.join('\n')
})

const change: Record<Edit['how'], (now: string[], at: number, words: string) => unknown> = {
  drop: (now, at) => now.splice(at, 1),
  double: (now, at) => now.splice(at, 0, now[at] ?? ''),
  swap: (now, at) => now.splice(at, 2, now[at + 1] ?? '', now[at] ?? ''),
  indent: (now, at) => now.splice(at, 1, `  ${now[at] ?? ''}`),
  outdent: (now, at) => now.splice(at, 1, (now[at] ?? '').slice(2)),
  put: (now, at, words) => now.splice(at, 1, `${(now[at] ?? '').split(':')[0]}: ${words}`),
  cut: (now, at, words) => now.splice(at, 1, (now[at] ?? '').slice(0, (now[at] ?? '').length / 2) + words),
}

/** The tree of good settings with something done to it, in YAML's JSON form. */
const tree = {
  slack: { channel: 'C0OFFBOARD' },
  roles: { hr: { group: 'S0HR' }, it: { users: ['U0000001'] } },
  requesters: ['hr'],
  protected: ['a@example.com'],
  policy: { signOffWithin: '72h', startsPerHour: 20 },
  connectors: {
    aws: {
      accounts: [{ id: '111122223333', role: 'Latchkey' }],
      match: { by: 'user-name' },
      limits: { reads: { perSecond: 1 } },
    },
    'microsoft-365': { tenant: 'x', clientId: 'y', clientSecret: '${SECRET}' },
  },
  tasks: [{ title: 'Final pay', area: 'records', owner: 'hr', due: '3d' }],
}
const shallow = jsonChange.filter((one) => one.how.kind !== 'deep')
const bent = fc
  .array(shallow, { minLength: 1, maxLength: 3 })
  .map((changes) => JSON.stringify(changedBy(tree, changes)) ?? '')
const any = anything.map((value) => JSON.stringify(value) ?? '')

const laughs = (levels: number, each: number) =>
  Array.from(
    { length: levels },
    (_, level) =>
      `a${level}: &a${level} [${Array.from({ length: each }, () => (level ? `*a${level - 1}` : 'lol')).join(', ')}]`,
  ).join('\n')

const bomb = fc.tuple(fc.nat(20_000), fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).map(([size, which]) => {
  const bombs = [
    () => laughs(3 + (size % 30), 2 + (size % 9)),
    () => '['.repeat(size),
    () => '{a: '.repeat(size),
    () => `${'- '.repeat(size)}x`,
    () => Array.from({ length: size % 500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
    () => `${'k'.repeat(size)}: 1`,
    () => `${'"'.repeat(size)}`,
    () => Array.from({ length: size % 3000 }, () => 'slack: 1').join('\n'),
    () => Array.from({ length: size % 3000 }, (_, at) => `k${at}: 1`).join('\n'),
    () => `${good}x: ${'${SECRET}'.repeat(size / 9)}`,
    () => '#'.repeat(size * 30),
  ]
  return bombs[which]!()
})

const part = (name: string, share: number, inputs: fc.Arbitrary<string>): Part => ({
  name,
  share,
  hold: (task: Task) => quickly(task, (mine) => hold(mine, inputs, read)),
})

/**
 * Each reading makes schemas of its own, once in a process's life; compiling thousands of them would take most of the time. So would
 * collecting where each of YAML's complaints comes from; what failed is run again with all of that.
 */
async function quickly(task: Task, work: (task: Task) => Promise<Held>): Promise<Held> {
  const { stackTraceLimit } = Error
  z.config({ jitless: true })
  Error.stackTraceLimit = 0
  try {
    const held = await work(task)
    if (!held.failure) return held
    Error.stackTraceLimit = stackTraceLimit
    const again = await work({ ...task, path: held.failure.path })
    return { ...held, failure: again.failure ?? held.failure }
  } finally {
    z.config({ jitless: false })
    Error.stackTraceLimit = stackTraceLimit
  }
}

export const settings: Door = {
  name: 'settings',
  parts: [
    part('edited', 0.05, edited),
    part('bent', 0.04, bent),
    part('soup', 0.25, soup),
    part('any', 0.05, fc.oneof(any, shortText)),
    part('bombs', 0.0005, bomb),
    {
      name: 'text',
      share: 0.6095,
      hold: (task: Task) => quickly(task, (mine) => hold(mine, fc.oneof(soup, shortText, any), readOnly)),
    },
  ],
}
