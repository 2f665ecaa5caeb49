import google from '../../connectors/google-workspace/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendGoogleWorkspace } from '../../src/sandbox/google-workspace/index.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver, receiver } from './google-workspace-world.ts'

/** Only while the account is not suspended for good do a reply and a delegate make sense. */
const whileOpen = ['auto-reply', 'mail-delegate']
const others = google.steps.map((step) => step.id).filter((id) => !whileOpen.includes(id))

async function bedWith(settings: object): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const hourMs = 3_600_000
  const server = await pretendGoogleWorkspace({
    lagMs: 20,
    pageSize: 6,
    transferMs: hourMs,
    wipeMs: hourMs,
    ...(traffic ? { traffic } : {}),
  })
  return {
    settings: { ...server.settings, ...settings },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    handOverTo: receiver,
    choices: { devices: 'wipe' },
    state: () => server.world.truth(),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'Google gives six things a page',
    settle: async () => server.settle(),
    close: server.close,
  }
}

/** Everything that is neither the leaver's nor handed over to the receiver. */
function ofOthers(state: State): unknown {
  const [mine = '', theirs = ''] = [cast.leaver, cast.manager].map((email) => addressee(state, email))
  const others = (user: string) => user !== mine && user !== theirs
  return structuredClone({
    users: state.users.filter((one) => one.id !== mine),
    members: state.members.filter((one) => others(one.user)),
    tokens: state.tokens.filter((one) => others(one.user)),
    appPasswords: state.appPasswords.filter((one) => others(one.user)),
    codes: Object.entries(state.backupCodes).filter(([user]) => others(user)),
    roles: state.roleAssignments.filter((one) => others(one.user)),
    mailboxes: Object.entries(state.mailboxes).filter(([user]) => user !== mine),
    phones: state.phones.filter((one) => !one.email.includes(cast.leaver)),
    chromebooks: state.chromebooks.filter((one) => one.annotatedUser !== cast.leaver),
    licences: state.licences.filter((one) => one.user !== mine),
    earlier: state.transfers.filter((one) => one.id === 'AKrEtIYrehire2024'),
    groups: state.groups,
  })
}

const ids = new Map<string, string>()

/** Remembered: the leaver's account is deleted in the end. */
function addressee(state: State, email: string): string {
  const id = state.users.find((one) => one.primaryEmail === email)?.id ?? ids.get(email) ?? ''
  ids.set(email, id)
  return id
}

testConnector(google, { steps: others, bed: () => bedWith({ turnOffTwoStep: true, deleteUser: true }) })
testConnector(google, { steps: whileOpen, bed: () => bedWith({ suspend: false }) })
