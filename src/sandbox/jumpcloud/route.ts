/** Which of JumpCloud's operations a request is, and what each checks first. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { forbidden, notFound, refusal, unauthorized } from './answers.ts'
import type { State } from './state.ts'

export interface Call {
  asked: Asked
  params: Record<string, string>
  body: Record<string, unknown>
  world: World<State>
  /** How long a queued command takes. */
  commandMs: number
}

export interface Operation {
  method: string
  path: string
  answer(call: Call): Answer
}

export interface RouteOptions {
  world: World<State>
  operations: readonly Operation[]
  commandMs: number
  /** Whether this request shows a good credential. */
  knows(asked: Asked): boolean
  token(asked: Asked): Answer
  /** Paths that the role may not read or write. */
  forbidden: RegExp | undefined
}

export function createRoute(options: RouteOptions): (asked: Asked) => Answer {
  const known = options.operations.map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }))

  function operationOf(asked: Asked) {
    const there = known.filter((one) => one.pattern.test(asked.path))
    const found = there.find((one) => one.operation.method === asked.method)
    return found ?? (there.length > 0 ? refusal(asked, 405, 'Method Not Allowed') : notFound(asked))
  }
  return (asked) => {
    if (asked.path === '/oauth2/token') return options.token(asked)
    if (!options.knows(asked)) return unauthorized
    if (options.forbidden?.test(asked.path)) return forbidden
    const found = operationOf(asked)
    if ('status' in found) return found
    const params = Object.entries(found.pattern.exec(asked.path)?.groups ?? {})
    return found.operation.answer({
      asked,
      params: Object.fromEntries(params.map(([name, value]) => [name, decodeURIComponent(value)])),
      body: (asked.body ?? {}) as Record<string, unknown>,
      world: options.world,
      commandMs: options.commandMs,
    })
  }
}
