/** A bot in a process of its own and whoever starts it again when it dies, as systemd or Docker do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '../../src/connector.ts'
import { type SandboxOptions, type SandboxWorld, surroundings } from '../../src/sandbox/sandbox.ts'
import type { BotProcess } from '../story/bot-process.ts'

/** What stands around the bot, for whoever wants to kill it at a certain moment. */
export interface Killing extends SandboxWorld {
  /** With SIGKILL, at once; a second call before the next start does nothing. */
  kill(): void
  /** Whether IT has pressed the button, the second of the two. */
  signed: boolean
  /** Whether the request is on record: its card is in Slack. */
  asked(): boolean
  /** How often the bot was started. */
  starts: number
  /** Throws where the bot ended of itself. */
  alive(): true
}

export const options: SandboxOptions = {
  systems: ['aws', 'google-workspace'],
  tasks: [{ title: 'Take back the laptop', area: 'devices', owner: 'it', due: '3d' }],
  latencyMs: 2,
  lagMs: 20,
  // Long enough for a machine with much else to do, short enough to be waited for.
  settling: { inFlight: 8000 },
  patience: { attemptTimeoutMs: 7000, backOff: { firstMs: 50, mostMs: 400 } },
}

export interface Life {
  at: Killing
  /** Resolves once the bot listens. */
  up(): Promise<unknown>
  /** Stops it for good, as a supervisor does: with SIGTERM. */
  end(): Promise<void>
}

/** What is killed is started again on the same data. */
export function supervised(world: SandboxWorld): Life {
  let child: ChildProcess | undefined
  let listening: Promise<unknown> = Promise.resolve()
  let ending = false
  let died: Error | undefined
  const at: Killing = {
    ...world,
    signed: false,
    asked: () => world.slack.messages(world.channel).length > 0,
    starts: 0,
    alive() {
      if (died) throw died
      return true
    },
    kill: () => void child?.kill('SIGKILL'),
  }
  function start(): void {
    at.starts += 1
    const started = bot(world)
    child = started.child
    listening = started.listening
    listening.catch(() => undefined)
    started.child.once('exit', (code, signal) => {
      if (!ending && signal === 'SIGKILL') start()
      else if (!ending) died = new Error(`the bot ended of itself (${code ?? signal}): ${started.complaint()}`)
      world.slack.state.changed()
    })
  }
  start()
  return {
    at,
    async up() {
      for (let seen = 0; seen !== at.starts; ) {
        seen = at.starts
        await listening.catch((error) => {
          if (seen === at.starts) throw error
        })
      }
    },
    async end() {
      if (ending) return
      ending = true
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

interface Started {
  child: ChildProcess
  listening: Promise<unknown>
  complaint(): string
}

function bot(world: SandboxWorld): Started {
  const script = join(import.meta.dirname, '../story/bot-process.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(argument(world))], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'latchkey-compiled') },
  })
  let complaint = ''
  child.stderr!.on('data', (chunk) => {
    complaint += chunk
  })
  const listening = new Promise((done, failed) => {
    child.stdout!.once('data', done)
    child.once('exit', (code, signal) => failed(new Error(`the bot ended (${code ?? signal}): ${complaint}`)))
  })
  return { child, listening, complaint: () => complaint }
}

function argument(world: SandboxWorld): BotProcess {
  const { slack, mode, folder, connectors, hosts } = surroundings(world)
  const aws = connectors.aws as { accounts: unknown[] }
  const one = { ...connectors, aws: { ...aws, accounts: aws.accounts.slice(0, 1) } }
  const around = {
    slack: { apiUrl: slack.apiUrl },
    mode,
    folder,
    connectors: withoutSecrets(one) as typeof connectors,
    hosts: hosts.map((one) => ({ url: one.url, hosts: one.hosts })),
  }
  return { options, around }
}

function withoutSecrets(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutSecrets)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]))
}
