/**
 * Who the leaver is, by everything that is known of them. Addresses are compared whole and without case, nothing else is
 * folded: dots and plus signs tell two people apart in some mail systems, so only a directory's word makes an alias.
 */
import type { Offboarding } from './offboarding.ts'

type About = Pick<Offboarding, 'leaver'> & Partial<Pick<Offboarding, 'plan'>>

/** Lower case, the primary one first: what was asked for, and what the directories list for the leaver's own accounts. */
export function addressesOf({ leaver, plan }: About): readonly string[] {
  const listed = plan?.steps.flatMap((step) => step.account.known?.emails ?? []) ?? []
  return [...new Set([...leaver.emails, ...listed].map((one) => one.toLowerCase()))]
}

export function isLeaver(person: { id: string; email?: string | undefined }, about: About): boolean {
  const { id, slackId } = about.leaver
  if (person.id === id || person.id === slackId) return true
  return person.email !== undefined && addressesOf(about).includes(person.email.toLowerCase())
}

type Somebody = { id: string; email?: string | undefined }

/** The same account, or another one with the same address. */
export function isSame(a: Somebody, b: Somebody): boolean {
  return a.id === b.id || (a.email !== undefined && a.email.toLowerCase() === b.email?.toLowerCase())
}
