import { describe } from 'vitest'
import http from '../../connectors/http/index.ts'
import { Settings } from '../../connectors/http/settings.ts'
import { type Connector, Secret } from '../../src/connector.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { pretendHttp } from '../../src/sandbox/http/index.ts'
import { settingsFor } from '../../src/sandbox/http/settings.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import type { Bed } from '../support/test-connector-rig.ts'

const person = (email: string) => ({ id: employee(email).slackId, name: employee(email).name, emails: [email] })

async function bed(auth: 'header' | 'token'): Promise<Bed> {
  const server = await pretendHttp({ auth, lagMs: 20 })
  const idOf = (email: string) => server.world.truth().people.find((one) => one.email === email)?.id
  const [mine, theirs] = [idOf(cast.leaver), idOf(cast.manager)]
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver: person(cast.leaver),
    stranger: { id: 'mailto:robot@example.com', name: 'Robot', emails: ['robot@example.com'] },
    handOverTo: person(cast.manager),
    pageSize: '2 a page: three memberships, three customers, six people',
    state: () => structuredClone(server.world.truth()),
    untouchable: () => {
      const { people, memberships, customers } = structuredClone(server.world.truth())
      return {
        people: people.filter((one) => one.id !== mine),
        memberships: memberships.filter((one) => one.person !== mine),
        customers: customers.filter((one) => one.owner !== mine && one.owner !== theirs),
      }
    },
    secrets: server.secrets,
    close: server.close,
  }
}

/** As the core sees it: what the settings say is put over the rest. */
function described(): Connector {
  const settings = Settings.parse(settingsFor('192.0.2.10', { header: 'X-Api-Key', value: new Secret('x') }))
  return { ...http, ...http.configured?.(settings) }
}

describe('with a key in a header', () => {
  testConnector(described(), { bed: () => bed('header') })
})

describe('with client credentials', () => {
  testConnector(described(), { bed: () => bed('token'), steps: ['suspend'] })
})
