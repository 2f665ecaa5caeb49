/** What people say in an offboarding, as events; their clicks in Slack are not what is measured. */
import type { EventOf } from '../../src/offboarding/event.ts'
import type { Choices, Clicker, Leaver, Policy, Role } from '../../src/offboarding/offboarding.ts'

const hour = 3600_000

export const policy: Policy = {
  signOffWithin: 72 * hour,
  remindEvery: 4 * hour,
  startsPerHour: 10_000,
  containWithin: 4 * hour,
  irreversibleAfter: 0,
  waitingFor: 24 * hour,
}

export function now(): string {
  return new Date().toISOString()
}

export function askedBy(
  id: string,
  leaver: Leaver,
  channel: string,
  choices: Partial<Choices> = {},
): EventOf<'requested'> {
  return {
    type: 'requested',
    at: now(),
    by: { id, name: 'Boss' },
    leaver,
    choices: { kind: 'resignation', devices: 'lock', ...choices },
    policy,
    channel,
    requestKey: leaver.id,
  }
}

export function signedBy(role: Role, id: string, digest: string): EventOf<'signed'> {
  return { type: 'signed', at: now(), by: clicker(role, id), role, digest }
}

export function clicker(role: Role, id: string): Clicker {
  const facts = { guest: false, external: false, deactivated: false, bot: false }
  return { id, name: role, holds: [role], ...facts, readAt: now() }
}
