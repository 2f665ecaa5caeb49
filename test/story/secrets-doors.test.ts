/** The program as a process of its own: whatever it prints, writes or leaves behind when it dies holds no secret. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSystems, loadSettings } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'
import type { Fault, Pretend } from '../../src/sandbox/server.ts'
import { closeCliBeds, openCliBed } from '../cli/bed.ts'
import { certificate } from '../connectors/microsoft-365-certificate.ts'
import { type Canaries, filesIn, leaks, type Outputs, plantedIn } from '../support/canaries.ts'

const patience = 180_000
const root = new URL('../../', import.meta.url).pathname
afterEach(closeCliBeds)

type Bed = Awaited<ReturnType<typeof openCliBed>>

/** The settings as the program reads them, with a second Microsoft 365 that signs in by certificate. */
async function openBed() {
  const { certificate: registered, both } = certificate()
  const bed = await openCliBed({ microsoft365: { certificate: registered } })
  const pem = join(bed.folder, 'm365.pem')
  writeFileSync(pem, both, { mode: 0o600 })
  const path = bed.env.LATCHKEY_SETTINGS ?? ''
  const { tenant, clientId } = bed.vendors.microsoft365.settings
  const second = `  by-certificate:\n    use: microsoft-365\n    tenant: ${tenant}\n    clientId: ${clientId}\n    certificate: \${M365_CERTIFICATE_FILE}\n`
  writeFileSync(path, readFileSync(path, 'utf8').replace('tasks:\n', `${second}tasks:\n`))
  const hosts = Object.values(bed.vendors).map(({ url, hosts }) => ({ url, hosts }))
  const env: Record<string, string | undefined> = {
    ...bed.env,
    M365_CERTIFICATE_FILE: pem,
    PRETEND_HOSTS: JSON.stringify(hosts),
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'secrets-preload.ts')}`,
    LATCHKEY_LOG: 'debug',
  }
  const settings = await loadSettings(readFileSync(path, 'utf8'), {
    env,
    readFile: (file) => readFileSync(file, 'utf8'),
  })
  const canaries: Canaries = new Map(['BOT_TOKEN', 'APP_TOKEN'].map((name) => [name, String(bed.env[`SLACK_${name}`])]))
  for (const { use, settings: own } of settings.connectors)
    for (const [at, value] of plantedIn(own, use)) canaries.set(at, value)
  return { bed, env, settings, canaries }
}

/** The process with nothing in its environment but what is given; `meanwhile` may do something to it. */
async function main(
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
  meanwhile: (
    child: { pid: number; kill(signal: NodeJS.Signals): unknown },
    out: () => string,
  ) => Promise<unknown> = async () => undefined,
): Promise<Outputs> {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], { env: env as NodeJS.ProcessEnv, cwd })
  const printed = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    printed.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    printed.err += chunk
  })
  const closed = once(child, 'close')
  await meanwhile({ pid: child.pid ?? 0, kill: (signal) => child.kill(signal) }, () => printed.out)
  const [code] = (await closed) as [number | null]
  const what = `latchkey ${args.join(' ')}`
  return new Map([
    [`${what}, printed`, printed.out],
    [`${what}, complained`, printed.err],
    [`${what}, code`, String(code)],
  ])
}

/** Every answer of a vendor quotes what it was sent and what it should not know. */
function quoting(vendor: Pretend, status: number, canaries: Canaries): void {
  const secrets = [...canaries.values()]
  const when: Fault['when'] = ({ headers, body }) => {
    const sent = `${headers.authorization ?? ''} ${JSON.stringify(body)}`
    turn += 1
    const message = [secrets[turn % secrets.length], sent, ...secrets].join(' ')
    const error = { code: 'badThing', message, errors: [{ reason: 'badThing', message }] }
    fault.as = {
      status,
      headers: { 'set-cookie': `s=${secrets[0]}`, 'content-type': 'application/json' },
      body: { error, error_description: message },
    }
    return true
  }
  let turn = 0
  const fault: Fault = { when, times: 1_000_000, as: 'reset' }
  vendor.faults.push(fault)
}

function quiet(bed: Bed): void {
  for (const vendor of Object.values(bed.vendors)) vendor.faults.splice(0)
}

describe('what the command line prints', () => {
  test.each([0, 400, 401])(
    'while vendors answer %i and quote secrets holds none',
    async (status) => {
      const { bed, env, canaries } = await openBed()
      if (status > 0) for (const vendor of Object.values(bed.vendors)) quoting(vendor, status, canaries)
      const outputs = new Map([
        ...(await main(['doctor'], env, bed.folder)),
        ...(await main(['plan', 'jo.miller@example.com', '--json'], env, bed.folder)),
      ])
      expect(outputs.get('latchkey doctor, printed')).toMatch(
        /Microsoft 365 as by-certificate[\s\S]*(All is well|to mend)/,
      )
      expect(outputs.get('latchkey doctor, complained')).toBe('')
      expect(leaks(canaries, outputs)).toEqual([])
      quiet(bed)
    },
    patience,
  )

  test(
    'about settings that are wrong, and where there is no record, holds none',
    async () => {
      const { bed, env, canaries } = await openBed()
      const path = env.LATCHKEY_SETTINGS ?? ''
      const outputs: Outputs = new Map()
      const keep = (what: string, heard: Outputs) => {
        for (const [where, text] of heard) outputs.set(`${what}: ${where}`, text)
      }
      for (const wrong of wrongSettings(readFileSync(path, 'utf8'), env)) {
        writeFileSync(path, wrong.text)
        for (const args of wrong.args) keep(wrong.what, await main([args], { ...env, ...wrong.env }, bed.folder))
      }
      keep('no record', await main(['audit', 'verify'], env, bed.folder))
      keep('no record', await main(['report', 'off-nobody'], env, bed.folder))
      expect([...outputs.keys()].filter((where) => where.endsWith('code'))).toHaveLength(14)
      expect(leaks(new Map([...canaries, ['written out', literal]]), outputs)).toEqual([])
    },
    patience,
  )
})

const literal = 'hunter2-0f9a8b7c6d5e4f3a'

/** A start with a key that is none is refused at the first call, not at once, so there the doctor alone is asked. */
function wrongSettings(text: string, env: Record<string, string | undefined>) {
  const { M365_CERTIFICATE_FILE: pem, GOOGLE_CREDENTIALS_FILE: json, AWS_SECRET: secret } = env
  const [both, doctor] = [['start', 'doctor'], ['doctor']]
  const own = '${M365_CLIENT_SECRET}'
  return [
    { what: 'written out', text: text.replace(own, literal), args: both },
    { what: 'written out, and no YAML', text: text.replace(own, `"${literal}`), args: both },
    { what: 'in the wrong place', text: text.replace(/tenant: \S+/, `tenant: { a: ${own} }`), args: both },
    { what: 'unknown setting', text: text.replace('clientSecret:', 'clientSecrt:'), args: both },
    { what: 'no key file', text, env: { GOOGLE_CREDENTIALS_FILE: pem }, args: doctor },
    { what: 'no certificate', text, env: { M365_CERTIFICATE_FILE: json }, args: doctor },
    { what: 'name of a file', text: text.replace(own, '${X_FILE}'), env: { X_FILE: secret }, args: both },
  ]
}

