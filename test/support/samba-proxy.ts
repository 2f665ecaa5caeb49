/** A line to the directory that can be cut: TCP on loopback, passed on as it comes until a test says otherwise. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/**
 * `pass`: all goes through. `stall`: what is asked is kept, and so is what is answered. `lose`: the controller hears it,
 * its answer is cut off. `refuse`: a new connection is closed at once.
 */
export type Line = 'pass' | 'stall' | 'lose' | 'refuse'

export interface Cable {
  url: string
  /** How many connections were made. */
  connections(): number
  /** From now on, or once so many more requests have been answered (on a connection that stands, one chunk each). */
  set(line: Line, afterRequests?: number): void
  /** Ends what is connected now, as a controller does with an idle connection. */
  cut(): void
  close(): Promise<void>
}

export async function proxyTo(port: number): Promise<Cable> {
  const sockets = new Set<Socket>()
  let line: Line = 'pass'
  let spared = 0
  let made = 0

  function now(): Line {
    return spared >= 0 ? 'pass' : line
  }

  function join(near: Socket): void {
    made += 1
    if (line === 'refuse') return void near.destroy()
    const far = connect(port, '127.0.0.1')
    const end = () => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    near.on('data', (data) => {
      spared -= 1
      if (now() !== 'stall') far.write(data)
    })
    far.on('data', (data) => {
      if (now() === 'lose') end()
      else if (now() !== 'stall') near.write(data)
    })
  }

  const server = createServer(join)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    url: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => made,
    set(next, afterRequests) {
      line = next
      spared = afterRequests ?? -1
    },
    cut,
    async close() {
      cut()
      await new Promise((done) => server.close(done))
    },
  }
}
