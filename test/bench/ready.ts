/** From the start of the process, with all connectors in the settings, until `/readyz` says yes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { knownConnectors } from '../../src/app.ts'
import { botOptions, openWorld, type SandboxWorld, surroundings } from '../../src/sandbox/sandbox.ts'
import { writeSettings } from '../cli/settings-file.ts'
import { freePort, startChild } from './child.ts'
import { figure, type Measure } from './figure.ts'

const rounds = 3
const patienceMs = 30_000

/** Connectors that the sandbox has no pretend system for: nothing is asked of them before somebody leaves. */
const others: Readonly<Record<string, string>> = {
  'active-directory': `  active-directory:
    url: ldaps://dc1.example.com
    user: latchkey@example.com
    password: \${AD_PASSWORD}
`,
}
const pretended = ['aws', 'google-workspace', 'microsoft-365']

export default {
  name: 'ready',
  async measure() {
    const world = await openWorld({ mode: 'socket' })
    try {
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) times.push(await untilReady(world))
      const name = 'ready after the start, with all connectors'
      return [figure(name, times, { unit: 'ms', bound: { atMost: 1000 }, told: await told() })]
    } finally {
      await world.close()
      rmSync(world.folder, { recursive: true, force: true })
    }
  },
} satisfies Measure

async function untilReady(world: SandboxWorld): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const { env } = writeSettings(folder, world, Object.values(others).join(''))
  const { slack } = await botOptions({}, surroundings(world))
  const port = await freePort()
  const tokens = { SLACK_BOT_TOKEN: slack.bot, SLACK_APP_TOKEN: slack.app, PORT: String(port) }
  const began = performance.now()
  const child = startChild(['src/main.ts', 'start'], {
    ...process.env,
    ...env,
    ...tokens,
    AD_PASSWORD: 'for the bench',
  })
  try {
    await Promise.race([answered(`http://127.0.0.1:${port}/readyz`), child.said])
    return performance.now() - began
  } finally {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function answered(url: string): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.status === 200) return
    await answer?.text()
    await wait(5)
  }
  throw new Error(`${url} was not ready within ${patienceMs / 1000} s`)
}

async function told(): Promise<string[]> {
  const known = knownConnectors()
  const left = known.filter((id) => !pretended.includes(id) && !others[id])
  const costs: string[] = []
  for (const id of known) costs.push(`${id} ${(await importMs(id)).toFixed(0)}`)
  const imports = `to import, ms: ${costs.join(', ')}`
  return left.length > 0 ? [imports, `not in the settings: ${left.join(', ')}`] : [imports]
}

/** In a process of its own, after what every connector shares. */
async function importMs(id: string): Promise<number> {
  const code = `
    const { loadConnector } = await import('./src/app.ts')
    const began = performance.now()
    await loadConnector(${JSON.stringify(id)})
    process.send(performance.now() - began)`
  const child = startChild(['--input-type=module', '--eval', code])
  const ms = (await child.said) as number
  await child.stop()
  return ms
}
