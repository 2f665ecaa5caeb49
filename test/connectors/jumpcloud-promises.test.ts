import jumpcloud from '../../connectors/jumpcloud/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendJumpCloud } from '../../src/sandbox/jumpcloud/index.ts'
import { hex } from '../../src/sandbox/jumpcloud/seed.ts'
import type { State } from '../../src/sandbox/jumpcloud/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaverOf } from './jumpcloud-world.ts'

const leaver = hex(1, 1)
const own = [1, 2, 3, 4].map((number) => hex(3, number))

async function bed(): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendJumpCloud({
    lagMs: 20,
    commandMs: 3_600_000,
    prepare: fewer,
    ...(traffic ? { traffic } : {}),
  })
  return {
    settings: { ...server.settings, deleteUser: true, pageSize: 3 },
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(cast.leaver),
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    handOverTo: leaverOf(cast.manager),
    choices: { devices: 'wipe' },
    state: () => effects(server.world.truth()),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'three things a page, by the settings',
    settle: async () => server.settle(),
    close: server.close,
  }
}

/** One device of a kind is enough here, where every step is done many times. */
function fewer(state: State): void {
  const workstation = hex(3, 3)
  state.systems = state.systems.filter((one) => one.id !== workstation)
  state.bindings = state.bindings.filter((one) => one.id !== workstation)
}

/** A lock that is queued twice locks once; what counts is what is queued for whom. */
function effects({ commands, ...state }: State): unknown {
  return { ...state, commands: [...new Set(commands.map((one) => `${one.kind} ${one.system}`))] }
}

function ofOthers(state: State): unknown {
  return structuredClone({
    users: state.users.filter((one) => one.id !== leaver),
    groups: state.groups.map((one) => ({ ...one, members: one.members.filter((id) => id !== leaver) })),
    bindings: state.bindings.filter((one) => one.user !== leaver),
    systems: state.systems.filter((one) => !own.includes(one.id)),
    apple: state.apple.filter((one) => one.serialNumber === 'SN5JUMP'),
    commands: state.commands.filter((one) => !own.includes(one.system)),
    applications: state.applications,
  })
}

testConnector(jumpcloud, { bed })
