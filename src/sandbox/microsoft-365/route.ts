/** One entry of the pretend Graph: a path, the application permissions that allow it, and what it does. */
import type { Answer, Asked } from '../server.ts'
import { denied } from './answers.ts'
import type { Tenant, User } from './tenant.ts'

export interface Call {
  asked: Asked
  /** The path's `{}` parts, decoded. */
  parts: readonly string[]
  /** As a reader sees it, perhaps a moment old. */
  tenant: Tenant
  /** As it is, for Graph's own guards. */
  truth: Tenant
  write<T>(change: (tenant: Tenant) => T): T
  pageSize: number
  /** The app's granted permissions. */
  rights: readonly string[]
  /** The app holds the role Privileged Authentication Administrator. */
  privileged: boolean
  /** The tenant has Entra ID P2, which PIM takes. */
  premium: boolean
  /** How long after leaving a group its licence is still there. */
  licenceLagMs: number
  /** The tenant has Intune. */
  intune: boolean
  /** How long a device takes to carry out what Intune tells it. */
  deviceMs: number
}

export interface Route {
  method: string
  /** `/users/{}/memberOf` */
  path: string
  /** Any one of these allows it (Graph permissions reference); empty: no permission is needed. */
  rights: readonly string[]
  /** How this part of Graph refuses. */
  refuse?: () => Answer
  handle(call: Call): Answer
}

export function match(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; parts: string[] } | undefined {
  const given = path.split('/')
  for (const route of routes) {
    const wanted = route.path.split('/')
    if (route.method !== method || wanted.length !== given.length) continue
    const fits = wanted.every((part, index) => part === '{}' || part.toLowerCase() === given[index]?.toLowerCase())
    if (fits) return { route, parts: given.filter((_, index) => wanted[index] === '{}').map(decodeURIComponent) }
  }
  return undefined
}

export function allowed(route: Route, rights: readonly string[]): Answer | undefined {
  if (route.rights.length === 0 || route.rights.some((right) => rights.includes(right))) return undefined
  return (route.refuse ?? denied)()
}

/** By object id or by user principal name, as Graph takes both. */
export function userIn(tenant: Tenant, idOrName: string): User | undefined {
  const wanted = idOrName.toLowerCase()
  return tenant.users.find((user) => user.id === wanted || user.userPrincipalName.toLowerCase() === wanted)
}

/** Whole seconds, as Graph writes times. */
export function stamp(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}

export const directoryRead = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const
