import { z } from 'zod'
import type { Health, Right } from '../../src/connector.ts'
import type { Zoom } from './client.ts'
import type { Settings } from './settings.ts'

interface Scope extends Right {
  /** The wider scope of apps that were made before scopes became granular. */
  classic: string
  needed: (settings: Settings) => boolean
}

const always = () => true
const read = { classic: 'user:read:admin', needed: always }
const write = { classic: 'user:write:admin', needed: always }
const ends = ({ end }: Settings) => end !== 'keep'

const scopes: readonly Scope[] = [
  { name: 'user:read:user:admin', for: 'finding the account and reading how it stands', ...read },
  { name: 'user:update:status:admin', for: 'deactivating the account, and activating it again', ...write },
  { name: 'user:update:user:admin', for: 'giving the licence back when undoing', ...write },
  { name: 'user:delete:token:admin', for: 'revoking the sign-in token', ...write },
  { name: 'user:read:list_assistants:admin', for: 'reading who schedules for the leaver', ...read },
  { name: 'user:delete:assistant:admin', for: 'taking that right away', ...write },
  { name: 'user:write:assistant:admin', for: 'giving that right back when undoing', ...write },
  { name: 'user:read:list_schedulers:admin', for: 'reading for whom the leaver schedules', ...read },
  { name: 'user:delete:scheduler:admin', for: 'taking that right away', ...write },
  {
    name: 'user:delete:user:admin',
    for: 'handing over and ending the account, with `end: disassociate` or `end: delete`; withdrawing an invitation',
    classic: 'user:write:admin',
    needed: ends,
  },
]

const asRight = ({ name, for: why }: Scope): Right => ({ name, for: why })

export const rights: readonly Right[] = scopes.map(asRight)

export function rightsFor(settings: Settings): Right[] {
  return scopes.filter((scope) => scope.needed(settings)).map(asRight)
}

const Self = z.object({ email: z.string(), account_id: z.string().optional() })

/** A token acts in the owner's name, so `me` is the owner. */
export async function check(zoom: Zoom): Promise<Health> {
  const granted = await zoom.scopes()
  const holds = (scope: Scope) => granted.includes(scope.name) || granted.includes(scope.classic)
  const missing = scopes
    .filter((scope) => scope.needed(zoom.settings) && !holds(scope))
    .map(
      ({ name }) =>
        `${name} is not granted: IT adds it to the Server-to-Server OAuth app (marketplace.zoom.us > Manage > the app > Scopes).`,
    )
  const readable = missing.every((one) => !one.startsWith('user:read:user:admin'))
  const self = readable ? await zoom.rest.ask('say whose token it is', '/users/me', Self) : undefined
  const warnings = beyond(granted)
  return {
    as: `the app ${zoom.settings.clientId}, in the name of ${self?.email ?? 'the owner'} (account ${zoom.settings.accountId})`,
    missing,
    ...(warnings.length > 0 && { warnings }),
  }
}

function beyond(granted: readonly string[]): string[] {
  const listed = new Set(scopes.flatMap(({ name, classic }) => [name, classic]))
  const more = granted.filter((name) => !listed.has(name))
  return more.length > 0 ? [`The app may do more than is needed: ${more.join(', ')}. IT takes these scopes away.`] : []
}
