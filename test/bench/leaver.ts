/** One leaver in a dozen systems: against the critical path, and against the same calls one after another. */
import { phases } from '../../src/offboarding/offboarding.ts'
import { loopback, type Transport } from '../../src/sandbox/transport.ts'
import { type Dozen, openDozen } from './dozen.ts'
import { type Driven, openDriver } from './drive.ts'
import { figure, type Measure, median, timed } from './figure.ts'

const rounds = 5

/**
 * What must follow one another in one system, whatever the machine: find the account, find what it holds (the plan at
 * the effective time); then phase by phase order it, and look whether it is so. Everything else can be done beside it.
 */
const longestChain = 2 + 2 * phases.length

export default {
  name: 'leaver',
  async measure() {
    const dozen = await openDozen()
    const send = loopback(dozen.servers)
    const used = dozen.connectors.map((connector) => ({ use: connector.id, connector, settings: {}, limits: {} }))
    const driver = await openDriver(used, { send })
    const runs: Driven[] = []
    const bare: Map<string, number>[] = []
    try {
      // The first one pays for connections and compiled code.
      for (let round = 0; round <= rounds; round += 1) {
        const before = await bareCalls(dozen, send)
        const run = await driver.offboard(person(round))
        mustBeVerified(run)
        if (round === 0) continue
        bare.push(before)
        runs.push(run)
      }
    } finally {
      await driver.close()
      await dozen.close()
    }
    return figures(runs, (host) => median(bare.map((one) => one.get(host) ?? Number.NaN)))
  },
} satisfies Measure

function figures(runs: readonly Driven[], bareMs: (host: string) => number) {
  const first = runs[0] as Driven
  const hosts = [...new Set(first.calls.map((call) => call.host))]
  const pathMs = longestChain * Math.max(...hosts.map(bareMs))
  const sequenceMs = first.calls.reduce((sum, call) => sum + bareMs(call.host), 0)
  const middle = (what: (run: Driven) => number) => median(runs.map(what)).toFixed(0)
  const told = [
    `${first.calls.length} calls of ${first.steps.length} steps: ${sequenceMs.toFixed(0)} ms one after another`,
    `${longestChain} must follow one another in each system: ${pathMs.toFixed(0)} ms in the slowest`,
    `${middle((run) => run.wallMs)} ms from the effective time to the last step, ${middle((run) => run.cpuMs)} ms of processor time`,
  ]
  const path = runs.map((run) => run.wallMs / pathMs)
  const quicker = runs.map((run) => sequenceMs / run.wallMs)
  return [
    figure('one leaver, a dozen systems: against the critical path', path, { bound: { atMost: 1.3 }, told }),
    figure('one leaver, a dozen systems: quicker than its calls in sequence', quicker, { bound: { atLeast: 6 } }),
  ]
}

function person(round: number) {
  const email = `jo${round}@example.com`
  return { id: `UJO${round}`, name: `Jo ${round}`, emails: [email] }
}

/** By host: the very request that a plan begins with, one after another, without anything of ours around it. */
async function bareCalls(dozen: Dozen, send: Transport): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const host of dozen.servers.flatMap((server) => server.hosts)) {
    const call = async () => (await send(new Request(`https://${host}/users?email=bare`))).text()
    found.set(host, await timed(call))
  }
  return found
}

function mustBeVerified({ steps }: Driven): void {
  const other = steps.find((run) => run.ending !== 'verified')
  if (other) throw new Error(`${other.key} ended ${other.ending}: ${other.fact}`)
}
