/** Processes of their own, ended by the bench that started them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export const root = new URL('../../', import.meta.url).pathname

export interface Child {
  process: ChildProcess
  /** Resolves with what the child sent first; rejects where it ended before. */
  said: Promise<unknown>
  stop(): Promise<void>
}

/** What it prints is shown only where it ends badly. */
export function startChild(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let printed = ''
  const keep = (chunk: Buffer) => {
    printed = `${printed}${chunk}`.slice(-2000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = once(child, 'exit')
  const failed = ended.then(([code]) => {
    throw new Error(`${args.join(' ')} ended with ${code}: ${printed}`)
  })
  failed.catch(() => undefined)
  const said = Promise.race([once(child, 'message').then(([message]) => message as unknown), failed])
  said.catch(() => undefined)
  return {
    process: child,
    said,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('there is no free port')
  return address.port
}
