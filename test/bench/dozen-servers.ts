/** The thread of the simulated systems: everybody whom they are asked about is there and holds one thing a step. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, type Asked, type Pretend, pretend } from '../../src/sandbox/server.ts'

function open(latencyMs: number, index: number): Promise<Pretend> {
  const gone = new Set<string>()
  return pretend({ hosts: [`system-${index + 1}.example`], latencyMs, handle: (asked) => answerTo(asked, gone) })
}

/** `/users?email=`, `/users/ID/STEP`, `/users/ID/STEP/THING` */
function answerTo(asked: Asked, gone: Set<string>): Answer {
  const [, , id, step, thing] = asked.path.split('/')
  if (!id) return { status: 200, body: [{ id: (asked.query.get('email') ?? '').replace(/[^a-z0-9]/g, '-') }] }
  if (!thing) {
    const things = [{ id: 'key' }].filter((one) => !gone.has(`${id} ${step} ${one.id}`))
    return { status: 200, body: things }
  }
  gone.add(`${id} ${step} ${thing}`)
  return { status: 204 }
}

const servers = await Promise.all((workerData as number[]).map(open))
parentPort?.postMessage(servers.map(({ url, hosts }) => ({ url, hosts })))
