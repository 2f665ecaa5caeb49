/** What every step about a person does first: ask who they are now, since logins change and are taken by others. */
import { type AutomaticStep, type Finding, Rejected, unlessStatus } from '../../src/connector.ts'
import type { Client, Org } from './client.ts'
import { freshPerson, type GithubAt, membershipOf, outsideIn, personOf, type User } from './people.ts'

export type Step = AutomaticStep<Client>

export interface On {
  at: GithubAt
  org: Org
  user: User
}

type Head = Pick<Step, 'id' | 'title' | 'area' | 'phase' | 'needs' | 'after' | 'irreversible'>

export interface PersonStep extends Head {
  look(on: On): Promise<readonly Finding[]>
  act(on: On, finding: Finding): Promise<unknown>
  giveBack?(on: On, finding: Finding): Promise<unknown>
}

export function personStep({ look, act, giveBack, ...head }: PersonStep): Step {
  return {
    ...head,
    async find(at) {
      const user = await personOf(at)
      return user ? look({ at, org: at.client.org(at.account.realm), user }) : []
    },
    async apply(at, finding) {
      const user = await freshPerson(at)
      if (user) await act({ at, org: at.client.org(at.account.realm), user }, finding)
    },
    ...(giveBack && {
      async undo(at: GithubAt, finding: Finding) {
        const user = await freshPerson(at)
        if (!user) throw new Rejected(`${at.account.label} is no longer on GitHub.`)
        await giveBack({ at, org: at.client.org(at.account.realm), user }, finding)
      },
    }),
  }
}

/** "Already gone": GitHub says 404 of the thing itself once it is not there any more. */
export function unlessGone(answer: Promise<unknown>): Promise<unknown> {
  return unlessStatus([404], answer)
}

/** Active members only. */
export async function isMember(org: Org, user: User): Promise<boolean> {
  return (await membershipOf(org, user.login))?.state === 'active'
}

export async function isOutside(org: Org, user: User): Promise<boolean> {
  return (await outsideIn(org)).some((one) => one.id === user.id)
}

export function isoDay(instant: string | null | undefined): string {
  return instant?.slice(0, 10) ?? ''
}
