import kandji from '../../connectors/kandji/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendKandji } from '../../src/sandbox/kandji/index.ts'
import type { KandjiState } from '../../src/sandbox/kandji/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './devices-world.ts'

const hourMs = 3_600_000
const traffic = process.env.VENDOR_TRAFFIC

/** An iPad waits for Lost Mode, which only a person can switch on: here somebody has. */
function lostIpad({ devices }: KandjiState): void {
  for (const device of devices) if (device.platform === 'iPad') device.lost_mode_status = 'ENABLED'
}

async function bed(devices: 'lock' | 'wipe'): Promise<Bed> {
  const server = await pretendKandji({
    lagMs: 20,
    commandMs: hourMs,
    pageSize: 2,
    prepare: lostIpad,
    ...(traffic ? { traffic } : {}),
  })
  const { id = '' } = server.world.truth().users.find((one) => one.email === cast.leaver && !one.archived) ?? {}
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    choices: { devices },
    state: () => server.world.truth(),
    untouchable: () => {
      const { users, devices: all } = server.world.truth()
      return { users, devices: all.filter((one) => one.user !== id) }
    },
    secrets: server.secrets,
    pageSize: 'Kandji gives two things a page',
    settle: async () => server.settle(),
    close: server.close,
  }
}

testConnector(kandji, {
  steps: ['recovery-keys', 'lock', 'unlock-pins', 'unmanage-personal'],
  bed: () => bed('lock'),
})
testConnector(kandji, { steps: ['wipe'], bed: () => bed('wipe') })
