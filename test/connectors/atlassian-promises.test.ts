import atlassian from '../../connectors/atlassian/index.ts'
import { pretendAtlassian } from '../../src/sandbox/atlassian/index.ts'
import { guest, idOf } from '../../src/sandbox/atlassian/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaverOf } from './atlassian-world.ts'

async function bed(email: string): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendAtlassian({ lagMs: 20, pageSize: 1, ...(traffic ? { traffic } : {}) })
  const mine = idOf(email)
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(email),
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    state: () => server.world.truth(),
    untouchable() {
      const { users, tokens, directories, org } = server.world.truth()
      const others = {
        users: users.filter((one) => one.id !== mine),
        tokens: tokens.filter((one) => one.user !== mine),
      }
      return structuredClone({ ...others, directories, org })
    },
    secrets: server.secrets,
    pageSize: 'Atlassian gives one thing a page',
    close: server.close,
  }
}

/** Access is suspended where the account itself cannot be switched off. */
const ofGuests = ['suspend-access']
const ofStaff = atlassian.steps.map((step) => step.id).filter((id) => !ofGuests.includes(id))

testConnector(atlassian, { steps: ofStaff, bed: () => bed(cast.leaver) })
testConnector(atlassian, { steps: ofGuests, bed: () => bed(guest) })
