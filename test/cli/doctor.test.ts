import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it as test } from 'vitest'
import { scopes } from '../../src/slack/scopes.ts'
import { closeCliBeds, ids, openCliBed } from './bed.ts'

const patience = 120_000

afterEach(closeCliBeds)

/** The part of one system: its line, and what is told below it. */
function partOf(out: string, what: string): string {
  return out.split(/^(?=ok {5}|problem)/m).find((part) => part.slice(8).startsWith(what)) ?? ''
}

test(
  'doctor says as whom Latchkey is signed in everywhere, and that all is well',
  async () => {
    const bed = await openCliBed()
    const { code, out, err } = await bed.hear(['doctor'])
    expect(err).toBe('')
    expect(out.match(/^problem.*|^ +! .*/gm)).toBeNull()
    expect(out.match(/^ok .*/gm)).toEqual([
      'ok      AWS',
      'ok      Google Workspace',
      'ok      Microsoft 365',
      'ok      Slack',
      'ok      This host',
      'ok      Reports',
    ])
    expect(partOf(out, 'AWS')).toContain('signed in as arn:aws:iam::111122223333:user/latchkey, acting in')
    expect(partOf(out, 'Microsoft 365')).toMatch(/at most 16 a second.*throttling-limits/)
    expect(partOf(out, 'Slack')).toContain('Socket Mode')
    expect(out).toMatch(/All is well\.$/)
    expect(code).toBe(0)
  },
  patience,
)

