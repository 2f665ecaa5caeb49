import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it as test } from 'vitest'
import { hear } from './bed.ts'

const patience = 60_000
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function settingsFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  folders.push(folder)
  writeFileSync(join(folder, 'latchkey.yaml'), text)
  return join(folder, 'latchkey.yaml')
}

const needing = [['start'], ['doctor'], ['plan', 'jo@example.com']]
const tokens = { SLACK_BOT_TOKEN: 'xoxb-pretend-bot-token', SLACK_APP_TOKEN: 'xapp-pretend-app-token' }

test.each(needing)(
  '%s without settings says which file is missing and how it is named',
  async (...args) => {
    const { code, err } = await hear(args, { env: { ...tokens, LATCHKEY_SETTINGS: '/nowhere/latchkey.yaml' } })
    expect(code).toBe(1)
    expect(err).toMatch(/there is no \/nowhere\/latchkey\.yaml.*LATCHKEY_SETTINGS/)
  },
  patience,
)

const broken = `
slack: { channel: general }
roles: { hr: { group: S0HR } }
policy: { signOffWithin: soon }
connectors:
  microsoft-365: { tenant: example.com, clientId: one, clientSecret: literal-client-secret }
  google-workspace: { credentials: "\${GOOGLE_CREDENTIALS_FILE}", subject: admin@example.com, subjct: x }
  aws: { accounts: [{ id: 111122223333, role: Latchkey }], credentials: { accessKeyId: "\${AWS_KEY_ID}", secretAccessKey: "\${AWS_SECRET}" } }
  gooogle-workspace: {}
`

test.each(needing)(
  '%s with broken settings lists every problem with its path, and repeats no secret',
  async (...args) => {
    const env = { ...tokens, LATCHKEY_SETTINGS: settingsFile(broken), AWS_SECRET: 'aws-secret-value-1234' }
    const { code, out, err } = await hear(args, { env }, ['literal-client-secret', 'aws-secret-value-1234'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    const problems = err.split('\n').slice(1)
    expect(err).toMatch(new RegExp(`^latchkey\\.yaml: ${problems.length} to mend:`))
    for (const path of [
      'slack.channel',
      'roles.it',
      'policy.signOffWithin',
      'connectors.microsoft-365.clientSecret',
      'connectors.google-workspace.credentials',
      'connectors.google-workspace.subjct',
      'connectors.aws.accounts.0.id',
      'connectors.aws.credentials.accessKeyId',
      'connectors.gooogle-workspace',
    ])
      expect(
        problems.filter((line) => line.startsWith(`  ${path}: `)),
        path,
      ).toHaveLength(1)
    expect(err).toContain('did you mean google-workspace?')
    expect(err).toContain('did you mean subject?')
  },
  patience,
)

test(
  'settings that are no YAML say the line',
  async () => {
    const { code, err } = await hear(['doctor'], { env: { LATCHKEY_SETTINGS: settingsFile('slack: {') } })
    expect(code).toBe(1)
    expect(err).toMatch(/^latchkey\.yaml: 1 to mend:\n {2}line 1, column/)
  },
  patience,
)

const sound = 'slack: { channel: C0123456789 }\nroles: { hr: { group: S0HR }, it: { group: S0IT } }\n'

test.each([
  [{}, /SLACK_BOT_TOKEN is not set/],
  [{ SLACK_BOT_TOKEN: 'xoxb-pretend-bot-token' }, /Set SLACK_APP_TOKEN .* or SLACK_SIGNING_SECRET and PORT/],
  [{ SLACK_BOT_TOKEN: 'xoxb-pretend-bot-token', SLACK_SIGNING_SECRET: 'signing-secret' }, /and PORT/],
  [{ ...tokens, PORT: '70000' }, /PORT is not a port: 70000/],
])(
  'start with %j as its environment says which variable is meant, and no value of a secret',
  async (env, said) => {
    const around = { ...env, LATCHKEY_SETTINGS: settingsFile(sound) }
    const { code, err } = await hear(['start'], { env: around }, [...Object.values(tokens), 'signing-secret'])
    expect(code).toBe(1)
    expect(err).toMatch(said)
  },
  patience,
)
