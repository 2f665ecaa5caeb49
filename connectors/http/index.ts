/** Any system with a JSON API, described in the settings: no code, nothing evaluated, the same rules as everybody. */
import type { Connector } from '../../src/connector.ts'
import { classify, connect, type Http, reads } from './client.ts'
import { check, locate } from './person.ts'
import { Settings } from './settings.ts'
import { stepFrom } from './step.ts'

const pace = { perSecond: 2, concurrent: 2, source: 'assumed: the settings name no pace' }

const connector: Connector<Settings, Http> = {
  id: 'http',
  title: 'A system of your own',
  rights: [],
  settings: Settings as Connector<Settings>['settings'],
  limits: [{ id: 'calls', ...pace }],
  renew: 'renews the credential of this system, and puts it into the settings',
  configured: (settings) => ({
    title: settings.title,
    renew: settings.renew,
    rights: settings.rights,
    limits: [{ id: 'calls', ...(settings.pace ?? pace) }],
    steps: settings.steps.map(stepFrom),
  }),
  reads,
  classify,
  connect: (settings, gate) => connect(settings, gate),
  check,
  locate,
  steps: [],
}

export default connector
