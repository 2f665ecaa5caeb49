/**
 * Microsoft's own sign-in library, with its HTTP calls sent through the gate. It is loaded with the first token: it
 * takes as long as everything else of a start together.
 */
import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity'
import { type Gate, Rejected } from '../../src/connector.ts'
import type { Settings } from './settings.ts'

type HttpClient = NonNullable<ClientSecretCredentialOptions['httpClient']>
type HttpRequest = Parameters<HttpClient['sendRequest']>[0]
type HttpResponse = Awaited<ReturnType<HttpClient['sendRequest']>>

/** Gives an access token for `resource` (an address without a path), from the library's memory while it lasts. */
export function signIn(settings: Settings, gate: Gate, resource: string): () => Promise<string> {
  let failure: unknown
  let underWay: Promise<string> | undefined
  let credential: Promise<TokenCredential> | undefined
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      try {
        return await overGate(gate, request)
      } catch (error) {
        failure = error
        throw error
      }
    },
  }

  async function token(): Promise<string> {
    failure = undefined
    try {
      credential ??= credentialOf(settings, httpClient)
      const answer = await (await credential).getToken(`${resource}/.default`)
      if (!answer) throw new Error('no token was given')
      return answer.token
    } catch (error) {
      // The library wraps what the gate throws, and with it whether to try again; so the gate's own error goes on.
      if (failure !== undefined) throw failure
      const stumbled = error instanceof TypeError || error instanceof RangeError
      const why = stumbled ? 'its answer could not be understood' : (error as Error).message
      throw new Rejected(`Microsoft's sign-in for tenant ${settings.tenant} failed: ${why}`)
    }
  }

  // One at a time, so that `failure` belongs to the caller who sees it.
  return () => {
    underWay ??= token().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

async function credentialOf(settings: Settings, httpClient: HttpClient): Promise<TokenCredential> {
  const { ClientCertificateCredential, ClientSecretCredential } = await import('@azure/identity')
  const { tenant, clientId } = settings
  const options = {
    authorityHost: settings.authority,
    disableInstanceDiscovery: true,
    httpClient,
    retryOptions: { maxRetries: 0 },
  }
  if (settings.certificate) {
    return new ClientCertificateCredential(tenant, clientId, { certificate: settings.certificate.reveal() }, options)
  }
  return new ClientSecretCredential(tenant, clientId, settings.clientSecret?.reveal() ?? '', options)
}

async function overGate(gate: Gate, request: HttpRequest): Promise<HttpResponse> {
  const response = await gate.fetch(request.url, {
    method: request.method,
    headers: request.headers.toJSON(),
    ...(typeof request.body === 'string' ? { body: request.body } : {}),
  })
  return { request, status: response.status, headers: headersOf(response), bodyAsText: await response.text() }
}

/** The library's view of headers, over the platform's. */
function headersOf({ headers }: Response): HttpResponse['headers'] {
  return {
    get: (name) => headers.get(name) ?? undefined,
    has: (name) => headers.has(name),
    set: (name, value) => headers.set(name, String(value)),
    delete: (name) => headers.delete(name),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers.entries(),
  }
}
