import jamf from '../../connectors/jamf/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendJamf } from '../../src/sandbox/jamf/index.ts'
import type { Common } from '../../src/sandbox/jamf/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './devices-world.ts'

const hourMs = 3_600_000
const traffic = process.env.VENDOR_TRAFFIC

async function bed(devices: 'lock' | 'wipe'): Promise<Bed> {
  const server = await pretendJamf({ lagMs: 20, commandMs: hourMs, pageSize: 2, ...(traffic ? { traffic } : {}) })
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    choices: { devices },
    state: () => server.world.truth(),
    untouchable: () => {
      const { computers, mobiles } = server.world.truth()
      return structuredClone([...computers, ...mobiles].filter((one) => !isTheirs(one)))
    },
    secrets: server.secrets,
    pageSize: 'Jamf Pro gives two records a page',
    settle: async () => server.settle(),
    close: server.close,
  }
}

function isTheirs({ user }: Common): boolean {
  return (user.email || user.username).toLowerCase() === cast.leaver
}

testConnector(jamf, {
  steps: ['recovery-keys', 'lock', 'unlock-pins', 'unmanage-personal'],
  bed: () => bed('lock'),
})
testConnector(jamf, { steps: ['wipe'], bed: () => bed('wipe') })
