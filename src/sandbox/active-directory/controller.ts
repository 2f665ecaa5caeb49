/** The processes of the one Samba domain controller that a machine can run. They end when this process does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** `flock` holds it, and every process of the controller after it: the kernel gives it back when the last one is gone. */
const lockFile = join(tmpdir(), 'latchkey-samba.lock')
const taken = 75

/**
 * The shell waits for the name of the settings file, then becomes Samba. Interactive Samba ends with its input, so that
 * none is left behind, however this process ends.
 */
const script = `echo mine; read -r conf || exit 0
exec samba -i --no-process-group -s "$conf" --option='server services=ldap cldap kdc' --option='prefork children=1'`

export interface Controller {
  /** Resolves once it answers on its ports. */
  start(conf: string): Promise<void>
  stop(): Promise<void>
}

export async function takeController(waitSeconds: number): Promise<Controller> {
  const args = ['--wait', String(waitSeconds), '--conflict-exit-code', String(taken), lockFile, 'sh', '-c', script]
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const said = tail(child)
  // Writing to one that has ended fails; that it has ended is told below, with what it said.
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'exit').then(([code]) => Number(code))
  const first = await Promise.race([once(child.stdout, 'data').then(() => 'mine' as const), ended])
  if (first === taken)
    throw new Error(
      `Another Samba domain runs on this machine (${lockFile}), and its ports cannot be chosen: wait until it has ended.`,
    )
  if (first !== 'mine') throw new Error(`flock ended with ${first}: ${said()}`)

  return {
    async start(conf) {
      child.stdin.write(`${conf}\n`)
      const early = ended.then((code) => Promise.reject(new Error(`Samba ended with ${code}: ${said()}`)))
      await Promise.race([Promise.all([636, 88].map(listening)), early])
    },
    async stop() {
      child.stdin.end()
      await ended
      await released()
    },
  }
}

/** Its last processes end a moment after the first; until then the lock is not free for the next one. */
async function released(): Promise<void> {
  await once(spawn('flock', ['--wait', '20', lockFile, 'true'], { stdio: 'ignore' }), 'exit')
}

/** The last of what it said, for an error message. */
function tail(child: ChildProcess): () => string {
  let text = ''
  const keep = (data: Buffer) => {
    text = (text + data).slice(-1000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => text.trim().split('\n').slice(-4).join(' | ')
}

const patienceMs = 60_000

async function listening(port: number): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; await wait(50))
    if (await answers(port)) return
  throw new Error(`Samba did not open port ${port} within ${patienceMs / 1000} s`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (open: boolean) => () => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', end(true)).once('error', end(false))
  })
}
