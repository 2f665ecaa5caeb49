/** What belongs to nobody once the leaver has gone: tasks to hand over or rotate, never deleted silently. */
import { z } from 'zod'
import type { At, ManualStep } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, fieldsOf, path } from './odata.ts'

const day = 24 * 3_600_000

const Credential = z.object({ displayName: z.string().nullish(), endDateTime: z.string().nullish() })
const App = z.object({
  id: z.string(),
  appId: z.string().nullish(),
  displayName: z.string().nullish(),
  passwordCredentials: z.array(Credential).nullish(),
  keyCredentials: z.array(Credential).nullish(),
})
type App = z.infer<typeof App>
const kinds = { application: 'App registration', servicePrincipal: 'Enterprise application' } as const
type Kind = keyof typeof kinds

function ownedApps(at: At<Graph>, kind: Kind): Promise<App[]> {
  return at.once(`owned ${kind}`, () => {
    const where = `${path`/users/${at.account.id}/ownedObjects`}/microsoft.graph.${kind}`
    return at.client.list(ask(where, { $select: fieldsOf(App), $count: 'true' }), App)
  })
}

/** Handing them over by machine takes Application.ReadWrite.All, with which one becomes any app of the tenant. */
const appOwners: ManualStep<Graph> = {
  id: 'owned-apps',
  title: 'Hand over apps that the leaver owns, and replace their secrets',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 2 * day,
  applies: async (at) => (await linesOf(at)).length > 0,
  ask: async (at) =>
    [
      'An owner can read nothing of an old secret, but may have kept it, and can make new ones. In the Entra admin center, for each: Owners, add whoever takes over and remove the leaver; then Certificates & secrets: make a new one, bring it to where the app runs, delete the old ones.',
      ...(await linesOf(at)),
    ].join('\n'),
}

async function linesOf(at: At<Graph>): Promise<string[]> {
  const found = await Promise.all(
    (['application', 'servicePrincipal'] as const).map(async (kind) =>
      (await ownedApps(at, kind)).map((app) => lineOf(kinds[kind], app)),
    ),
  )
  return found.flat()
}

function lineOf(kind: string, app: App): string {
  const secrets = [...(app.passwordCredentials ?? []), ...(app.keyCredentials ?? [])]
  const named = secrets.map(({ displayName, endDateTime }) => {
    return `${displayName || 'unnamed'}${endDateTime ? ` until ${endDateTime.slice(0, 10)}` : ''}`
  })
  const rotate = named.length > 0 ? `replace ${named.join(', ')}` : 'no secret of its own'
  return `• ${kind} ${app.displayName ?? app.id} (${app.appId ?? app.id}): ${rotate}`
}

const Plans = z.object({ servicePlans: z.array(z.object({ servicePlanName: z.string().nullish() })).nullish() })

async function hasPlan(at: At<Graph>, wanted: RegExp): Promise<boolean> {
  const details = await at.once('service-plans', () =>
    at.client.list(path`/users/${at.account.id}/licenseDetails`, Plans),
  )
  return details.some(({ servicePlans }) => servicePlans?.some((plan) => wanted.test(plan.servicePlanName ?? '')))
}

/** Flows run on with the leaver's connections until those expire, then stop without a word; Graph does not list them. */
const flows: ManualStep<Graph> = {
  id: 'power-platform',
  title: 'Hand over Power Automate flows and Power Apps',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 2 * day,
  applies: (at) => hasPlan(at, /^(FLOW|POWERAPPS|POWER_AUTOMATE|POWERAUTOMATE)/),
  ask: ({ account, handOverTo }) =>
    [
      "Graph does not show them. In PowerShell (Microsoft.PowerApps.Administration.PowerShell, Add-PowerAppsAccount), list the leaver's:",
      `Get-AdminFlow -CreatedBy ${account.id}; Get-AdminPowerApp -Owner ${account.id}`,
      `Those that are needed: make ${handOverTo?.label ?? 'somebody'} owner (Power Platform admin center, Environments, Resources, Flows, Share; apps: Set-AdminPowerAppOwner), and sign their connections in anew. Switch off the others.`,
    ].join('\n'),
}

/** Graph v1.0 cannot take a telephone number back. */
const telephone: ManualStep<Graph> = {
  id: 'teams-phone',
  title: 'Take back the Teams telephone number',
  area: 'applications',
  phase: 'remove',
  owner: 'it',
  dueIn: 2 * day,
  applies: (at) => hasPlan(at, /^MCOEV/),
  ask: ({ account }) =>
    `In Teams PowerShell (Connect-MicrosoftTeams):\nRemove-CsPhoneNumberAssignment -Identity '${account.label.replaceAll("'", "''")}' -RemoveAll`,
}

const Report = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
})

function reportsOf(at: At<Graph>): Promise<z.infer<typeof Report>[]> {
  const where = path`/users/${at.account.id}/directReports`
  return at.once('reports', () => at.client.list(ask(where, { $select: fieldsOf(Report) }), Report))
}

/** Who leads them is HR's word; approvals go to whom the directory names. */
const directReports: ManualStep<Graph> = {
  id: 'direct-reports',
  title: 'Give the people whom the leaver leads another manager',
  area: 'directory',
  phase: 'preserve',
  owner: 'it',
  dueIn: 2 * day,
  applies: async (at) => (await reportsOf(at)).length > 0,
  ask: async (at) => {
    const names = (await reportsOf(at)).map((one) => one.userPrincipalName ?? one.displayName ?? one.id)
    return `Approvals still go to the leaver. In the Entra admin center, Users, Properties, Manager, of: ${names.join(', ')}.`
  },
}

export const leftovers = [appOwners, flows, telephone, directReports] as const
