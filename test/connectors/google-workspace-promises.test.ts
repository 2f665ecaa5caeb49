import google from '../../connectors/google-workspace/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendGoogleWorkspace } from '../../src/sandbox/google-workspace/index.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { everyScope, furnish, leaver, receiver } from './google-workspace-world.ts'

/** Only while the account is not suspended for good do a reply and a delegate make sense. */
const whileOpen = ['auto-reply', 'mail-delegate']
/** It leaves the rest with an account that is suspended already. */
const first = ['suspend-first']
/** Only where nobody receives are meetings cancelled. */
const alone = ['meetings']
const others = google.steps.map((step) => step.id).filter((id) => ![...whileOpen, ...first, ...alone].includes(id))
const everything = {
  also: ['calendars', 'shared-drives', 'computers', 'vault'],
  turnOffTwoStep: true,
  deleteUser: true,
  moveTo: '/Leavers',
  rename: 'former.',
  removeAliases: true,
  archive: true,
}

async function bedWith(settings: object, handOverTo: Bed['handOverTo'] | null = receiver): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const hourMs = 3_600_000
  const server = await pretendGoogleWorkspace({
    lagMs: 8,
    pageSize: 6,
    transferMs: hourMs,
    wipeMs: hourMs,
    prepare(state) {
      furnish(state)
      // Two pages are enough, the leaver's own on the second.
      const mine = state.licences.findIndex((one) => one.user === addressee(state, cast.leaver))
      state.licences = state.licences.slice(Math.max(0, mine - 7))
    },
    delegated: everyScope,
    ...(traffic ? { traffic } : {}),
  })
  return {
    settings: { ...server.settings, ...settings },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    ...(handOverTo && { handOverTo }),
    choices: { devices: 'wipe' },
    state: () => server.world.truth(),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'Google gives six things a page',
    expect: {
      // Google lists no commands, so a lost number cannot be found again; a second one finds no profile left to remove.
      skipLost: ['chromebook-wipe'],
    },
    settle: async () => server.settle(),
    close: server.close,
  }
}

/** Everything that is neither the leaver's nor handed over to the receiver. */
function ofOthers(state: State): unknown {
  const [mine = '', theirs = ''] = [cast.leaver, cast.manager].map((email) => addressee(state, email))
  const others = (user: string) => user !== mine && user !== theirs
  return structuredClone({
    // Whom the leaver managed gets another manager.
    users: state.users.filter((one) => one.id !== mine).map((one) => ({ ...one, managerEmail: undefined })),
    members: state.members.filter((one) => others(one.user)),
    tokens: state.tokens.filter((one) => others(one.user)),
    appPasswords: state.appPasswords.filter((one) => others(one.user)),
    codes: Object.entries(state.backupCodes).filter(([user]) => others(user)),
    roles: state.roleAssignments.filter((one) => others(one.user)),
    mailboxes: Object.entries(state.mailboxes).filter(([user]) => user !== mine),
    phones: state.phones.filter((one) => !one.email.includes(cast.leaver)),
    chromebooks: state.chromebooks.filter((one) => one.annotatedUser !== cast.leaver),
    calendars: state.calendars.filter((one) => others(one.owner)),
    endpoints: state.endpoints.filter((one) => one.userEmail !== cast.leaver),
    drives: state.sharedDrives.filter((one) => one.name !== 'Deals'),
    matters: state.matters,
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

testConnector(google, { steps: others, bed: () => bedWith(everything) })
testConnector(google, { steps: whileOpen, bed: () => bedWith({ suspend: false }) })
testConnector(google, { steps: first, bed: () => bedWith({ suspendFirst: 'always' }) })
testConnector(google, { steps: alone, bed: () => bedWith({ also: ['calendars'], cancelMeetings: true }, null) })
