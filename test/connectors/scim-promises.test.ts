import { describe } from 'vitest'
import scim from '../../connectors/scim/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type Dialect, pretendScim } from '../../src/sandbox/scim/index.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './scim-world.ts'

async function bed(settings: object, dialect: Partial<Dialect> = {}): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendScim({ dialect, lagMs: 20, pageSize: 2, ...(traffic ? { traffic } : {}) })
  const id = server.world.truth().users.find((user) => user.userName === cast.leaver)?.id
  return {
    settings: { ...server.settings, ...settings },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    state: () => structuredClone(server.world.truth()),
    untouchable: () => {
      const { users, groups } = structuredClone(server.world.truth())
      const others = groups.map((group) => ({ ...group, members: group.members.filter((member) => member !== id) }))
      return { users: users.filter((user) => user.id !== id), others }
    },
    secrets: server.secrets,
    pageSize: 'the pretend service gives two at a time, whatever count says',
    close: server.close,
  }
}

describe('by the standard', () => {
  testConnector(scim, { bed: () => bed({ deleteUser: true }) })
})

describe('in the dialect of an old client, with all groups read', () => {
  const settings = { capitals: true, text: true, member: 'value', groups: 'list' }
  const dialect = { capitals: true, text: true, member: 'value' } as const
  testConnector(scim, { bed: () => bed(settings, dialect), steps: ['deactivate', 'groups'] })
})
