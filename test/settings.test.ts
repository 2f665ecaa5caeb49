import { describe, expect, it as test } from 'vitest'
import { z } from 'zod'
import { Tasks } from '../connectors/manual.ts'
import { type Connector, type Secret, secret } from '../src/connector.ts'
import { readSettings, SettingsError } from '../src/settings.ts'

const zoo: Connector = {
  id: 'zoo',
  title: 'Zoo',
  rights: [],
  settings: z.strictObject({
    baseUrl: z.url(),
    token: secret(),
    keepers: z.array(z.strictObject({ name: z.string() })).default([]),
  }),
  limits: [],
  renew: '',
  connect: () => undefined,
  check: async () => ({ as: 'x', missing: [] }),
  locate: async () => [],
  steps: [],
}

const head = `
slack: { channel: C0123456789 }
roles:
  hr: { group: S0HR }
  it: { users: [U0000001, U0000002], substitutes: [U0000003] }
`

function read(text: string, env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const readFile = (path: string) => {
    const content = files[path]
    if (content === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' })
    return content
  }
  return readSettings({ text, env, readFile, known: ['zoo', 'farm'], load: async () => zoo, tasks: Tasks })
}

async function problems(...args: Parameters<typeof read>): Promise<string[]> {
  const error = await read(...args).catch((caught: unknown) => caught)
  if (!(error instanceof SettingsError)) throw new Error(`expected a SettingsError, not ${String(error)}`)
  return error.problems.map((one) => `${one.path}: ${one.message}`)
}

describe('good settings', () => {
  test('what is left out has the usual value, and lengths of time are milliseconds', async () => {
    const settings = await read(`${head}policy: { signOffWithin: 90m }\n`)
    expect(settings).toMatchObject({
      slack: { apiUrl: 'https://slack.com/api/' },
      requesters: ['hr', 'it', 'managers'],
      policy: { signOffWithin: 5_400_000, irreversibleAfter: 30 * 24 * 3600_000, startsPerHour: 20 },
      connectors: [],
    })
  })
  test('one connector is used twice, each with its own secret and limits', async () => {
    const text = `${head}connectors:
  zoo: { baseUrl: "https://a.example", token: "\${A}" }
  second: { use: zoo, baseUrl: "https://\${HOST}/b", token: "\${B_FILE}", limits: { all: { perSecond: 3 } } }
`
    const { connectors } = await read(text, { A: 'aaa', HOST: 'b.example', B_FILE: '/b' }, { '/b': 'bbb\n' })
    expect(connectors.map((one) => [one.use, one.connector.id])).toEqual([
      ['second', 'zoo'],
      ['zoo', 'zoo'],
    ])
    const tokens = connectors.map((one) => (one.settings as { token: Secret }).token.reveal())
    expect(tokens).toEqual(['bbb', 'aaa'])
    expect(connectors[0]).toMatchObject({
      limits: { all: { perSecond: 3 } },
      settings: { baseUrl: 'https://b.example/b' },
    })
  })
  test('a plain setting may come from the environment as a whole', async () => {
    const { connectors } = await read(`${head}connectors: { zoo: { baseUrl: "\${URL}", token: "\${A}" } }`, {
      A: 'x',
      URL: 'https://z.example',
    })
    expect(connectors[0]?.settings).toMatchObject({ baseUrl: 'https://z.example' })
  })
  test('a secret does not print', async () => {
    const { connectors } = await read(`${head}connectors: { zoo: { baseUrl: "https://a.example", token: "\${A}" } }`, {
      A: 'canary',
    })
    expect(
      JSON.stringify(connectors[0]?.settings) +
        String((connectors[0] as { settings: { token: Secret } }).settings.token),
    ).not.toContain('canary')
  })
})

describe('bad settings', () => {
  test('every problem is listed at once, with its path', async () => {
    const text = `
slack: { channel: general }
roles: { hr: { group: S0HR } }
policy: { signOffWithin: soon, startsPerHour: 0 }
connectors:
  zoo: { token: literal-secret, keepers: [{ nmae: Ann }] }
  famr: {}
`
    expect(await problems(text)).toEqual([
      'connectors.famr: there is no connector famr; did you mean farm?',
      'slack.channel: is the Slack id of a private channel (C…)',
      'roles.it: is one of { group: S… }, { channel: C… } or { users: [U…] }, each with optional substitutes',
      'policy.signOffWithin: is a length of time such as 90m, 4h or 3d',
      'policy.startsPerHour: Too small: expected number to be >0',
      'connectors.zoo.baseUrl: is missing',
      'connectors.zoo.token: is a secret: write ${NAME} to take it from the environment, or ${NAME_FILE} to take it from a file',
      'connectors.zoo.keepers.0.name: is missing',
      'connectors.zoo.keepers.0.nmae: is not a known setting; did you mean name?',
    ])
  })
  test.each([
    [`${head}polcy: {}`, 'polcy: is not a known setting; did you mean policy?'],
    [`${head}policy: { remindEvrey: 4h }`, 'policy.remindEvrey: is not a known setting; did you mean remindEvery?'],
    [
      `${head}connectors: { zoo: { baseUrl: "https://a.example", token: "\${A}", tokn: 1 } }`,
      'connectors.zoo.tokn: is not a known setting; did you mean token?',
    ],
    [
      `${head}tasks: [{ title: Pay, area: records, owner: hr, due: 3d, dew: 1 }]`,
      'tasks.0.dew: is not a known setting; did you mean due?',
    ],
    [
      `${head}connectors:\n  zoo: { baseUrl: "https://a.example", token: "\${A}", toString: 1 }\n`,
      expect.stringMatching(/zoo.*toString/),
    ],
  ])('an unknown key names the nearest known one', async (text, expected) => {
    expect(await problems(text, { A: 'x' })).toEqual([expected])
  })
  test('a literal secret is refused without being repeated', async () => {
    const text = `${head}connectors: { zoo: { baseUrl: "https://a.example", token: hunter2 } }`
    const said = (await problems(text)).join()
    expect(said).toMatch(/connectors\.zoo\.token: is a secret/)
    expect(said).not.toContain('hunter2')
  })
  test.each([
    ['${MISSING}', 'the environment variable MISSING is not set'],
    ['${GONE_FILE}', 'the file that GONE_FILE names cannot be read (ENOENT)'],
    ['${EMPTY_FILE}', 'the file that EMPTY_FILE names is empty'],
    ['${lower}', '${lower} is not the name of a variable: use capitals, digits and _'],
  ])('%s says what is wrong once', async (reference, message) => {
    const text = `${head}connectors: { zoo: { baseUrl: "https://a.example", token: "${reference}" } }`
    expect(await problems(text, { GONE_FILE: '/gone', EMPTY_FILE: '/empty' }, { '/empty': '\n' })).toEqual([
      `connectors.zoo.token: ${message}`,
    ])
  })
  test('broken YAML and doubled keys say the line', async () => {
    expect(await problems('slack: {')).toEqual([expect.stringMatching(/^line 1, column/)])
    expect(await problems(`${head}slack: {}`)).toEqual([
      expect.stringMatching(/^line 6, column 1: Map keys must be unique/),
    ])
  })
  test('an empty file is refused', async () => {
    expect(await problems('')).toEqual([expect.stringMatching(/^latchkey\.yaml/)])
  })
})
