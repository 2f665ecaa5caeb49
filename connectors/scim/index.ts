/** Any service that speaks SCIM 2.0 (RFC 7643, RFC 7644), as often as the settings name one: `zoom: { use: scim, … }`. */
import type { Connector, Step } from '../../src/connector.ts'
import { deactivate, deletion } from './account.ts'
import { check, rights } from './check.ts'
import { connect, type Scim } from './client.ts'
import { groups } from './groups.ts'
import { Settings } from './settings.ts'
import { handOver, keepOut, leftovers } from './tasks.ts'
import { classify, isTokenRequest } from './token.ts'
import { locate } from './users.ts'

/** Those that come to anything with these settings, in the order in which people read them. */
function stepsFor({ off, deleteUser, groups: how, leftovers: lives }: Settings): Step<Scim>[] {
  const ends = deleteUser || off === 'deletes'
  const kept = [
    ...(off === 'deletes' ? [keepOut] : [deactivate]),
    ...(lives === false ? [] : [leftovers]),
    ...(ends ? [handOver] : []),
    ...(how === 'none' ? [] : [groups]),
  ]
  return ends ? [...kept, deletion(idsOf(kept))] : kept
}

function idsOf(steps: readonly Step<Scim>[]): string[] {
  return steps.map((step) => `scim/${step.id}`)
}

const beforeDeletion = [deactivate, keepOut, leftovers, handOver, groups]

const scim: Connector<Settings, Scim> = {
  id: 'scim',
  title: 'SCIM',
  rights,
  settings: Settings,
  limits: [
    {
      id: 'requests',
      perSecond: 3,
      concurrent: 3,
      source: 'assumed: each service has its own (Slack takes 180 user changes a minute, Miro 20 deletions in 30 s)',
    },
  ],
  renew:
    "makes a new SCIM token in the service's own provisioning settings, puts it into the settings, and looks whether the administrator whose token it is still is one",
  configured: (settings) => ({ title: settings.title, steps: stepsFor(settings) }),
  reads: isTokenRequest,
  classify,
  connect,
  check,
  locate,
  steps: [...beforeDeletion, deletion(idsOf(beforeDeletion))],
}

export default scim
