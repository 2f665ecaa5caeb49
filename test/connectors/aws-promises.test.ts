import { describe } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import { pretendAws } from '../../src/sandbox/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import { leaverOf } from './aws-world.ts'

type AwsSettings = { accounts: readonly object[] }

/** In every account the leaver has a user that holds one of everything and more. */
async function bed(settingsOf: (all: AwsSettings) => AwsSettings = (all) => all) {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendAws({ lagMs: 20, pageSize: 2, ...(traffic ? { traffic } : {}) })
  const accounts = () => Object.values(server.world.truth().accounts)
  return {
    settings: settingsOf(server.settings as AwsSettings),
    transport: loopback([server]),
    servers: [server],
    leaver: leaverOf(cast.leaver),
    stranger: leaverOf(cast.hr),
    state: () => structuredClone(server.world.truth()),
    untouchable: () =>
      structuredClone(
        accounts().map(({ users, groups, roles, virtualDevices }) => ({
          users: users.filter((user) => user.name !== 'jo.miller'),
          virtualDevices: virtualDevices.filter((serial) => !serial.endsWith('/jo.miller')),
          groups,
          roles,
        })),
      ),
    // The key's id is no secret: AWS itself names it in messages.
    secrets: server.secrets,
    pageSize: 'the pretend AWS answers with two at a time, whatever MaxItems says',
    close: server.close,
  }
}

describe('in two accounts', () => {
  // Losing an answer while deleting is tried below, in one account: it has fourteen kinds of order to lose.
  testConnector(aws, { bed: async () => ({ ...(await bed()), expect: { skipLost: ['delete-user'] } }) })
})

describe('in one account, with nothing taken away before', () => {
  const one = ({ accounts, ...rest }: AwsSettings) => ({ ...rest, accounts: accounts.slice(0, 1) })
  testConnector(aws, { bed: () => bed(one), steps: ['delete-user'] })
})
