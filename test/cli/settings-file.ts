/** A `latchkey.yaml` as the README writes it, for pretend systems: secrets by name, their values apart from it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secret } from '../../src/connector.ts'

/** The pretend systems that the settings name. */
export interface Around {
  slack: { apiUrl: string }
  channel: string
  vendors: { microsoft365: { settings: Microsoft }; google: { settings: Google }; aws: { settings: unknown } }
}

export interface Written {
  /** What the process needs around it, Slack's tokens left out. */
  env: Record<string, string>
  /** What must be printed nowhere. */
  secrets: string[]
}

interface Microsoft {
  tenant: string
  clientId: string
  clientSecret: Secret
}
interface Google {
  credentials: Secret
  subject: string
}
interface Aws {
  accounts: { id: string; role: string; externalId?: string }[]
  credentials: { accessKeyId: Secret; secretAccessKey: Secret }
}

/** Written into `folder`, with the file that `GOOGLE_CREDENTIALS_FILE` names. `more` is put under the connectors. */
export function writeSettings(folder: string, { slack, channel, vendors }: Around, more = ''): Written {
  const { microsoft365, google } = vendors
  const aws = vendors.aws.settings as Aws
  const text = `
slack:
  channel: ${channel}
  apiUrl: ${slack.apiUrl}
roles:
  hr: { group: S0HR }
  it: { group: S0IT }
protected: [break.glass@example.com]
connectors:
  microsoft-365:
    tenant: ${microsoft365.settings.tenant}
    clientId: ${microsoft365.settings.clientId}
    clientSecret: \${M365_CLIENT_SECRET}
  google-workspace:
    credentials: \${GOOGLE_CREDENTIALS_FILE}
    subject: ${google.settings.subject}
  aws:
    accounts:
${aws.accounts.map(accountLine).join('\n')}
    credentials: { accessKeyId: "\${AWS_KEY_ID}", secretAccessKey: "\${AWS_SECRET}" }
${more}tasks:
  - { title: Final pay and unused leave, area: records, owner: hr, due: 3d }
`
  const [settings, keyFile] = [join(folder, 'latchkey.yaml'), join(folder, 'google.json')]
  writeFileSync(settings, text)
  writeFileSync(keyFile, google.settings.credentials.reveal())
  const env = {
    LATCHKEY_SETTINGS: settings,
    LATCHKEY_DATA: join(folder, 'data'),
    M365_CLIENT_SECRET: microsoft365.settings.clientSecret.reveal(),
    GOOGLE_CREDENTIALS_FILE: keyFile,
    AWS_KEY_ID: aws.credentials.accessKeyId.reveal(),
    AWS_SECRET: aws.credentials.secretAccessKey.reveal(),
  }
  const { private_key: key } = JSON.parse(google.settings.credentials.reveal()) as { private_key: string }
  const keyLines = key.split('\n').filter((line) => line.length > 40)
  return { env, secrets: [env.M365_CLIENT_SECRET, env.AWS_SECRET, ...keyLines] }
}

function accountLine({ id, role, externalId }: Aws['accounts'][number]): string {
  return `      - { id: "${id}", role: ${role}${externalId ? `, externalId: ${externalId}` : ''} }`
}
