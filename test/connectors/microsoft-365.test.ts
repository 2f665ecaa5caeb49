import microsoft365 from '../../connectors/microsoft-365/index.ts'
import type { Choices } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, pretendMicrosoft365 } from '../../src/sandbox/microsoft-365/index.ts'
import { keysOfDevices } from '../../src/sandbox/microsoft-365/seed-intune.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { type Bed, testConnector } from '../support/test-connector.ts'
import { leaverOf, withoutLeaver } from './microsoft-365-world.ts'

// Each kind by itself, for what is done to devices is pending until they answer, and a wipe ends all else.
const kept = ['bitlocker-keys', 'activation-codes', 'local-admin-passwords']
const ordered = ['lock-devices', 'restart-windows', 'lock-pins', 'retire-personal']
const automatic = microsoft365.steps.filter((step) => 'find' in step).map((step) => step.id)
const others = automatic.filter((id) => ![...kept, ...ordered, 'wipe-devices'].includes(id))

testConnector(microsoft365, { steps: others, bed: () => bed('lock', false) })
testConnector(microsoft365, { steps: [...kept, ...ordered], bed: () => bed('lock', true) })
testConnector(microsoft365, { steps: ['wipe-devices'], bed: () => bed('wipe', true) })

async function bed(devices: Choices['devices'], intune: boolean): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const options = { lagMs: 20, pageSize: 2, licenceLagMs: 60, intune, deviceMs: 3_600_000 }
  const server = await pretendMicrosoft365({ ...options, ...(traffic ? { traffic } : {}) })
  // Macs that somebody has just locked: their PINs are there to be kept.
  if (devices === 'lock') server.world.write(lockMac)
  return {
    settings: { ...server.settings, deleteUsers: true },
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(cast.leaver),
    stranger: { id: 'U0', name: 'Nobody Known', emails: ['nobody.known@example.com'] },
    handOverTo: leaverOf(cast.manager),
    choices: { devices },
    state: () => server.world.truth(),
    untouchable: () => withoutLeaver(server.world.truth(), idOf(cast.manager)),
    secrets: [server.settings.clientSecret.reveal(), ...keysOfDevices],
    pageSize: 'two a page, and more of everything that Graph pages',
    // Without the answer, a device that Intune dropped cannot be told from a record that was cleaned up.
    expect: { skipLost: ['wipe-devices', 'retire-personal'] },
    settle: async () => server.settle(),
    close: () => server.close(),
  }
}

function lockMac({ managedDevices }: Parameters<typeof withoutLeaver>[0]): void {
  const now = Date.now()
  const mac = managedDevices.find((one) => one.operatingSystem === 'macOS')
  mac?.orders.push({ action: 'remoteLock', startedAt: now, doneAt: now, outcome: 'done', pin: '735218' })
}
