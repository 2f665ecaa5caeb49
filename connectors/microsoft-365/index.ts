/** Microsoft 365: Entra ID, Exchange Online, OneDrive, Intune and licences, through Microsoft Graph v1.0. */
import type { Connector, Step } from '../../src/connector.ts'
import { addressLists } from './address-lists.ts'
import { classify, reads, resetAfter } from './answers.ts'
import { appAssignments, appConsents } from './apps.ts'
import { authenticationMethods } from './authentication-methods.ts'
import { autoReply } from './auto-reply.ts'
import { blockSignIn, revokeSessions, scramblePassword } from './contain.ts'
import { deleteUser } from './delete-user.ts'
import { disableDevices } from './devices.ts'
import { directoryRoles } from './directory-roles.ts'
import { mailboxSteps } from './exchange-mailbox.ts'
import { exchangeTasks } from './exchange-tasks.ts'
import { type Graph, openGraph } from './graph.ts'
import { groupEligibilities, groups } from './groups.ts'
import { inboxRules } from './inbox-rules.ts'
import { keySteps } from './intune-keys.ts'
import { lockSteps } from './intune-lock.ts'
import { wipeSteps } from './intune-wipe.ts'
import { leftovers } from './leftovers.ts'
import { licenceSteps } from './licences.ts'
import { oneDriveAccess } from './onedrive.ts'
import { ownedGroups } from './owned-groups.ts'
import { locate } from './person.ts'
import { check, rights, rightsFor } from './rights.ts'
import { Settings } from './settings.ts'

const steps: readonly Step<Graph>[] = [
  directoryRoles,
  blockSignIn,
  scramblePassword,
  revokeSessions,
  authenticationMethods,
  appConsents,
  disableDevices,
  ...keySteps,
  ...lockSteps,
  autoReply,
  inboxRules,
  oneDriveAccess,
  ownedGroups,
  ...exchangeTasks,
  ...leftovers,
  groups,
  groupEligibilities,
  appAssignments,
  addressLists,
  ...wipeSteps,
  ...licenceSteps,
  deleteUser,
]

/** With Exchange, its own steps stand where the tasks of the same names were, and the others beside them. */
function withExchange(): readonly Step<Graph>[] {
  const own = new Map(mailboxSteps.map((step) => [step.id, step]))
  const more = mailboxSteps.filter((step) => steps.every((one) => one.id !== step.id))
  return [...steps.map((step) => own.get(step.id) ?? step), ...more]
}

const throttling = 'learn.microsoft.com/graph/throttling-limits'

const connector: Connector<Settings, Graph> = {
  id: 'microsoft-365',
  title: 'Microsoft 365',
  rights,
  settings: Settings,
  limits: [
    {
      id: 'sign-in',
      matches: ({ url }) => url.pathname.includes('/oauth2/'),
      perSecond: 5,
      concurrent: 1,
      source: 'assumed',
    },
    {
      id: 'batch',
      matches: ({ url }) => url.pathname.endsWith('/$batch'),
      // Each change in a batch counts as one; together with the writes that go alone this keeps to 20 a second.
      perSecond: 1,
      concurrent: 1,
      source: `${throttling}: derived, at eight changes a batch`,
    },
    {
      id: 'outlook',
      matches: ({ url }) => /\/(mailboxSettings|mailFolders)(\/|$)/.test(url.pathname),
      perSecond: 16,
      concurrent: 4,
      source: `${throttling}: 4 at once and 10,000 in 10 minutes for an app and mailbox`,
    },
    {
      id: 'intune',
      matches: ({ url }) => /\/(deviceManagement\/|managedDevices$)/.test(url.pathname),
      perSecond: 5,
      concurrent: 4,
      source: `${throttling}: 100 writes in 20 seconds for an app and tenant`,
    },
    {
      id: 'exchange',
      matches: ({ url }) => url.pathname.endsWith('/InvokeCommand'),
      perSecond: 3,
      concurrent: 3,
      source: 'assumed; Microsoft publishes no figure for cmdlets',
    },
    {
      id: 'identity-writes',
      matches: ({ method }) => method !== 'GET',
      perSecond: 12,
      concurrent: 10,
      source: `${throttling}: 3,000 in 2.5 minutes for an app and tenant, of which batches take their part`,
    },
    {
      id: 'reads',
      perSecond: 100,
      concurrent: 20,
      source: `${throttling}: 3,500 resource units in 10 seconds for a small tenant, up to 3 a call`,
    },
  ],
  renew:
    "makes a new client secret or certificate for the app in the Entra admin center, App registrations, Certificates & secrets, and puts it into the settings of 'microsoft-365'",
  reads,
  classify,
  resetAfter,
  configured: (settings) => ({
    rights: rightsFor(settings),
    ...(settings.exchange ? { steps: withExchange() } : {}),
  }),
  connect: openGraph,
  check,
  locate,
  steps,
}

export default connector
