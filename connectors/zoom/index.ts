/** Zoom's users, over its REST API with a Server-to-Server OAuth app. */
import type { Connector, Step } from '../../src/connector.ts'
import { deactivate, end, sessions } from './account.ts'
import { check, rights, rightsFor } from './check.ts'
import { classify, connect, reads, type Zoom } from './client.ts'
import { locate } from './person.ts'
import { assistants, schedulers } from './scheduling.ts'
import { Settings } from './settings.ts'
import { apps, handOver } from './tasks.ts'

const steps: readonly Step<Zoom>[] = [sessions, deactivate, schedulers, assistants, handOver, apps, end]

const zoom: Connector<Settings, Zoom> = {
  id: 'zoom',
  title: 'Zoom',
  rights,
  settings: Settings,
  limits: [
    {
      id: 'light',
      perSecond: 15,
      concurrent: 5,
      source:
        'developers.zoom.us, "Rate limits": 30 light calls a second on Pro, 80 on Business, 4 on Free, shared by all apps of the account; half of Pro’s',
    },
  ],
  renew:
    'opens marketplace.zoom.us > Manage > the Server-to-Server OAuth app, looks whether it is activated, makes a new client secret under App Credentials, and puts it into the settings',
  configured: (settings) => ({
    rights: rightsFor(settings),
    steps: steps.filter((step) => step !== (settings.end === 'keep' ? end : handOver)),
  }),
  reads,
  classify,
  connect,
  check,
  locate,
  steps,
}

export default zoom
