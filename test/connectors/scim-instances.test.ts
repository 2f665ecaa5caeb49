/** One connector, several systems: each use in the settings has its own name, address, token and steps. */
import { afterEach, expect, it } from 'vitest'
import { Tasks } from '../../connectors/manual.ts'
import scim from '../../connectors/scim/index.ts'
import { type ConnectedSystems, createSystems } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'
import { health, locate, renamed } from '../../src/run/system.ts'
import { type PretendScim, pretendScim, type ScimOptions } from '../../src/sandbox/scim/index.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { readSettings } from '../../src/settings.ts'
import { leaver } from './scim-world.ts'

const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const text = `
slack: { channel: C0OFFBOARD }
roles: { hr: { users: [U1HR] }, it: { users: [U1IT] } }
connectors:
  miro: { use: scim, service: miro, baseUrl: 'https://miro.example.com/scim/v2', token: '\${MIRO_TOKEN}' }
  wiki: { use: scim, title: Wiki, baseUrl: 'https://wiki.example.com/scim/v2', token: '\${WIKI_TOKEN}', groups: none, deleteUser: true, leftovers: false }
`

async function systemsOver(servers: readonly PretendScim[]): Promise<ConnectedSystems> {
  const [miro = '', wiki = ''] = servers.map(({ settings }) => settings.token?.reveal() ?? '')
  const settings = await readSettings({
    text,
    env: { MIRO_TOKEN: miro, WIKI_TOKEN: wiki },
    readFile: () => '',
    known: ['scim'],
    load: async () => scim,
    tasks: Tasks,
  })
  const log = createLog({ level: 'silent', secrets: () => [] })
  const systems = createSystems(settings, { clock: systemClock, random: () => 0, log, send: loopback(servers) })
  open.push(systems)
  return systems
}

async function serverAt(host: string, options: ScimOptions = {}): Promise<PretendScim> {
  const server = await pretendScim({ ...options, host })
  open.push(server)
  return server
}

it('several instances are several systems, each with its own name, token and steps', async () => {
  const servers = [await serverAt('miro.example.com'), await serverAt('wiki.example.com')]
  const systems = await systemsOver(servers)
  const used = systems.all.filter((system) => system.use !== 'manual')
  expect(used.map(({ use, connector }) => [use, connector.title])).toEqual([
    ['miro', 'Miro'],
    ['wiki', 'Wiki'],
  ])
  const steps = used.map(({ connector }) => connector.steps.map((step) => step.id))
  expect(steps).toEqual([
    ['deactivate', 'leftovers', 'groups'],
    ['deactivate', 'hand-over', 'delete'],
  ])
  const [miro, wiki] = used as [(typeof used)[number], (typeof used)[number]]
  expect(renamed(wiki, wiki.connector.steps.at(-1)?.needs)).toEqual(['wiki/deactivate', 'wiki/hand-over'])
  expect((await locate(miro, leaver))[0]?.realm).toBe('miro.example.com/scim/v2')
  expect((await health(wiki)).as).toBe('its SCIM token at Wiki (wiki.example.com/scim/v2)')
  for (const { calls } of servers) expect(calls.every(({ status }) => status === 200)).toBe(true)
})
