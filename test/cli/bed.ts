/** The command line as a user has it, in this process: what was printed, and how it ended. No secret may be in it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandLine } from '../../src/cli/command-line.ts'
import { run } from '../../src/cli/run.ts'
import { type PretendAwsOptions, pretendAws } from '../../src/sandbox/aws/index.ts'
import { cast, employee, employees } from '../../src/sandbox/company.ts'
import { type GoogleWorkspaceOptions, pretendGoogleWorkspace } from '../../src/sandbox/google-workspace/index.ts'
import { type PretendMicrosoft365Options, pretendMicrosoft365 } from '../../src/sandbox/microsoft-365/index.ts'
import { type SlackOptions as PretendSlackOptions, pretendSlack } from '../../src/sandbox/slack/index.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { scopes } from '../../src/slack/scopes.ts'
import { writeSettings } from './settings-file.ts'

export interface Ended {
  code: number
  out: string
  err: string
}

/** Runs one command line. Throws where a secret was printed. */
export async function hear(args: readonly string[], more: Partial<CommandLine> = {}, secrets: readonly string[] = []) {
  const printed = { out: [] as string[], err: [] as string[] }
  const line: CommandLine = {
    args,
    env: {},
    readFile: (path) => readFileSync(path, 'utf8'),
    out: (text) => void printed.out.push(text),
    err: (text) => void printed.err.push(text),
    ended: new Promise(() => undefined),
    die: (error) => {
      throw error
    },
    ...more,
  }
  const code = await run(line)
  const ended: Ended = { code, out: printed.out.join('\n'), err: printed.err.join('\n') }
  refuseSecrets(`${ended.out}\n${ended.err}`, secrets)
  return ended
}

export function refuseSecrets(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)]
    if (forms.some((form) => text.includes(form))) throw new Error('a secret was printed')
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '')
}

const id = (email: string) => employee(email).slackId
export const ids = {
  hr: [id(cast.hr), id(cast.hrSubstitute)],
  it: [id(cast.it), id(cast.itSubstitute)],
}
export const channel = 'C0OFFBOARD'
const tokens = {
  botToken: 'xoxb-pretend-bot-token',
  appToken: 'xapp-pretend-app-token',
  signingSecret: 'signing-secret',
}

export interface CliBedOptions {
  slack?: Partial<PretendSlackOptions>
  microsoft365?: PretendMicrosoft365Options
  google?: GoogleWorkspaceOptions
  aws?: PretendAwsOptions
}

export type CliBed = Awaited<ReturnType<typeof openCliBed>>

const open: { close(): Promise<void> }[] = []

export async function closeCliBeds(): Promise<void> {
  for (const bed of open.splice(0)) await bed.close()
}

/** Pretend systems, and a folder with the settings that name them. */
export async function openCliBed(options: CliBedOptions = {}) {
  const [slack, microsoft365, google, aws] = await Promise.all([
    openSlack(options.slack),
    pretendMicrosoft365(options.microsoft365),
    pretendGoogleWorkspace(options.google),
    pretendAws(options.aws),
  ])
  const vendors = { microsoft365, google, aws }
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  const written = writeSettings(folder, { slack, channel, vendors })
  const env: CommandLine['env'] = {
    ...written.env,
    SLACK_BOT_TOKEN: tokens.botToken,
    SLACK_APP_TOKEN: tokens.appToken,
  }
  const secrets = () => [...written.secrets, ...google.secrets, ...aws.secrets.slice(1), ...Object.values(tokens)]
  const bed = {
    slack,
    vendors,
    folder,
    env,
    secrets,
    send: loopback([microsoft365, google, aws]),
    hear: (args: readonly string[], more: Partial<CommandLine> = {}) =>
      hear(args, { env, send: bed.send, ...more }, secrets()),
    async close() {
      await Promise.all([slack.close(), microsoft365.close(), google.close(), aws.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
  open.push(bed)
  return bed
}

function openSlack(options: Partial<PretendSlackOptions> = {}) {
  return pretendSlack({
    employees,
    mode: 'socket',
    ...tokens,
    scopes: scopes.map((scope) => scope.name),
    commands: ['/offboard'],
    channels: [{ id: channel, name: 'offboarding', private: true, members: [...ids.hr, ...ids.it] }],
    userGroups: [
      { id: 'S0HR', handle: 'hr-approvers', users: ids.hr },
      { id: 'S0IT', handle: 'it-approvers', users: ids.it },
    ],
    ...options,
  })
}