test(
  'doctor names rights that are missing, and where IT grants them',
  async () => {
    const bed = await openCliBed({
      google: { delegated: ['admin.directory.user', 'admin.directory.user.security', 'admin.directory.group'] },
      microsoft365: { rights: ['Directory.Read.All'] },
      aws: {
        seed: (state) => {
          for (const role of state.accounts['111122223333']?.roles ?? []) role.lacks.push('iam:DeleteLoginProfile')
        },
      },
    })
    const { code, out } = await bed.hear(['doctor'])
    expect(code).toBe(1)
    expect(partOf(out, 'AWS')).toMatch(
      /! AWS account 111122223333: iam:DeleteLoginProfile is missing, for .* IT allows/,
    )
    expect(partOf(out, 'AWS')).not.toContain('AWS account 444455556666:')
    expect(partOf(out, 'Google Workspace')).toMatch(
      /! \S+gmail\.settings\.basic is not delegated: IT adds it to client/,
    )
    expect(partOf(out, 'Microsoft 365')).toMatch(/! User\.RevokeSessions\.All \(.*grant admin consent/)
    expect(partOf(out, 'Slack')).toMatch(/^ok/)
    expect(out).toMatch(/\d+ to mend\.$/)
  },
  patience,
)

test(
  'doctor says which credential was refused and where it is renewed',
  async () => {
    const bed = await openCliBed()
    const wrong = { M365_CLIENT_SECRET: 'an-old-secret-that-was-replaced', AWS_SECRET: 'another-old-secret-of-aws' }
    const { code, out } = await bed.hear(['doctor'], { env: { ...bed.env, ...wrong } })
    expect(code).toBe(1)
    expect(partOf(out, 'Microsoft 365')).toMatch(/^problem.*[\s\S]*refused.*IT .*client secret/)
    expect(partOf(out, 'AWS')).toMatch(/^problem.*[\s\S]*refused.*IT /)
    expect(partOf(out, 'Google Workspace')).toMatch(/^ok/)
    for (const secret of Object.values(wrong)) expect(out).not.toContain(secret)
  },
  patience,
)

test(
  'doctor names a role that too few people could sign for',
  async () => {
    const groups = [
      { id: 'S0HR', handle: 'hr-approvers', users: ids.hr.slice(0, 1) },
      { id: 'S0IT', handle: 'it-approvers', users: ids.it },
    ]
    const bed = await openCliBed({ slack: { userGroups: groups } })
    const { code, out } = await bed.hear(['doctor'])
    expect(code).toBe(1)
    expect(partOf(out, 'Slack')).toMatch(/^problem.*[\s\S]*! Only 1 of HR could sign off\..*roles\.hr/)
    expect(out).toMatch(/\n1 to mend\.$/)
  },
  patience,
)

test(
  'doctor names a scope that the Slack app lacks',
  async () => {
    const granted = scopes.map((scope) => scope.name).filter((name) => name !== 'files:write')
    const bed = await openCliBed({ slack: { scopes: granted } })
    const { code, out } = await bed.hear(['doctor'])
    expect(code).toBe(1)
    expect(partOf(out, 'Slack')).toMatch(/! The Slack app lacks the scope files:write \(the report\)/)
    expect(out).toMatch(/\n1 to mend\.$/)
  },
  patience,
)

test.each([
  ['is refused', { SLACK_BOT_TOKEN: 'xoxb-pretend-old-token' }, /invalid_auth/],
  ['is not there', { SLACK_BOT_TOKEN: undefined }, /SLACK_BOT_TOKEN is not set/],
])(
  'doctor says so where the Slack token %s, and still asks the systems',
  async (_what, wrong, said) => {
    const bed = await openCliBed()
    const { code, out } = await bed.hear(['doctor'], { env: { ...bed.env, ...wrong } })
    expect(code).toBe(1)
    expect(partOf(out, 'Slack')).toMatch(said)
    expect(out.match(/^ok .*/gm)).toHaveLength(5)
  },
  patience,
)

test(
  'doctor warns of a scope that the Slack app has for nothing',
  async () => {
    const granted = [...scopes.map((scope) => scope.name), 'channels:history', 'users:write']
    const bed = await openCliBed({ slack: { scopes: granted } })
    const { code, out } = await bed.hear(['doctor'])
    expect(partOf(out, 'Slack')).toMatch(
      /^ok.*[\s\S]*note: .*more than manifest\.yml.*: channels:history, users:write\./,
    )
    expect(code).toBe(0)
  },
  patience,
)

test(
  'doctor says which files others may read, and what closes them',
  async () => {
    const bed = await openCliBed()
    const data = join(bed.folder, 'data')
    mkdirSync(data, { mode: 0o755 })
    chmodSync(data, 0o755)
    writeFileSync(join(data, 'closed.idx.jsonl'), '', { mode: 0o644 })
    chmodSync(join(bed.folder, 'google.json'), 0o440)
    chmodSync(join(bed.folder, 'latchkey.yaml'), 0o644)
    const open = partOf((await bed.hear(['doctor'])).out, 'This host')
    expect(open).toMatch(/^ok/)
    expect(open).toMatch(/data is open to others \(and 1 below it, such as closed\.idx\.jsonl\).*chmod -R go=/)
    expect(open).toMatch(/Others may read \S+google\.json, which GOOGLE_CREDENTIALS_FILE names\. IT: chmod 400/)
    expect(open).toMatch(/latchkey\.yaml is open to others: it says who signs/)
    chmodSync(data, 0o700)
    chmodSync(join(bed.folder, 'google.json'), 0o400)
    chmodSync(join(bed.folder, 'latchkey.yaml'), 0o640)
    const closed = partOf((await bed.hear(['doctor'])).out, 'This host')
    expect(closed).not.toMatch(/chmod|others/i)
  },
  patience,
)

test(
  'doctor counts it as a problem where anybody may change the record, the settings or a secret',
  async () => {
    const bed = await openCliBed()
    mkdirSync(join(bed.folder, 'data'))
    for (const name of ['data', 'latchkey.yaml', 'google.json']) chmodSync(join(bed.folder, name), 0o777)
    const { code, out } = await bed.hear(['doctor'])
    expect(code).toBe(1)
    for (const what of [
      /! Others may change \S+data, the record/,
      /! .*yaml, and with it who signs/,
      /! .*google\.json/,
    ])
      expect(partOf(out, 'This host')).toMatch(what)
    expect(out).toMatch(/\n3 to mend\.$/)
  },
  patience,
)
