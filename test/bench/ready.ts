/** From the start of the process, with all connectors in the settings, until `/readyz` says yes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { knownConnectors } from '../../src/app.ts'
import { Secret } from '../../src/connector.ts'
import { type Around, botOptions, channel, openWorld, surroundings } from '../../src/sandbox/sandbox.ts'
import { freePort, startChild } from './child.ts'
import { figure, type Measure } from './figure.ts'

const rounds = 3
const patienceMs = 30_000

/** Needs a domain of its own, which nobody asks before somebody leaves. */
const domain = { url: 'ldaps://dc1.example.com', user: 'latchkey@example.com', password: new Secret('for the bench') }

export default {
  name: 'ready',
  async measure() {
    const world = await openWorld({ mode: 'socket', everySystem: true })
    try {
      const around = surroundings(world)
      const all = { ...around.connectors, 'active-directory': domain }
      const few = Object.fromEntries(Object.entries(all).filter(([use]) => suites.includes(use)))
      const lean = { name: `ready after the start, with ${suites.length} connectors`, bound: { atMost: 1000 } }
      const whole = { name: `ready after the start, with all ${Object.keys(all).length}`, bound: { atMost: 1500 } }
      const times = { lean: [] as number[], whole: [] as number[] }
      for (let round = 0; round < rounds; round += 1) {
        times.lean.push(await untilReady({ ...around, connectors: few }))
        times.whole.push(await untilReady({ ...around, connectors: all }))
      }
      return [
        figure(lean.name, times.lean, { unit: 'ms', bound: lean.bound }),
        figure(whole.name, times.whole, { unit: 'ms', bound: whole.bound, told: await told(Object.keys(all)) }),
      ]
    } finally {
      await world.close()
      rmSync(world.folder, { recursive: true, force: true })
    }
  },
} satisfies Measure

/** What a company of one domain, two suites and a cloud starts with, besides the tasks for people. */
const suites = ['active-directory', 'aws', 'google-workspace', 'microsoft-365']

async function untilReady(around: Around): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const env = writeSettings(folder, around)
  const { slack } = await botOptions({ systems: [] }, around)
  const port = await freePort()
  const tokens = { SLACK_BOT_TOKEN: slack.bot, SLACK_APP_TOKEN: slack.app, PORT: String(port) }
  const began = performance.now()
  const child = startChild(['src/main.ts', 'start'], { ...process.env, ...env, ...tokens })
  try {
    await Promise.race([answered(`http://127.0.0.1:${port}/readyz`), child.said])
    return performance.now() - began
  } finally {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** YAML takes JSON as it is; each secret stays outside, under a name of its own. */
function writeSettings(folder: string, { slack, connectors }: Around): Record<string, string> {
  const env: Record<string, string> = {
    LATCHKEY_SETTINGS: join(folder, 'latchkey.yaml'),
    LATCHKEY_DATA: join(folder, 'data'),
  }
  const outside = (value: unknown): unknown => {
    if (value instanceof Secret) {
      const name = `BENCH_${Object.keys(env).length}`
      env[name] = value.reveal()
      return `\${${name}}`
    }
    if (Array.isArray(value)) return value.map(outside)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, outside(one)]))
  }
  const roles = { hr: { group: 'S0HR' }, it: { group: 'S0IT' } }
  const tasks = [{ title: 'Final pay', area: 'records', owner: 'hr', due: '3d' }]
  const settings = { slack: { channel, apiUrl: slack.apiUrl }, roles, connectors: outside(connectors), tasks }
  writeFileSync(join(folder, 'latchkey.yaml'), JSON.stringify(settings))
  return env
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

async function told(named: readonly string[]): Promise<string[]> {
  const costs: string[] = []
  for (const id of named) costs.push(`${id} ${(await importMs(id)).toFixed(0)}`)
  const left = knownConnectors().filter((id) => !named.includes(id) && id !== 'manual')
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
