/** A password that Latchkey makes lives as long as the call that sets it: afterwards nothing in the process leads to it. */
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Secret } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { openWorld, type SandboxWorld, surroundings } from '../../src/sandbox/sandbox.ts'
import type { Pretend } from '../../src/sandbox/server.ts'
import { plainCanary } from '../support/canaries.ts'
import { leaverOf, runsHere } from '../support/samba.ts'
import type { MemoryOrder } from './secrets-memory-child.ts'

const patience = 300_000
let world: SandboxWorld | undefined
const folder = mkdtempSync(join(tmpdir(), 'latchkey-memory-'))
afterEach(async () => {
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

function withoutSecrets(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutSecrets)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]))
}

function passwordsIn(vendor: Pretend): string[] {
  return vendor.calls.flatMap(({ asked }) => {
    const { password, passwordProfile } = (asked.body ?? {}) as Record<string, unknown>
    const inner = (passwordProfile as { password?: string } | undefined)?.password
    return [password, inner].filter((one) => typeof one === 'string')
  })
}

/** Runs the child and answers with the passwords that it set in Active Directory. */
async function run(order: MemoryOrder): Promise<string[]> {
  const child = fork(join(import.meta.dirname, 'secrets-memory-child.ts'), { execArgv: ['--expose-gc'], stdio: 'pipe' })
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  const set: string[] = []
  const done = new Promise<void>((resolve, reject) => {
    child.on('message', (message: { password?: string; done?: number }) => {
      if (message.password) set.push(Buffer.from(message.password, 'base64').toString('utf16le').slice(1, -1))
      if (message.done) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}: ${complaint}`)))
  })
  child.send(order)
  await done
  return set
}

test(
  'no new password is left in the memory that the process can reach',
  async () => {
    world = await openWorld({ activeDirectory: runsHere, latencyMs: 1, lagMs: 0 })
    const { connectors, hosts } = surroundings(world)
    const snapshot = join(folder, 'after.heapsnapshot')
    const held = plainCanary()
    const directory = await run({
      hosts: hosts.map(({ url, hosts }) => ({ url, hosts: [...hosts] })),
      connectors: withoutSecrets(connectors) as Record<string, unknown>,
      leaver: leaverOf(cast.leaver),
      snapshot,
      held,
    })
    const { google, microsoft365 } = world.vendors
    const passwords = [...passwordsIn(google), ...passwordsIn(microsoft365), ...directory]
    expect([passwordsIn(google).length, passwordsIn(microsoft365).length, directory.length]).toEqual([
      1,
      1,
      runsHere ? 2 : 0,
    ])
    for (const password of passwords) expect(password.length).toBeGreaterThan(30)
    const memory = readFileSync(snapshot, 'latin1')
    expect(memory, 'the search finds what is kept').toContain(held)
    const left = passwords.filter((password) =>
      [password, JSON.stringify(password).slice(1, -1)].some((one) => memory.includes(one)),
    )
    expect(left.length, 'passwords that something still leads to').toBe(0)
  },
  patience,
)
