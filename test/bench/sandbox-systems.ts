/** One leaver in the sandbox's own systems (Microsoft 365, Google Workspace, AWS), against the same calls in sequence. */
import { Worker } from 'node:worker_threads'
import { figure, type Measure, median } from './figure.ts'
import type { SandboxRound } from './sandbox-round.ts'

const rounds = 3
/** Near the quick end of what vendors take; and how long a change stays invisible, as in the sandbox. */
const vendor = { latencyMs: 100, lagMs: 300 }

export default {
  name: 'sandbox-systems',
  async measure() {
    // Side by side, each in a thread and with vendors of its own: one takes as long as the vendors' rates make it.
    const runs = await Promise.all(Array.from({ length: rounds }, oneRound))
    const middle = (what: (run: SandboxRound) => number) => median(runs.map(what)).toFixed(0)
    const told = [
      `${middle((run) => run.calls.length)} calls of ${middle((run) => run.steps.length)} steps: ${middle(inSequence)} ms one after another`,
      `${middle((run) => run.wallMs)} ms from the effective time to the last step`,
      ...runs.slice(0, 1).map(longest),
    ]
    const quicker = runs.map((run) => inSequence(run) / run.wallMs)
    const name = 'one leaver, the sandbox’s systems: quicker than its calls in sequence'
    return [figure(name, quicker, { bound: { atLeast: 3 }, told })]
  },
} satisfies Measure

function oneRound(): Promise<SandboxRound> {
  const worker = new Worker(new URL('./sandbox-round.ts', import.meta.url), { workerData: vendor })
  return new Promise((done, failed) => {
    worker.once('message', (round: SandboxRound) => {
      done(round)
      void worker.terminate()
    })
    worker.once('error', failed)
  })
}

/** Not the sum of what was recorded: calls side by side slow each other down, and that would flatter us. */
function inSequence({ calls, bareMs }: SandboxRound): number {
  return calls.length * bareMs
}

/** The rate that binds most: no quicker run is possible while it is kept. */
function longest({ buckets }: SandboxRound): string {
  const [most] = [...buckets].sort((a, b) => b.leastMs - a.leastMs)
  return `${most?.name}: ${most?.calls} calls at ${most?.perSecond} a second take ${most?.leastMs.toFixed(0)} ms at least`
}
