import fleet from '../../connectors/fleet/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendFleet } from '../../src/sandbox/fleet/index.ts'
import type { FleetState } from '../../src/sandbox/fleet/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './devices-world.ts'

const hourMs = 3_600_000
const traffic = process.env.VENDOR_TRAFFIC

async function bed(devices: 'lock' | 'wipe', prepare: (state: FleetState) => void): Promise<Bed> {
  const server = await pretendFleet({ lagMs: 20, commandMs: hourMs, prepare, ...(traffic ? { traffic } : {}) })
  return {
    settings: { ...server.settings, pageSize: 4, lockBeforeWipe: devices === 'lock' },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    choices: { devices },
    state: () => server.world.truth(),
    untouchable: () => server.world.truth().hosts.filter((one) => !isTheirs(one.device_mapping)),
    secrets: server.secrets,
    pageSize: 'four hosts a page, by the settings',
    settle: async () => server.settle(),
    close: server.close,
  }
}

function isTheirs(mapping: FleetState['hosts'][number]['device_mapping']): boolean {
  return mapping.some(({ email, source }) => source !== 'google_chrome_profiles' && email.toLowerCase() === cast.leaver)
}

testConnector(fleet, {
  steps: ['recovery-keys', 'lock', 'unlock-pins', 'unmanage-personal'],
  bed: () => bed('lock', () => undefined),
})
/** Fleet wipes no locked host, so here none is locked. */
testConnector(fleet, {
  steps: ['wipe'],
  bed: () =>
    bed('wipe', (state) => {
      state.hosts = state.hosts.filter((host) => host.status !== 'locked')
    }),
})
