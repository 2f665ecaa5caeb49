/** The process of the real bot over HTTP, with the sandbox around it; told `run`, it offboards somebody meanwhile. */
import { rmSync } from 'node:fs'
import { cast, employee } from '../../src/sandbox/company.ts'
import { botOptions, openSandbox } from '../../src/sandbox/sandbox.ts'
import { askedBy, signedBy } from './people.ts'

const sandbox = await openSandbox({ mode: 'http', latencyMs: 80, tasks: [] })
const { ledger, slack } = sandbox.bot()
const around = { slack: sandbox.slack, mode: 'http' as const, folder: sandbox.folder, connectors: {}, hosts: [] }
const { slack: access } = await botOptions({}, around)

async function run(): Promise<void> {
  const { slackId, name } = employee(cast.leaver)
  const leaver = { id: slackId, slackId, name, emails: [cast.leaver] }
  const { id } = await ledger.request(askedBy(employee(cast.manager).slackId, leaver, sandbox.channel))
  await new Promise<void>((done) => {
    ledger.onChange((_one, event) => {
      if (event.type === 'planned' && event.purpose === 'run') done()
      if (event.type === 'planned' && event.purpose === 'sign-off') sign().catch(fail)
    })
  })

  async function sign(): Promise<void> {
    const digest = ledger.get(id)?.plan?.digest ?? ''
    await ledger.record(id, signedBy('hr', employee(cast.hr).slackId, digest))
    await ledger.record(id, signedBy('it', employee(cast.it).slackId, digest))
  }
}

function fail(error: unknown): never {
  throw error
}

process.on('message', () => {
  run()
    .then(() => process.send?.('running'))
    .catch(fail)
})
process.once('SIGTERM', () => {
  rmSync(sandbox.folder, { recursive: true, force: true })
  process.exit()
})
process.send?.({ url: `http://127.0.0.1:${slack.port()}/slack/events`, secret: access.signingSecret })
