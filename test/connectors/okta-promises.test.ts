import okta from '../../connectors/okta/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendOkta } from '../../src/sandbox/okta/index.ts'
import type { State } from '../../src/sandbox/okta/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaverOf } from './okta-world.ts'

/** Nothing to order: the role goes with the group that another step leaves. */
const steps = okta.steps.map((step) => step.id).filter((id) => id !== 'group-admin-roles')

async function bed(): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const hourMs = 3_600_000
  const server = await pretendOkta({ lagMs: 20, pageSize: 2, deactivateMs: hourMs, ...(traffic ? { traffic } : {}) })
  return {
    settings: { ...server.settings, deleteUser: true },
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(cast.leaver),
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    handOverTo: leaverOf(cast.manager),
    choices: { devices: 'wipe' },
    state: () => server.world.truth(),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'Okta gives two things a page',
    settle: async () => server.settle(),
    close: server.close,
  }
}

const leaver = '00u0001okta'

function ofOthers(state: State): unknown {
  return structuredClone({
    users: state.users.filter((one) => one.id !== leaver),
    groups: state.groups.map((one) => ({ ...one, members: one.members.filter((id) => id !== leaver) })),
    rules: state.rules,
    roles: state.roles.filter((one) => one.user !== leaver),
    factors: state.factors.filter((one) => one.user !== leaver),
    clients: state.clients.filter((one) => one.user !== leaver),
    apiTokens: state.apiTokens.filter((one) => one.user !== leaver),
    devices: state.devices.filter((one) => one.id === 'guo3okta'),
    apps: state.apps.filter((one) => one.user !== leaver),
    events: state.events,
  })
}

testConnector(okta, { steps, bed })
