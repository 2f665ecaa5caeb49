/** What Graph's refusals mean to us. */
import { GraphClientError, GraphError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { Rejected } from '../../src/connector.ts'

/** What Graph's parts say when the thing is not there; any other 404 is an error. */
const goneCodes = [
  'Request_ResourceNotFound',
  'ResourceNotFound',
  'resourceNotFound',
  'itemNotFound',
  'ErrorItemNotFound',
]

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Rejected && codes.includes(error.code ?? '')
}

export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && error.status === 404 && hasCode(error, ...goneCodes)) return undefined
    throw error
  }
}

export function refusal(what: string, status: number, code: string, message: string): Rejected {
  const hint =
    code === 'Authorization_RequestDenied'
      ? ' The app lacks a right (doctor names it), or the account is an administrator: then the app needs the role Privileged Authentication Administrator, or IT does it by hand.'
      : ''
  return new Rejected(`Microsoft Graph refused ${what}: ${status} ${code}: ${message}${hint}`, { status, code })
}

/** Where the body is none of Graph's, the client puts its own trouble with it in the place of a code. */
const Said = z.object({
  code: z.string().regex(/^(?!\w*(?:Syntax|Type|Range)Error$)[\w.]+$/),
  message: z.string().regex(/^(?!.*\[object )/s),
})
const unsaid = { code: '', message: 'without a reason that could be read' }

/** Graph's client wraps errors; this gives the gate's own back, and makes a Rejected of what Graph itself refused. */
export function ours(error: unknown, what: string): unknown {
  if (error instanceof GraphClientError) return error.customError ?? error
  if (!(error instanceof GraphError)) return error
  if (error.statusCode < 400) return new Rejected(`Microsoft Graph's answer to ${what} could not be read`)
  const { code, message } = Said.safeParse(error).data ?? unsaid
  return refusal(what, error.statusCode, code, message)
}

/** Hands an error through Graph's client, which leaves only its own class alone. */
export function carried(error: unknown): GraphClientError {
  const carrier = new GraphClientError('carries the true error')
  carrier.customError = error
  return carrier
}
