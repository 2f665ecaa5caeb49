/** Slack as a system that people are offboarded from; the bot's own connection to Slack is another matter. */
import type { Connector, Step } from '../../src/connector.ts'
import { deactivate, sessions } from './account.ts'
import { channels } from './channels.ts'
import { check, rights, rightsFor } from './check.ts'
import { classify, connect, type Slack } from './client.ts'
import { limits, reads } from './methods.ts'
import { locate } from './person.ts'
import { roles } from './roles.ts'
import { Settings } from './settings.ts'
import { byHand, integrations } from './tasks.ts'
import { userGroups } from './user-groups.ts'

/** Signed out first, where Slack can do that by itself. */
const afterSessions = { ...deactivate, after: ['slack/sessions'] }

/** What a plan does not have is not shown as a step that finds nothing. */
function stepsFor({ plan, channels: which }: Settings): Step<Slack>[] {
  const grid = plan === 'enterprise'
  const alone = plan === 'business-plus' ? deactivate : byHand
  return [
    ...(grid ? [sessions, afterSessions] : [alone]),
    integrations,
    ...(plan === 'free' ? [] : [userGroups]),
    ...(which === 'none' ? [] : [channels]),
    ...(grid ? [roles] : []),
  ]
}

const slack: Connector<Settings, Slack> = {
  id: 'slack',
  title: 'Slack',
  rights,
  settings: Settings,
  limits,
  renew:
    'looks whether the owner whose token it is still is one, installs the app again (api.slack.com/apps > the app > OAuth & Permissions), and puts the new user token into the settings',
  configured: (settings) => ({ rights: rightsFor(settings), steps: stepsFor(settings) }),
  reads,
  classify,
  connect,
  check,
  locate,
  steps: [sessions, afterSessions, byHand, integrations, userGroups, channels, roles],
}

export default slack
