/** What ends with nobody: accounts in other apps, and what was made in Google Cloud. A person looks at each by name. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import type { ManualStep } from '../../src/connector.ts'
import { ask } from './ask.ts'
import type { Client } from './client.ts'
import { type GoogleAt, userOf } from './person.ts'
import { Tokens } from './shapes.ts'

type Token = admin_directory_v1.Schema$Token

const day = 24 * 3_600_000
const mostNames = 30

/** Read once a round, for the step that revokes them and for these tasks. */
export function tokensOf(at: GoogleAt): Promise<Token[]> {
  return at.once('tokens', async () => {
    if (!(await userOf(at))) return []
    const userKey = at.account.id
    const list = await ask('list app access', () => at.client.directory('security').tokens.list({ userKey }), Tokens)
    return (list.items ?? []).filter((one) => one.clientId)
  })
}

/** Google's own programs hold access too, and have no account of their own. */
const googles = /^(google|android|chrome|ios account|gmail|youtube|mac ?os|windows|gcloud)/i

async function appsOf(at: GoogleAt): Promise<string[]> {
  const names = (await tokensOf(at)).flatMap(({ displayText }) => (displayText ? [displayText] : []))
  return [...new Set(names.filter((name) => !googles.test(name)))].sort()
}

/** Revoking the grant closes no account over there: many apps let the person set a password of their own. */
const appAccounts: ManualStep<Client> = {
  id: 'app-accounts',
  title: 'Close accounts in apps that the Google account was used with',
  area: 'applications',
  phase: 'remove',
  owner: 'it',
  dueIn: 7 * day,
  applies: async (at) => (await appsOf(at)).length > 0,
  async ask(at) {
    const names = await appsOf(at)
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
    return (
      `${at.account.label} gave these apps access or signed in to them with Google: ` +
      `${names.slice(0, mostNames).join(', ')}${more}. Latchkey revokes the access; an account in the app itself may ` +
      'live on with a password of its own. Where no other step names the app: close the account there, and hand over ' +
      'what it holds.'
    )
  },
}

const cloudScopes = /\/auth\/(cloud-platform|compute|devstorage|bigquery|appengine|script|sqlservice|ndev)/

async function usesCloud(at: GoogleAt): Promise<boolean> {
  return (await tokensOf(at)).some(({ scopes }) => scopes?.some((scope) => cloudScopes.test(scope)))
}

/** The directory does not show what somebody may do in Google Cloud; service accounts outlive the person. */
const cloud: ManualStep<Client> = {
  id: 'cloud-leftovers',
  title: 'Rotate service account keys and hand over projects in Google Cloud',
  area: 'infrastructure',
  phase: 'preserve',
  owner: 'it',
  dueIn: 2 * day,
  applies: usesCloud,
  ask: ({ account, handOverTo }) =>
    [
      `${account.label} used programs that act in Google Cloud. With an organisation administrator (ORG: gcloud organizations list):`,
      `gcloud asset search-all-iam-policies --scope=organizations/ORG --query='policy:"${quoted(account.label)}"'`,
      `Make ${handOverTo?.label ?? 'somebody'} owner of projects that have no other, and remove the bindings.`,
      'Rotate the keys of every service account that they could use (gcloud iam service-accounts keys list), and Apps Script triggers, scheduled jobs and webhooks that run as them: those go on, or stop without a word.',
    ].join('\n'),
}

/** Into a query in double quotes, in an argument in single ones. */
function quoted(address: string): string {
  return address.replace(/["\\]/g, '').replaceAll("'", `'\\''`)
}

export const leftoverTasks: readonly ManualStep<Client>[] = [appAccounts, cloud]
