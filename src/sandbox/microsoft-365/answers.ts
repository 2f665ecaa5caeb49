/** Graph's answers, with its own error bodies. */
import { randomUUID } from 'node:crypto'
import type { Answer } from '../server.ts'

export const noContent: Answer = { status: 204 }

export function ok(body: unknown, status = 200): Answer {
  return { status, body, headers: { 'content-type': 'application/json;odata.metadata=minimal;charset=utf-8' } }
}

export function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  const requestId = randomUUID()
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': requestId,
  }
  return {
    status,
    body: { error: { code, message, innerError } },
    headers: { 'content-type': 'application/json', 'request-id': requestId, ...headers },
  }
}

export function notFound(id: string): Answer {
  return failure(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

export function badRequest(message: string): Answer {
  return failure(400, 'Request_BadRequest', message)
}

export const denied = (): Answer =>
  failure(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

export const synced = (): Answer =>
  badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  )

export const noP2 = (): Answer =>
  failure(
    400,
    'AadPremiumLicenseRequired',
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  )
