/** The methods of the Web API that are used: how often each may be called, and whether it only reads. */
import type { Limit, Outgoing } from '../../src/connector.ts'

/** Calls a minute (docs.slack.dev, "Rate limits"): counted for each method, workspace and app. */
const tiers = { two: 20, three: 50, four: 100 } as const

interface Method {
  tier: keyof typeof tiers
  reads: boolean
}

const read = (tier: Method['tier']): Method => ({ tier, reads: true })
const write = (tier: Method['tier']): Method => ({ tier, reads: false })

const methods = {
  'auth.test': read('four'),
  'users.lookupByEmail': read('three'),
  'users.info': read('four'),
  'users.conversations': read('three'),
  'usergroups.list': read('two'),
  'usergroups.users.list': read('two'),
  'team.integrationLogs': read('two'),
  'admin.users.session.list': read('two'),
  'admin.roles.listAssignments': read('two'),
  'admin.users.session.reset': write('two'),
  'admin.users.deactivate': write('two'),
  'admin.roles.removeAssignments': write('two'),
  'admin.roles.addAssignments': write('two'),
  'usergroups.users.update': write('two'),
  'usergroups.disable': write('two'),
  'usergroups.enable': write('two'),
  'conversations.kick': write('three'),
  'conversations.invite': write('three'),
} as const satisfies Record<string, Method>

export type MethodName = keyof typeof methods

export function isReading(name: MethodName): boolean {
  return methods[name].reads
}

/** Everything is posted, as Slack's own client does it, so the method's name tells. */
export function reads({ url }: Outgoing): boolean {
  const name = nameIn(url)
  return name in methods && isReading(name as MethodName)
}

function nameIn(url: URL): string {
  return url.pathname.split('/').at(-1) ?? ''
}

const tiered = Object.entries(methods).map(
  ([name, { tier }]): Limit => ({
    id: name.replaceAll('.', '-'),
    matches: ({ url }) => nameIn(url) === name,
    // Rounded down, never up.
    perSecond: Math.floor((tiers[tier] * 100) / 60) / 100,
    concurrent: 2,
    source: `docs.slack.dev/reference/methods/${name}: tier ${tier}, ${tiers[tier]} and more a minute`,
  }),
)

const isScim = ({ url }: Outgoing) => url.pathname.includes('/scim/')

export const limits: readonly Limit[] = [
  ...tiered,
  {
    id: 'scim-changes',
    matches: (request) => isScim(request) && request.method !== 'GET',
    perSecond: 3,
    concurrent: 2,
    source: 'docs.slack.dev/reference/scim-api/rate-limits: 180 user changes a minute, over all apps',
  },
  {
    id: 'scim-reads',
    perSecond: 5,
    concurrent: 3,
    source: 'docs.slack.dev/reference/scim-api/rate-limits: 300 reads of a user a minute, over all apps',
  },
]
