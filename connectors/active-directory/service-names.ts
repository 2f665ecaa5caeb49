/**
 * A service that runs as the leaver stops with the account. Whether one does, and what it should run as, only a person
 * can tell, so nothing here is done by Latchkey: each name is a task, and done when it is gone from the directory.
 */
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import type { Directory } from './directory.ts'
import { goneFact, userOf } from './user.ts'

export const serviceNames: AutomaticStep<Directory> = {
  id: 'service-names',
  title: 'Find out which services run as the leaver',
  area: 'infrastructure',
  phase: 'remove',
  async find(at) {
    const user = await userOf(at)
    if (!user) return [{ id: 'service-names', label: at.account.label, state: 'unknown', fact: goneFact }]
    const runs = user.serviceNames.map((name) => ({
      id: `servicePrincipalName/${name}`,
      label: `Service ${name}`,
      state: 'blocked' as const,
      fact: `a service may run as the leaver, and stops with the account: IT gives it an account of its own, then removes the name (setspn -D ${name} ${user.login})`,
    }))
    const acts = user.delegatesTo.map((name) => ({
      id: `msDS-AllowedToDelegateTo/${name}`,
      label: `Delegation to ${name}`,
      state: 'blocked' as const,
      fact: `the account may act for others at ${name}: IT finds out what uses that, then takes it away`,
    }))
    return [...runs, ...acts]
  },
  async apply(_at, finding) {
    throw new Rejected(`${finding.label} is taken away by a person: ${finding.fact}`, { code: 'byHand' })
  },
}
