import { describe } from 'vitest'
import slack from '../../connectors/slack/index.ts'
import { pretendSlackAdmin } from '../../src/sandbox/slack-admin/index.ts'
import type { Plan } from '../../src/sandbox/slack-admin/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './slack-world.ts'

async function bed(plan: Plan, settings: object = {}): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendSlackAdmin({ plan, lagMs: 20, pageSize: 2, ...(traffic ? { traffic } : {}) })
  const id = leaver.slackId ?? ''
  return {
    settings: { ...server.settings, ...settings },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    state: () => structuredClone(server.world.truth()),
    untouchable: () => {
      const state = structuredClone(server.world.truth())
      return {
        users: state.users.filter((one) => one.id !== id),
        sessions: state.sessions.filter((one) => one.user_id !== id),
        roles: state.roles.filter((one) => one.user_id !== id),
        groups: state.groups
          .map((one) => [one.id, one.users.filter((user) => user !== id)].flat())
          .filter((one) => one.length > 1),
        channels: state.channels.map((one) => one.members.filter((user) => user !== id)),
      }
    },
    secrets: server.secrets,
    pageSize: 'the pretend Slack gives two at a time, whatever limit says',
    close: server.close,
  }
}

describe('Enterprise', () => {
  testConnector(slack, { bed: () => bed('enterprise', { channels: 'all' }) })
})

describe('Business+', () => {
  testConnector(slack, { bed: () => bed('business-plus'), steps: ['deactivate'] })
})
