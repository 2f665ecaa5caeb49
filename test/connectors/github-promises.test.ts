import github from '../../connectors/github/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendGithub } from '../../src/sandbox/github/index.ts'
import { idOf } from '../../src/sandbox/github/seed.ts'
import type { State } from '../../src/sandbox/github/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { leaver } from './github-world.ts'

async function bed(): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendGithub({ lagMs: 20, pageSize: 2, stopMs: 3_600_000, ...(traffic ? { traffic } : {}) })
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    state: () => server.world.truth(),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'GitHub gives two things a page',
    settle: async () => {
      for (const one of server.world.truth().codespaces) if (one.stopsAt !== undefined) one.stopsAt = 0
    },
    close: server.close,
  }
}

/** Everything that is not the leaver's. */
function ofOthers(state: State): unknown {
  const mine = idOf(cast.leaver)
  const others = (one: { user?: number }) => one.user !== mine
  return structuredClone({
    ...{ users: state.users, orgs: state.orgs, teams: state.teams, roles: state.roles, repos: state.repos },
    ...{ keys: state.keys, audit: state.audit, verified: state.verifiedEmails },
    members: state.members.filter(others),
    outside: state.outside.filter(others),
    invitations: state.invitations.filter((one) => one.email !== cast.leaver),
    teamMembers: state.teamMembers.filter(others),
    roleHolders: state.roleHolders.filter(others),
    credentials: state.credentials.filter(others),
    tokens: [...state.tokens, ...state.requests].filter(others),
    seats: state.seats.filter(others),
    codespaces: state.codespaces.filter(others),
    identities: state.identities.filter(others),
  })
}

testConnector(github, { bed })
