import { describe } from 'vitest'
import zoom from '../../connectors/zoom/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { pretendZoom } from '../../src/sandbox/zoom/index.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver, receiver } from './zoom-world.ts'

async function bed(end: 'disassociate' | 'delete'): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendZoom({ lagMs: 20, ...(traffic ? { traffic } : {}) })
  const idOf = (email: string) => server.world.truth().users.find((one) => one.email === email)?.id ?? ''
  const [mine, theirs] = [idOf(cast.leaver), idOf(cast.manager)]
  return {
    settings: { ...server.settings, end },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    handOverTo: receiver,
    state: () => structuredClone(server.world.truth()),
    untouchable: () => {
      const { users, scheduling } = structuredClone(server.world.truth())
      return {
        users: users.filter((user) => user.id !== mine && user.id !== theirs),
        scheduling: scheduling.filter((one) => one.scheduler !== mine && one.assistant !== mine),
      }
    },
    secrets: server.secrets,
    close: server.close,
  }
}

describe('with deletion in the end', () => {
  testConnector(zoom, { bed: () => bed('delete') })
})

describe('with the account set free in the end', () => {
  testConnector(zoom, { bed: () => bed('disassociate'), steps: ['end'] })
})
