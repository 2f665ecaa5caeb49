import type { Offboarding } from './offboarding.ts'

/** The state in words that fit after "it is". */
export function spoken(one: Offboarding): string {
  const words: Record<Offboarding['state'], string> = {
    'awaiting-sign-off': 'waiting for sign-off',
    scheduled: 'signed and scheduled',
    running: 'running',
    'needs-attention': 'running and needs attention',
    done: 'done',
    closed: 'closed',
    declined: `declined${one.declined ? ` by ${one.declined.by.name}` : ''}`,
    withdrawn: 'withdrawn',
    expired: 'expired: it was not signed in time',
    refused: `refused: ${one.refusedWhy ?? 'it concerns a protected account'}`,
  }
  return words[one.state]
}
