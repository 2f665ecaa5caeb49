/** Lives of the bot: `src/main.ts start` in a process of its own, or the same subcommand in one that is kept warm. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bending } from './fixed-run-time.ts'

export interface End {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Life {
  end(): End | undefined
  ended: Promise<End>
  /** What it printed last. */
  printed(): string
  /** As a supervisor asks for it. */
  stop(): void
  /** At once. */
  kill(): void
}

/** One that waits, once it is loaded, so that it can be looked at from the beginning. */
export interface WaitingLife extends Life {
  pid: number
  /** At the latest when it ends. */
  loaded: Promise<unknown>
  /** On with it, at the time that it is in its world by now. */
  go(): void
}

const root = new URL('../../', import.meta.url).pathname
const resolve = new URL('./fixed-run-resolve.ts', import.meta.url).pathname
const preload = new URL('./fixed-run-preload.ts', import.meta.url).pathname
const warm = new URL('./fixed-run-warm.ts', import.meta.url).pathname
/**
 * Compiled once for all of these. Node writes a module there when the first process that loaded it ends, with what that
 * one had compiled by then: new each time, so that it comes from a whole life, and not from one that ended early.
 */
const compiled = { NODE_COMPILE_CACHE: mkdtempSync(join(tmpdir(), 'latchkey-compiled-')) }
process.once('exit', () => rmSync(compiled.NODE_COMPILE_CACHE, { recursive: true, force: true }))

/** Nothing of the harness's own environment gets in. */
export function coldLife(env: Readonly<Record<string, string>>, bending: Bending): WaitingLife {
  const child = spawn(
    process.execPath,
    ['--import', resolve, '--import', preload, join(root, 'src/main.ts'), 'start'],
    {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env, ...compiled, PATH: process.env.PATH, FIXED_RUN: JSON.stringify(bending) },
    },
  )
  // Whoever was killed does not read any more.
  child.stdin.on('error', () => undefined)
  const loaded = once(child.stdout, 'data')
  const life = lifeOf(child, once(child, 'close'))
  return {
    ...life,
    pid: child.pid ?? 0,
    stop: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
    loaded: Promise.race([loaded, life.ended]),
    go: () => void child.stdin.write(JSON.stringify(bending.time)),
  }
}

interface Warm {
  child: ChildProcess
  loaded: Promise<unknown>
}

const idle: Warm[] = []

export function warmLife(env: Readonly<Record<string, string>>, bending: Bending): WaitingLife {
  const { child, loaded } = idle.pop() ?? freshWarm()
  // Listeners must not pile up on a process that lives a hundred times.
  const heard = new AbortController()
  const { signal } = heard
  const over = messageOf(child, 'code', signal).then(({ code }) => {
    idle.push({ child, loaded })
    return [code, null]
  })
  const life = lifeOf(child, Promise.race([over, once(child, 'close', { signal })]))
  void life.ended.then(() => heard.abort())
  return {
    ...life,
    pid: child.pid ?? 0,
    stop: () => void child.send('stop'),
    kill: () => void child.kill('SIGKILL'),
    loaded: Promise.race([loaded, life.ended]),
    go: () => void child.send({ start: env, bending }),
  }
}

/** What it says of itself, by the name of what it says. */
async function messageOf(child: ChildProcess, name: string, signal?: AbortSignal) {
  for await (const [message] of on(child, 'message', signal ? { signal } : {})) if (name in message) return message
}

function freshWarm(): Warm {
  const execArgv = ['--import', resolve]
  // One thread for files: whoever looks at its system calls counts each thread for itself.
  const env = { ...compiled, UV_THREADPOOL_SIZE: '1' }
  const child = fork(warm, { cwd: root, execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env })
  child.once('exit', () => idle.splice(0, idle.length, ...idle.filter((one) => one.child !== child)))
  return { child, loaded: messageOf(child, 'loaded') }
}

/** Nobody is started again after this. */
export async function endWarm(): Promise<void> {
  const all = idle.splice(0).map(({ child }) => child)
  const ended = all.map((child) => once(child, 'exit'))
  for (const child of all) child.kill('SIGKILL')
  await Promise.all(ended)
}

function lifeOf(child: ChildProcess, over: Promise<unknown[]>): Pick<Life, 'end' | 'ended' | 'printed'> {
  let said = ''
  const keep = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-3000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  let end: End | undefined
  const ended = over.then(([code, signal]) => {
    child.stdout?.off('data', keep)
    child.stderr?.off('data', keep)
    end = { code, signal } as End
    return end
  })
  return { end: () => end, ended, printed: () => said }
}
