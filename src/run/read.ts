/**
 * What a connector made of a system's answers, looked at before anything rests on it: well-formed, of bounded size, and
 * on one line each. What is not is an error, which leaves the step unknown; it is never cut down to fewer findings.
 */
import { z } from 'zod'
import { type At, type AutomaticStep, misread, Rejected } from '../connector.ts'
import { Account, Finding } from '../offboarding/offboarding.ts'
import { oneLine } from './gate-context.ts'

/** More than anybody holds; each is kept, shown and signed. */
const mostFindings = 5000
const mostAccounts = 100
const Findings = z.array(Finding)
const Accounts = z.array(Account)
const longest = { id: 2000, label: 300, fact: 600, before: 100_000 }

export async function findingsOf(step: AutomaticStep, at: At): Promise<Finding[]> {
  const found = await step.find(at)
  if (found.length > mostFindings)
    throw new Rejected(
      `There are ${found.length} of them, and Latchkey takes ${mostFindings} at most: IT does this by hand.`,
    )
  const findings = wellFormed(Findings, found).map(bounded)
  const ids = new Set(findings.map((one) => one.id))
  if (ids.size < findings.length) throw new Rejected('The system named two things by one and the same id.')
  return findings
}

export function accountsIn(found: unknown): Account[] {
  const accounts = wellFormed(Accounts, found)
  if (accounts.length > mostAccounts)
    throw new Rejected(`The system has ${accounts.length} accounts that could be this person's: IT looks.`)
  for (const { id, realm } of accounts) requireShort(id, realm)
  return accounts.map((one) => ({ ...one, label: oneLine(one.label, longest.label) }))
}

function wellFormed<T>(shape: z.ZodType<T>, found: unknown): T {
  const read = shape.safeParse(found)
  if (read.success) return read.data
  throw new Rejected(`The system's answer could not be understood: ${misread(read.error)}.`)
}

function bounded(finding: Finding): Finding {
  requireShort(finding.id)
  if (finding.before !== undefined && JSON.stringify(finding.before).length > longest.before)
    throw new Rejected(
      `${oneLine(finding.label, 80)} is too large to be kept, so it could not be given back: IT does it by hand.`,
    )
  return { ...finding, label: oneLine(finding.label, longest.label), fact: oneLine(finding.fact, longest.fact) }
}

function requireShort(...ids: readonly string[]): void {
  if (ids.some((id) => id.length > longest.id))
    throw new Rejected('The system named something by an id that is far too long.')
}
