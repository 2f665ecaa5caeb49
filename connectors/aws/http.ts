/** The SDK's way out, laid over the gate. */
import { type Gate, InDoubt, type Outgoing, Rejected } from '../../src/connector.ts'
import { operationOf, reads } from './answers.ts'

/** What the SDK hands over: signed, and with the headers that the signature covers. */
interface Signed {
  method: string
  protocol: string
  hostname: string
  path: string
  headers: Record<string, string>
  body?: unknown
}

/** `fetch` writes these itself, with the very values that were signed. */
const writtenByFetch = new Set(['host', 'content-length'])

export function overGate(gate: Gate) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: Signed, options: { abortSignal?: AbortSignal } = {}) {
      const url = new URL(`${request.protocol}//${request.hostname}${request.path}`)
      const body = request.body instanceof Uint8Array ? decoder.decode(request.body) : String(request.body ?? '')
      const headers = Object.entries(request.headers).filter(([name]) => !writtenByFetch.has(name.toLowerCase()))
      const signal = options.abortSignal
      const answer = await gate.fetch(url, { method: request.method, headers, body, ...(signal ? { signal } : {}) })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const target = request.headers['x-amz-target']
      const asked = { method: request.method, url, body, ...(target ? { target } : {}) }
      if (answer.ok) confirmOrigin(asked, bytes)
      const answered = { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: bytes }
      return { response: answered }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

const decoder = new TextDecoder()

const lists =
  'Users|UserDetailList|AccessKeyMetadata|Certificates|SSHPublicKeys|ServiceSpecificCredentials|MFADevices|VirtualMFADevices|Groups|AttachedPolicies|PolicyNames'
/** Anything but members where a list is; the SDK reads it as an empty one. */
const noList = new RegExp(`<(${lists})>\\s*(?!<member|</\\1>)\\S`)
/** Entities of its own, or an element right within one of the same name. */
const neverFromAws = /<!(?:DOCTYPE|ENTITY)|<(\w+)>\s*<\1>/i

/**
 * The SDK reads an answer that is not AWS's (a proxy's page with 200) as one without any content, and "without any
 * users" would then look like "gone".
 */
function confirmOrigin(request: Outgoing, bytes: Uint8Array): void {
  const action = operationOf(request)
  const text = new TextDecoder().decode(bytes)
  if (request.target ? isObject(text) : isAnswerTo(action, text)) return
  const message = `The answer to ${action} did not come from AWS, something on the way to ${request.url.hostname} wrote it. IT looks at the proxy.`
  throw reads(request) ? new Rejected(message) : new InDoubt(message)
}

function isAnswerTo(action: string, text: string): boolean {
  return text.includes(`<${action}Response`) && !neverFromAws.test(text) && !noList.test(text)
}

/** The JSON protocol answers with an object, `{}` where there is nothing to say. */
function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
