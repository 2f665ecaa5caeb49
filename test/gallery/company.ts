/** An offboarding as it looks in a company of some size: for pictures, so names and counts are those of real steps. */
import type { PlanStep } from '../../src/offboarding/offboarding.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { leaver as anyone, clicker, finding, plan, request, step } from '../support/story.ts'

const person = (email: string) => employee(email)
const known = (email: string) => ({ id: person(email).slackId, name: person(email).name })

export const hr = clicker(person(cast.hr).slackId, ['hr'], { name: person(cast.hr).name })
export const it = clicker(person(cast.it).slackId, ['it'], { name: person(cast.it).name })
export const manager = known(cast.manager)
export const leaver = {
  ...anyone,
  id: person(cast.leaver).slackId,
  slackId: person(cast.leaver).slackId,
  zone: 'America/New_York',
}

type More = Partial<PlanStep> & { count?: number }

function made(id: string, connectorTitle: string, title: string, area: PlanStep['area'], more: More = {}): PlanStep {
  const { count = 1, ...rest } = more
  const findings = Array.from({ length: count }, (_, index) =>
    finding(`${id}-${index}`, { label: `${title} ${index + 1}` }),
  )
  const undo = rest.task || rest.irreversible ? {} : { undo: true as const }
  return step(id, { connectorTitle, title, area, findings, ...undo, ...rest })
}

export const steps: readonly PlanStep[] = [
  made('okta/suspend', 'Okta', 'Suspend the account', 'directory'),
  made('okta/sessions', 'Okta', 'End all sessions and revoke OAuth tokens', 'directory'),
  made('okta/admin-roles', 'Okta', 'Take administrator roles back', 'directory', { count: 2 }),
  made('google-workspace/suspend', 'Google Workspace', 'Suspend the account', 'directory'),
  made('google-workspace/tokens', 'Google Workspace', 'Revoke the access given to other apps', 'applications', {
    count: 5,
  }),
  made('google-workspace/transfer', 'Google Workspace', 'Hand over Drive files and the calendar', 'applications', {
    phase: 'preserve',
  }),
  made('aws/deny-all', 'AWS', 'Deny everything', 'infrastructure'),
  made('aws/access-keys', 'AWS', 'Switch off access keys', 'infrastructure', { count: 2 }),
  made('aws/delete-user', 'AWS', 'Delete the IAM user', 'infrastructure', { phase: 'reclaim', irreversible: true }),
  made('github/membership', 'GitHub', 'Remove from the organisation', 'applications'),
  made('github/tokens', 'GitHub', 'Revoke fine-grained personal access tokens', 'infrastructure', { count: 3 }),
  made('slack/deactivate', 'Slack', 'Deactivate the account', 'applications'),
  made('jamf/keys', 'Jamf Pro', 'Keep the recovery keys of Macs', 'devices'),
  made('jamf/lock', 'Jamf Pro', 'Lock Macs, iPhones and iPads', 'devices', { count: 2 }),
  made('manual/pay', 'By hand', 'Final pay and unused leave', 'records', {
    findings: [],
    task: { ask: 'Work out the unused leave, and pay it with the last salary.', owner: 'hr', dueInMs: 3 * 86_400_000 },
  }),
  made('manual/laptop', 'By hand', 'Take back the laptop', 'devices', {
    findings: [],
    task: { ask: 'The leaver brings it, or sends it in the box that IT orders.', owner: 'it', dueInMs: 3 * 86_400_000 },
  }),
]

export const asked = request({
  policy: { ...request().policy, watchFor: 30 * 86_400_000, watchEvery: 86_400_000 },
  by: manager,
  leaver,
  channel: 'C0OFFBOARD',
  choices: {
    kind: 'resignation',
    devices: 'lock',
    handOverTo: { ...known(cast.manager), emails: [cast.manager] } as never,
  },
  note: 'Last day today. Customers go to Ada.',
})

export const signedPlan = plan(steps)
