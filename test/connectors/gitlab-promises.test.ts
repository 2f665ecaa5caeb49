import gitlab from '../../connectors/gitlab/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { pretendGitlab } from '../../src/sandbox/gitlab/index.ts'
import { idOf, type State } from '../../src/sandbox/gitlab/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'
import { group, leaver, receiver } from './gitlab-world.ts'

async function bed(settings: object, handOver: boolean): Promise<Bed> {
  const traffic = process.env.VENDOR_TRAFFIC
  const options = { lagMs: 20, pageSize: 2, removeMs: 3_600_000, ...(traffic ? { traffic } : {}) }
  const server = await pretendGitlab(options)
  return {
    settings: { ...server.settings, ...settings },
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger: { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] },
    ...(handOver && { handOverTo: receiver }),
    state: () => server.world.truth(),
    untouchable: () => ofOthers(server.world.truth()),
    secrets: server.secrets,
    pageSize: 'GitLab gives two things a page',
    settle: async () => {
      for (const one of server.world.truth().leaving) one.at = 0
    },
    close: server.close,
  }
}

/** Everything that is neither the leaver's nor handed over to the receiver. */
function ofOthers(state: State): unknown {
  const [mine, theirs] = [idOf(cast.leaver), idOf(cast.manager)]
  const others = (one: { user?: number }) => one.user !== mine && one.user !== theirs
  return structuredClone({
    users: state.users.filter((one) => one.id !== mine),
    tokens: state.tokens.filter(others),
    keys: state.keys.filter(others),
    groups: state.groups,
    projects: state.projects.filter((one) => one.group !== undefined),
    members: state.members.filter(others),
    running: [state.schedules, state.triggers],
  })
}

const inGroup = ['leave-group']
const onInstance = gitlab.steps.map((step) => step.id).filter((id) => !inGroup.includes(id))

testConnector(gitlab, { steps: onInstance, bed: () => bed({}, true) })
testConnector(gitlab, { steps: inGroup, bed: () => bed(group, false) })
