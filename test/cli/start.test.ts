import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it as test, vi } from 'vitest'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { readSigningKey } from '../../src/store/signing-key.ts'
import { closeCliBeds, openCliBed, refuseSecrets } from './bed.ts'

const patience = 120_000
const waiting = { timeout: 60_000, interval: 50 }
const root = new URL('../../', import.meta.url).pathname

afterEach(closeCliBeds)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return address.port
}

async function untilReady(port: number): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
    expect(answer.status).toBe(200)
  }, waiting)
}

/** Whoever can open it holds the lock; it is given back at once. */
async function canTake(folder: string): Promise<boolean> {
  const options = { folder, disk: realDisk, clock: systemClock, summarize, onFatal: () => undefined }
  const store = await openEmbeddedStore(options).catch(() => undefined)
  await store?.stop()
  return store !== undefined
}

test(
  'start is the bot until it is asked to end: ready, alone on its data folder, and gone without a trace of it',
  async () => {
    const bed = await openCliBed()
    const [port, end] = [await freePort(), Promise.withResolvers<void>()]
    const env = { ...bed.env, PORT: String(port), LATCHKEY_LOG: 'silent' }
    const data = join(bed.folder, 'data')
    const ended = bed.hear(['start'], { env, ended: end.promise })
    await untilReady(port)
    expect(await canTake(data)).toBe(false)
    const second = await bed.hear(['start'], { env: { ...env, PORT: '' } })
    expect(second.code).toBe(1)
    expect(second.err).toContain('is in use by another Latchkey process')
    end.resolve()
    expect(await ended).toEqual({ code: 0, out: '', err: '' })
    expect(await canTake(data)).toBe(true)
  },
  patience,
)

/** The process itself, with nothing in its environment but what is given. */
function main(args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], { env, cwd: root })
  const printed = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    printed.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    printed.err += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...printed }))
  return { child, ended }
}

test(
  'the process starts, says in its log what runs, and ends well at SIGTERM, without a secret in any line',
  async () => {
    const bed = await openCliBed()
    const port = await freePort()
    const env = { ...bed.env, PORT: String(port), LATCHKEY_LOG: 'debug', NODE_ENV: 'production' }
    const { child, ended } = main(['start'], env)
    await untilReady(port)
    child.kill('SIGTERM')
    const { code, out, err } = await ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out.trimEnd().split('\n')
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
    expect(messages).toContain('Latchkey is running.')
    expect(messages.at(-1)).toMatch(/^Latchkey is stopping/)
    refuseSecrets(out, bed.secrets())
  },
  patience,
)

test.each([
  [['connectors', '--json'], 0],
  [['doctor'], 1],
  [['unheard-of'], 2],
])(
  'the process of %j ends with %i',
  async (args, expected) => {
    const { code, out, err } = await main(args, { LATCHKEY_SETTINGS: '/nowhere/latchkey.yaml' }).ended
    expect(code).toBe(expected)
    if (expected === 0)
      expect(JSON.parse(out)).toHaveLength(new Set(JSON.parse(out).map((one: { id: string }) => one.id)).size)
    else expect({ out, err: err.split('\n').filter((line) => /^ {4}at /.test(line)) }).toEqual({ out: '', err: [] })
  },
  patience,
)

test(
  'the first start makes the key that reports are signed with, and a damaged one keeps the bot from starting',
  async () => {
    const bed = await openCliBed()
    const data = join(bed.folder, 'data')
    const key = join(data, 'keys', 'signing-key.pem')
    const [port, end] = [await freePort(), Promise.withResolvers<void>()]
    const env = { ...bed.env, PORT: String(port), LATCHKEY_LOG: 'silent' }
    const ended = bed.hear(['start'], { env, ended: end.promise })
    await untilReady(port)
    expect(statSync(key).mode & 0o777).toBe(0o600)
    const made = await readSigningKey(data, realDisk)
    const doctor = await bed.hear(['doctor'])
    expect(doctor.out).toContain(`signed with the key ${made?.fingerprint}`)
    expect(doctor.out).toContain(made?.publicPem.split('\n')[1])
    expect(doctor.out).not.toContain('PRIVATE')
    end.resolve()
    await ended
    const damaged = readFileSync(key, 'utf8').replace(/\n(.)/, '\n')
    writeFileSync(key, damaged)
    const refused = await bed.hear(['start'], { env: { ...env, PORT: '' } })
    expect(refused.code).toBe(1)
    expect(refused.err).toContain(`${key} cannot be used to sign reports`)
    expect((await bed.hear(['doctor'])).out).toMatch(/problem Reports\n +! .*cannot be used to sign reports/)
    expect(readFileSync(key, 'utf8')).toBe(damaged)
    expect(await canTake(data)).toBe(true)
  },
  patience,
)
