/** Second factors and passkeys, each removed through the path of its own kind. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { path } from './odata.ts'
import { userOf } from './person.ts'

const Method = z.object({
  '@odata.type': z.string().min(1),
  id: z.string().min(1),
  displayName: z.string().nullish(),
  model: z.string().nullish(),
  phoneType: z.string().nullish(),
  phoneNumber: z.string().nullish(),
  createdDateTime: z.string().nullish(),
})
type Method = z.infer<typeof Method>

const kinds: Record<string, { folder: string; title: string }> = {
  phone: { folder: 'phoneMethods', title: 'Phone' },
  microsoftAuthenticator: { folder: 'microsoftAuthenticatorMethods', title: 'Microsoft Authenticator' },
  fido2: { folder: 'fido2Methods', title: 'Passkey' },
  softwareOath: { folder: 'softwareOathMethods', title: 'Authenticator app (codes)' },
  windowsHelloForBusiness: { folder: 'windowsHelloForBusinessMethods', title: 'Windows Hello' },
  platformCredential: { folder: 'platformCredentialMethods', title: 'Platform credential' },
  email: { folder: 'emailMethods', title: 'E-mail for password reset' },
  temporaryAccessPass: { folder: 'temporaryAccessPassMethods', title: 'Temporary access pass' },
  externalAuthenticationMethod: { folder: 'externalAuthenticationMethods', title: 'External method' },
}

export const authenticationMethods: AutomaticStep<Graph> = {
  id: 'authentication-methods',
  title: 'Remove second factors and passkeys',
  area: 'directory',
  phase: 'contain',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    if (!(await userOf(at))) return []
    const methods = await at.client.list(path`/users/${at.account.id}/authentication/methods`, Method)
    // The password is a method too, one that cannot be removed; changing it is a step of its own.
    return methods.filter((method) => kindOf(method) !== 'password').map(findingOf)
  },
  async apply(at, finding) {
    await remover(at.client)(at.account.id, finding.id)
  },
}

function kindOf(method: Method): string {
  const name = method['@odata.type'].replace('#microsoft.graph.', '')
  return name === 'externalAuthenticationMethod' ? name : name.replace(/AuthenticationMethod$/, '')
}

function findingOf(method: Method): Finding {
  const kind = kinds[kindOf(method)]
  const detail = method.displayName ?? method.model ?? phoneOf(method)
  const label = [kind?.title ?? kindOf(method), detail].filter(Boolean).join(' ')
  const fact = method.createdDateTime ? `registered ${method.createdDateTime.slice(0, 10)}` : 'registered'
  if (kind) return { id: `${kind.folder}/${method.id}`, label, state: 'open', fact }
  return {
    id: `${kindOf(method)}/${method.id}`,
    label,
    state: 'blocked',
    fact: 'Graph has no way to remove this kind: IT removes it in the Entra admin center, Users, Authentication methods',
  }
}

function phoneOf({ phoneType, phoneNumber }: Method): string {
  return phoneNumber ? `${phoneType ?? ''} …${phoneNumber.slice(-2)}`.trim() : ''
}

type Remove = (userId: string, place: string) => Promise<void>
const removers = new WeakMap<Graph, Remove>()

function remover(graph: Graph): Remove {
  const known = removers.get(graph) ?? newRemover(graph)
  removers.set(graph, known)
  return known
}

/**
 * Graph refuses (400) the default method while there are others, and a mobile number while there is an alternate one,
 * and does not say beforehand which method is the default. So what was refused is tried once more when the others are
 * gone, the default one last.
 */
function newRemover(graph: Graph): Remove {
  const firstTries = new Map<string, Set<Promise<void>>>()
  const others = new Map<string, Set<Promise<void>>>()

  async function twice(userId: string, address: string, first: Promise<void>, leave: () => void): Promise<void> {
    try {
      return await first
    } catch (error) {
      if (!(error instanceof Rejected) || error.status !== 400) throw error
      const isDefault = /default/i.test(error.message)
      if (isDefault) leave()
      await Promise.allSettled(firstTries.get(userId) ?? [])
      if (isDefault) await Promise.allSettled(others.get(userId) ?? [])
    }
    await lastTry(graph, address)
  }

  return async (userId, place) => {
    const [folder = '', id = ''] = place.split('/')
    const address = path`/users/${userId}/authentication/${folder}/${id}`
    const first = graph.remove(address)
    const leaveFirst = enter(firstTries, userId, first)
    let leave = () => {}
    const whole = twice(userId, address, first, () => leave())
    leave = enter(others, userId, whole)
    try {
      await whole
    } finally {
      leave()
      leaveFirst()
    }
  }
}

/** An alternate number that is the default cannot go, nor the mobile number beside it: only people can undo that knot. */
async function lastTry(graph: Graph, address: string): Promise<void> {
  try {
    await graph.remove(address)
  } catch (error) {
    if (!(error instanceof Rejected) || error.status !== 400) throw error
    const { status, code } = error
    const instead =
      'IT chooses "Require re-register multifactor authentication" for the user in the Entra admin center.'
    throw new Rejected(`${error.message} ${instead}`, code === undefined ? { status } : { status, code })
  }
}

function enter(sets: Map<string, Set<Promise<void>>>, key: string, promise: Promise<void>): () => void {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set.add(promise))
  return () => {
    set.delete(promise)
    if (set.size === 0) sets.delete(key)
  }
}
