/**
 * What the leaver set up and others may live on: apps, hooks, service clients, API tokens. Okta keeps no owner of them;
 * its System Log names who made them, for 90 days. A person decides.
 */
import { z } from 'zod'
import { type ManualStep, Rejected } from '../../src/connector.ts'
import { tokensOf } from './admin-roles.ts'
import type { Client } from './client.ts'
import type { OktaAt } from './person.ts'

const day = 86_400_000

/** Okta, "Event types" (https://developer.okta.com/docs/reference/api/event-types/). */
const made: Readonly<Record<string, string>> = {
  'application.lifecycle.create': 'app',
  // A secret or key that is put to an app of somebody else's opens it just as well.
  'app.oauth2.credentials.lifecycle.create': 'client secret or key of',
  'app.oauth2.client.lifecycle.create': 'OAuth client',
  'event_hook.created': 'event hook',
  'inline_hook.created': 'inline hook',
  'system.idp.lifecycle.create': 'identity provider',
  'zone.create': 'network zone',
}

const Event = z.looseObject({
  eventType: z.string(),
  published: z.string(),
  actor: z.looseObject({ id: z.string().nullish() }).nullish(),
  target: z.array(z.looseObject({ type: z.string().nullish(), displayName: z.string().nullish() })).nullish(),
})

export const leftovers: ManualStep<Client> = {
  id: 'leftovers',
  title: 'Give what the leaver set up to somebody else',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 3 * day,
  async applies(at) {
    return (await leftoversOf(at)).length > 0
  },
  async ask(at) {
    const list = await leftoversOf(at)
    return `${at.account.label} set these up, and they outlive the account: ${list.join('; ')}. Name a new owner of each, and rotate client secrets and hook keys that the leaver knew (Admin Console > Applications, > Workflow). Whoever uses an API token needs a new one, of a service account.`
  },
}

async function leftoversOf(at: OktaAt): Promise<string[]> {
  const [tokens, events] = await Promise.all([tokensOf(at.client, at.account.id), creations(at)])
  return [...new Set([...events, ...tokens.map((token) => `API token "${token.name}"`)])]
}

async function creations({ client, account, effectiveAt }: OktaAt): Promise<string[]> {
  if (!/^[\w-]+$/.test(account.id)) throw new Rejected(`"${account.id}" is no id of Okta's.`)
  const kinds = Object.keys(made).map((kind) => `eventType eq "${kind}"`)
  const filter = `actor.id eq "${account.id}" and (${kinds.join(' or ')})`
  // With an end: without one Okta names a next page for ever, for those who poll.
  const until = new Date(Math.max(Date.now(), effectiveAt.getTime()))
  const since = new Date(Date.now() - 90 * day)
  const query = { filter, since: since.toISOString(), until: until.toISOString(), limit: 1000 }
  const events = await client.list('logs', 'read the System Log', '/api/v1/logs', Event, query)
  return events
    .filter((one) => one.actor?.id === account.id)
    .map(({ eventType, target }) => {
      const name = target?.find((one) => one.displayName)?.displayName ?? 'without a name'
      return `${made[eventType] ?? eventType} "${name}"`
    })
}
