/**
 * strace, attached to a process that is loaded and has opened nothing yet: what the loading of modules asks of the
 * system is neither slowed down nor counted. Its counters are per thread, so the process runs its file work on one. It
 * stops what it is attached to at every system call, wanted or not: where one thread is enough, the others run freely.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The thread of the program, or the one that libuv does file work on. */
export type Thread = 'main' | 'files'

export interface Tracing {
  /** That one only; all when absent. */
  thread?: Thread
  /** Names of system calls. */
  calls: readonly string[]
  /** Only those that concern these paths; any when absent. */
  paths?: readonly string[]
  /** What happens at the `nth` of them: `signal=SIGKILL`, `error=EIO`. */
  inject?: { what: string; nth: number }
  /** Where it writes what it saw. */
  log: string
}

export interface TracedCall {
  thread: string
  call: string
  /** The arguments as strace shows them, descriptors with their paths. */
  shown: string
}

export interface Trace {
  calls: readonly TracedCall[]
  /** Where the injection hit. */
  hit: string | undefined
}

/** Resolves once strace is attached; `leave` lets go of a process that lives on. */
export async function attached(
  pid: number,
  { thread, calls, paths = [], inject, log }: Tracing,
): Promise<{ done: Promise<unknown>; leave(): void }> {
  const trace = calls.join(',')
  const injecting = inject ? ['-e', `inject=${trace}:${inject.what}:when=${inject.nth}`] : []
  const only = paths.flatMap((path) => ['-P', path])
  const strace = spawn(
    'strace',
    [...whom(pid, thread), '-y', '-s', '400', '-o', log, '-e', `trace=${trace}`, ...injecting, ...only],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const done = ended(strace)
  let said = ''
  await new Promise<void>((attach, refuse) => {
    strace.once('error', refuse)
    strace.once('exit', () => refuse(new Error(`strace did not attach: ${said.trim()}`)))
    strace.stderr.on('data', (chunk) => {
      said += chunk
      if (/Process \d+ attached/.test(said)) attach()
    })
  })
  return { done, leave: () => void strace.kill('SIGTERM') }
}

function whom(pid: number, thread: Thread | undefined): string[] {
  return thread ? ['-p', thread === 'main' ? `${pid}` : fileThread(pid)] : ['-f', '-p', `${pid}`]
}

/** Node's libuv names it so; there is one only, and it is there once a file was asked for. */
function fileThread(pid: number): string {
  const tasks = `/proc/${pid}/task`
  const found = readdirSync(tasks).filter((task) => /^libuv-worker/.test(readFileSync(`${tasks}/${task}/comm`, 'utf8')))
  if (found.length !== 1) throw new Error(`${found.length} threads do file work, not 1`)
  return found[0] as string
}

async function ended(child: ChildProcess): Promise<void> {
  await once(child, 'close').catch(() => undefined)
}

/** Why no process can be traced here; undefined where it can. */
export async function whyNoStrace(): Promise<string | undefined> {
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 30_000)'], { stdio: 'ignore' })
  try {
    await attached(sleeper.pid ?? 0, { calls: ['connect'], log: '/dev/null' })
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'strace is not installed'
    const said = (error as Error).message.split('\n')[0]
    return `${said} (a container needs --cap-add=SYS_PTRACE; a user who is not root needs kernel.yama.ptrace_scope=0)`
  } finally {
    sleeper.kill()
  }
}

/** After `done`. */
export function readTrace(log: string): Trace {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
  const calls = lines.flatMap((line): TracedCall[] => {
    const [, thread = '', call = '', shown = ''] = /^(?:(\d+) +)?(\w+)\((.*)$/.exec(line) ?? []
    return call ? [{ thread, call, shown }] : []
  })
  const injected = lines.find((line) => line.includes('(INJECTED)'))
  const killed = lines.find((line) => / killed by SIGKILL/.test(line)) && calls.at(-1)
  const hit = injected?.replace(/^\d+ +/, '') ?? (killed ? `${killed.call}(${killed.shown}` : undefined)
  return { calls, hit: hit?.slice(0, 160) }
}

/** Every file of the folder that a call was about, absolute. */
export function pathsIn({ shown }: TracedCall, folder: string): string[] {
  const inside = resolve(folder)
  const found = [...shown.matchAll(/[<"](\/[^>"]*)[>"]/g)].map(([, path = '']) => path.replace(/ \(deleted\)$/, ''))
  return found.filter((path) => path === inside || path.startsWith(`${inside}/`))
}
