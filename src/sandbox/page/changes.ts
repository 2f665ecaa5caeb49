/** Tells every open page that something has changed: server-sent events, not more often than people can see. */
import type { ServerResponse } from 'node:http'
import type { Changed } from './shapes.ts'

export interface Changes {
  /** Holds this answer open, and tells it how it stands. */
  follow(response: ServerResponse): void
  /** Something may have changed; looked at after a moment, once for all that comes meanwhile. */
  stir(): void
  close(): void
}

/** Milliseconds; well below what people notice after a click. */
const shortestMs = 40
/** A comment line now and then, so that a dead connection is found. */
const beatMs = 20_000

export function changes(now: () => Changed): Changes {
  const open = new Set<ServerResponse>()
  let told = ''
  let timer: NodeJS.Timeout | undefined
  let pauseMs = shortestMs
  const beat = setInterval(() => {
    for (const response of open) response.write(':\n\n')
  }, beatMs)
  beat.unref()

  function tell(): void {
    const began = performance.now()
    timer = undefined
    const line = frame(now())
    // Where looking takes long (a very long thread, a busy machine), it must not fill the time.
    pauseMs = Math.max(shortestMs, 4 * (performance.now() - began))
    if (line === told) return
    told = line
    for (const response of open) response.write(line)
  }

  return {
    follow(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(`retry: 500\n${frame(now())}`)
      open.add(response)
      response.on('close', () => open.delete(response))
    },
    stir() {
      timer ??= setTimeout(tell, pauseMs)
    },
    close() {
      clearTimeout(timer)
      clearInterval(beat)
      for (const response of open) response.end()
    },
  }
}

function frame(changed: Changed): string {
  return `event: changed\ndata: ${JSON.stringify(changed)}\n\n`
}
