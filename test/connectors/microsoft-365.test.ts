import microsoft365 from '../../connectors/microsoft-365/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, pretendMicrosoft365 } from '../../src/sandbox/microsoft-365/index.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { type Bed, testConnector } from '../support/test-connector.ts'
import { leaverOf, withoutLeaver } from './microsoft-365-world.ts'

testConnector(microsoft365, { bed })

async function bed(): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const options = { lagMs: 20, pageSize: 2, licenceLagMs: 60 }
  const server = await pretendMicrosoft365({ ...options, ...(traffic ? { traffic } : {}) })
  return {
    settings: { ...server.settings, deleteUsers: true },
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(cast.leaver),
    stranger: { id: 'U0', name: 'Nobody Known', emails: ['nobody.known@example.com'] },
    handOverTo: leaverOf(cast.manager),
    state: () => server.world.truth(),
    untouchable: () => withoutLeaver(server.world.truth(), idOf(cast.manager)),
    secrets: [server.settings.clientSecret.reveal()],
    pageSize: 'two a page, and more of everything that Graph pages',
    close: () => server.close(),
  }
}