describe('a process that dies', () => {
  test(
    'of an error with secrets in it says so without them, and leaves no report of Node with the environment',
    async () => {
      const { bed, env, canaries } = await openBed()
      const reports = join(bed.folder, 'reports')
      mkdirSync(reports)
      const options = `${env.NODE_OPTIONS} --report-uncaught-exception --report-on-fatalerror --report-on-signal --report-signal=SIGHUP --report-directory=${reports}`
      let listened = ''
      const outputs = await main(['start'], { ...env, NODE_OPTIONS: options }, bed.folder, async (child, out) => {
        await vi.waitFor(() => expect(out()).toContain('Latchkey is running.'), { timeout: 60_000, interval: 50 })
        child.kill('SIGHUP')
        await vi.waitFor(() => expect(readdirSync(reports)).toHaveLength(1), { timeout: 20_000, interval: 50 })
        child.kill('SIGUSR1')
        child.kill('SIGUSR2')
        listened = out()
      })
      expect(outputs.get('latchkey start, code')).toBe('1')
      expect(outputs.get('latchkey start, complained')).toMatch(
        /^Latchkey stops: lost \[secret\] and \[secret\] and \[secret\]/m,
      )
      expect(`${listened}${outputs.get('latchkey start, complained')}`).not.toContain('Debugger listening')
      const left = new Map([
        ...outputs,
        ...filesIn(reports, 'a report of Node'),
        ...filesIn(join(bed.folder, 'data'), 'data'),
      ])
      expect(readdirSync(reports)).toHaveLength(1)
      expect([...left.values()].some((text) => text.includes('"nodejsVersion"'))).toBe(true)
      expect(leaks(canaries, left)).toEqual([])
    },
    patience,
  )
})

describe('an error of a connector, with its stack, its causes and all its fields', () => {
  test.each([400, 401, 403, 404, 500])(
    'holds no secret where vendors answer %i and quote them',
    async (status) => {
      const { bed, settings, canaries } = await openBed()
      for (const vendor of Object.values(bed.vendors)) quoting(vendor, status, canaries)
      const lines: string[] = []
      const log = createLog({ level: 'debug', secrets: () => [], write: (line) => void lines.push(line) })
      const quick = { attempts: 1, backOff: { firstMs: 1, mostMs: 2 } }
      const around = { clock: systemClock, random: () => 0.5, log, send: bed.send, patience: quick }
      const systems = createSystems(settings, around)
      const leaver = { id: 'UJO', name: 'Jo Miller', emails: ['jo.miller@example.com'] }
      const outputs: Outputs = new Map()
      for (const { use, connector, client } of systems.all.filter((one) => one.use !== 'manual')) {
        const works = {
          check: async () => connector.check(await client()),
          locate: async () => connector.locate(await client(), leaver),
        }
        for (const [what, work] of Object.entries(works)) {
          const error = await work().then(
            (done) => done,
            (failed: unknown) => failed,
          )
          outputs.set(`${use} ${what}`, inspect(error, { depth: 12, showHidden: true, maxStringLength: null }))
        }
      }
      await systems.close()
      expect(outputs.size).toBe(2 * settings.connectors.length)
      expect([...outputs.values()].every((text) => /Error|Rejected|Denied|Busy|missing/.test(text))).toBe(true)
      expect(leaks(canaries, new Map([...outputs, ['the log', lines.join('')]]))).toEqual([])
    },
    patience,
  )
})
