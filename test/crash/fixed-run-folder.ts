/** The data folder that a run begins with: asked for, planned and signed by both, by the product's own ledger. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystems, loadConnector } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import type { EventOf } from '../../src/offboarding/event.ts'
import { type Ledger, openLedger } from '../../src/offboarding/ledger.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { askedBy, policy, signedBy } from '../bench/people.ts'
import { type CliBed, channel, openCliBed } from '../cli/bed.ts'
import type { RunOptions } from './fixed-run.ts'
import { withSteps } from './fixed-run-steps.ts'

const folders = new Map<string, Promise<string>>()

/** Made once in this process for the same people and steps; whoever uses it copies it. */
export function signedFolder(options: RunOptions): Promise<string> {
  const name = JSON.stringify([options.leavers, options.steps])
  const made = folders.get(name) ?? makeFolder(options)
  folders.set(name, made)
  return made
}

async function makeFolder({ leavers, steps }: RunOptions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-signed-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const bed = await openCliBed()
  const systems = await threeSteps(bed, steps)
  const store = await openEmbeddedStore({ folder, disk: realDisk, clock: systemClock, summarize, onFatal: fail })
  const ledger = openLedger(store, { newId: counter(), now: () => systemClock.now() })
  for (const leaver of leavers) {
    const { id } = await ledger.request(requestFor(leaver))
    const plan = await systems.planner.plan(offboarding(ledger, id), new AbortController().signal)
    await ledger.record(id, { type: 'planned', at: new Date().toISOString(), plan, purpose: 'sign-off' })
    await ledger.record(id, signedBy('hr', employee(cast.hr).slackId, plan.digest))
    await ledger.record(id, signedBy('it', employee(cast.it).slackId, plan.digest))
  }
  await store.stop()
  await systems.close()
  await bed.close()
  return folder
}

function offboarding(ledger: Ledger, id: string) {
  const one = ledger.get(id)
  if (!one) throw new Error(`${id} is not open`)
  return one
}

function counter(): () => string {
  let count = 0
  return () => {
    count += 1
    return `off-fixed${String(count).padStart(2, '0')}`
  }
}

async function threeSteps(bed: CliBed, steps: readonly string[]) {
  const connector = withSteps(await loadConnector('aws'), steps)
  const given = bed.vendors.aws.settings as { accounts: unknown[] }
  const used = {
    use: 'aws',
    connector,
    settings: connector.settings.parse({ ...given, accounts: given.accounts.slice(0, 1) }),
    limits: {},
  }
  const settings = {
    slack: { channel, apiUrl: bed.slack.apiUrl },
    roles: { hr: { group: 'S0HR' }, it: { group: 'S0IT' } },
    requesters: [],
    protected: [],
    policy,
    connectors: [used],
    tasks: [],
  }
  return createSystems(settings, { clock: systemClock, random: Math.random, log: silentLog, send: bed.send })
}

function fail(error: unknown): never {
  throw error
}

/** Asked for by somebody who reads the card's channel, so that all that is said is said there. */
function requestFor(email: string): EventOf<'requested'> {
  const { name, slackId } = employee(email)
  const leaver = { id: slackId, slackId, name, emails: [email] }
  return { ...askedBy(employee(cast.hrSubstitute).slackId, leaver, channel), requestKey: email }
}
