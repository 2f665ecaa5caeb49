/** Atlassian Cloud (Jira, Confluence, Bitbucket sign-in), by the organisation that administers it. */
import { z } from 'zod'
import {
  type Account,
  type Connector,
  type Health,
  type Leaver,
  type ManualStep,
  path,
  Rejected,
} from '../../src/connector.ts'
import { suspendAccess } from './access.ts'
import { accountSteps } from './account.ts'
import { type Client, connect, isManaged, Settings, search, type User, userOf } from './client.ts'

const leftovers: ManualStep<Client> = {
  id: 'leftovers',
  title: 'Automation rules, project leads and spaces of theirs',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 3 * 86_400_000,
  applies: async (at) => (await userOf(at)) !== undefined,
  ask: (at) =>
    `No API of the organisation lists what is ${at.account.label}'s inside the apps. In Jira: automation rules that run as them stop (Settings > System > Global automation: filter by owner, change owner and actor); project lead and default assignee (each project's settings > Details); shared filters and dashboards (Settings > System > Shared items, change owner). In Confluence: the personal space (Space settings > General > Users can transfer). Outgoing webhooks and apps that they connected go on: look through them, and change the secrets that the person knew.`,
}

const connector: Connector<Settings, Client> = {
  id: 'atlassian',
  title: 'Atlassian',
  rights: [
    {
      name: 'API key of the organisation, without scopes (made by an organization admin)',
      for: 'find people, deactivate, API tokens, admin role, access; Atlassian offers no narrower key for managed accounts',
    },
  ],
  settings: Settings,
  limits: [
    {
      id: 'api',
      perSecond: 5,
      concurrent: 5,
      source: 'assumed; Atlassian publishes no number, and says 429 with a reset',
    },
  ],
  renew:
    'makes a new API key without scopes (Atlassian Administration > Settings > API keys > Create API key; keys end after a year at the latest) and stores it where the settings read it.',
  reads: ({ method, url }) => method === 'GET' || url.pathname.endsWith('/users/search'),
  resetAfter: (answer, _body, now) => {
    const reset = Date.parse(answer.headers.get('x-ratelimit-reset') ?? '')
    return Number.isNaN(reset) ? undefined : reset - now
  },
  connect,
  check,
  locate,
  steps: [...accountSteps, suspendAccess, leftovers],
}

export default connector

const Org = z.object({ data: z.object({ attributes: z.object({ name: z.string() }) }) })

async function check(client: Client): Promise<Health> {
  const { orgId } = client.settings
  const org = await client.rest.ask('read the organisation', path`/admin/v1/orgs/${orgId}`, Org)
  const as = `an API key of ${org.data.attributes.name} (${orgId})`
  try {
    const [someone] = await search(client, { emails: ['nobody@latchkey.invalid'] })
    // Nobody has this address; an answer with somebody in it means that the filter is not heard.
    const deaf = someone && 'Atlassian does not heed the filter by e-mail address: nobody must be offboarded with this.'
    return { as, missing: deaf ? [deaf] : [] }
  } catch (error) {
    if (!(error instanceof Rejected && error.status === 403)) throw error
    return {
      as,
      missing: [`${error.message} An organization admin makes an API key without scopes (Settings > API keys).`],
    }
  }
}

/**
 * Staff accounts with exactly one of these addresses: portal customers and apps are none. Of an account that nobody
 * manages, the address counts only once its owner has verified it.
 */
async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const emails = leaver.emails.map((one) => one.toLowerCase())
  const found = (await search(client, { emails })).filter(
    (one) =>
      one.accountType === 'atlassian' &&
      one.accountStatus !== 'closed' &&
      emails.includes(one.email?.toLowerCase() ?? '') &&
      (isManaged(one) || one.emailVerified === true),
  )
  return found.map((one) => accountOf(client, one))
}

function accountOf(client: Client, user: User): Account {
  const { accountId, name, email, jobTitle, department, timeZone } = user
  return {
    realm: client.settings.orgId,
    id: accountId,
    label: email ?? accountId,
    known: {
      ...(name && { name }),
      ...(jobTitle && { title: jobTitle }),
      ...(department && { department }),
      ...(timeZone && { zone: timeZone }),
      ...(email && { emails: [email.toLowerCase()] }),
    },
  }
}
