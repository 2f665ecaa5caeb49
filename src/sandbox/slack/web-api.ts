/** One call of a Web API method: who asks, whether they may, whether it is too often, and what it does. */
import { ApiError, type Call, type Method, refuse } from './method.ts'
import { methods as standard } from './methods/index.ts'
import type { Rates } from './rates.ts'
import { respond } from './response-url.ts'
import type { Asked, Reply } from './server.ts'
import { download, upload } from './uploads.ts'

export interface ApiPorts {
  rates: Rates
  botToken: string
  appToken: string
  /** More methods, such as apps.connections.open. */
  methods: Record<string, Method>
  /** Everything of a call but what comes with the request. */
  context: Omit<Call, 'args' | 'origin'>
}

export async function answerTo(ports: ApiPorts, asked: Asked): Promise<Reply> {
  const call: Call = { ...ports.context, args: asked.args, origin: asked.origin }
  try {
    if (asked.name === 'upload') return await upload(call.state, asked)
    if (asked.name === 'download') return download(call.state, asked, ports.botToken)
    if (asked.name === 'response_url') return respondTo(call, asked)
    return await run(ports, call, asked)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: statusOf(asked, error), body: error.answer }
  }
}

/** The Web API answers 200 whatever happens; a response_url is gone with 404 and refuses with 400. */
function statusOf(asked: Asked, error: ApiError): number {
  if (asked.name !== 'response_url') return 200
  return error.message.endsWith('_url') ? 404 : 400
}

function respondTo(call: Call, asked: Asked): Reply {
  return { status: 200, body: respond(call, asked.path.split('/').at(-1) ?? '', asked.body.toString()) }
}

async function run(ports: ApiPorts, call: Call, asked: Asked): Promise<Reply> {
  const method = ports.methods[asked.name] ?? standard[asked.name]
  if (!method) throw new ApiError('unknown_method', { req_method: asked.name })
  authenticate(method, asked.token, ports)
  if (method.scopes && !method.scopes.some((scope) => call.scopes.includes(scope)))
    throw new ApiError('missing_scope', { needed: method.scopes[0], provided: call.scopes.join(',') })
  const missing = (method.required ?? []).filter((one) => !call.args[one])
  const messages = missing.map((one) => `missing required field: ${one}`)
  if (missing.length > 0) throw refuse('invalid_arguments', messages)
  const seconds = ports.rates.wait(asked.name, method, call.args.channel)
  if (seconds !== undefined) return limited(seconds)
  const accepted = method.scopes?.join(',') ?? ''
  return { status: 200, headers: { 'x-accepted-oauth-scopes': accepted }, body: await method.run(call) }
}

function authenticate(method: Method, token: string, ports: ApiPorts): void {
  if (!token) throw new ApiError('not_authed')
  const kind = token === ports.botToken ? 'bot' : token === ports.appToken ? 'app' : undefined
  if (!kind) throw new ApiError('invalid_auth')
  if (method.token !== 'any' && method.token !== kind) throw new ApiError('not_allowed_token_type')
}

export function limited(seconds: number): Reply {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error: 'ratelimited' } }
}
