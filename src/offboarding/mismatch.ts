/**
 * Where systems disagree about who somebody is: a name, a manager, a last day, an address. Nothing is refused for it, since
 * people marry and records are late; but whoever signs sees it, for it may be somebody else's account.
 */
import { dayIn } from './day.ts'
import type { Account, KnownOfPerson, Offboarding } from './offboarding.ts'

interface Told {
  system: string
  account: Account
  known: KnownOfPerson
}

/** Sentences for people, each with both sides in it; empty where all agree, or nothing is known. */
export function mismatches(one: Offboarding): string[] {
  const told = toldBy(one)
  return [...names(one, told), ...managers(told), ...endDates(one, told), ...addresses(one, told)]
}

/** Each account once, though many steps are about it. */
function toldBy({ plan }: Offboarding): Told[] {
  const found = new Map<string, Told>()
  for (const { connector, connectorTitle: system, account } of plan?.steps ?? [])
    if (account.known)
      found.set(`${connector} ${account.realm} ${account.id}`, { system, account, known: account.known })
  return [...found.values()]
}

function names({ leaver }: Offboarding, told: readonly Told[]): string[] {
  return told.flatMap(({ system, account, known }) =>
    known.name && !isSameName(known.name, leaver.name)
      ? [
          `${system} calls ${account.label} "${known.name}", not ${leaver.name}: IT makes sure that it is the same person.`,
        ]
      : [],
  )
}

/** Order, case, accents, middle names, initials and short forms (Jo, Joanna) do not make another person. */
export function isSameName(one: string, other: string): boolean {
  const [few, many] = [partsOf(one), partsOf(other)].sort((a, b) => a.length - b.length) as [string[], string[]]
  if (few.length === 0) return true
  if (few.length === 1) return many.join('').includes(few[0] ?? '') || few[0] === many.toReversed().join('')
  return few.every((part) => many.some((whole) => whole.startsWith(part) || part.startsWith(whole)))
}

function partsOf(name: string): string[] {
  const plain = name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
  return plain.split(/[^\p{Letter}]+/u).filter(Boolean)
}

function managers(told: readonly Told[]): string[] {
  const by = Map.groupBy(
    told.filter(({ known }) => known.managerEmail),
    ({ known }) => known.managerEmail?.toLowerCase() ?? '',
  )
  if (by.size < 2) return []
  const said = [...by].map(([email, those]) => `${systemsOf(those)}: ${email}`)
  return [`The systems name different managers (${said.join('; ')}).`]
}

function systemsOf(told: readonly Told[]): string {
  return [...new Set(told.map(({ system }) => system))].join(', ')
}

/** A last day that is not the day on which access ends is worth a look, whichever is right. */
function endDates(one: Offboarding, told: readonly Told[]): string[] {
  const ends = Map.groupBy(
    told.filter(({ known }) => known.endDate),
    ({ known }) => known.endDate?.slice(0, 10) ?? '',
  )
  const day = dayOf(one)
  const other = [...ends].filter(([end]) => end !== day)
  if (other.length === 0) return []
  const said = other.map(([end, those]) => `${systemsOf(those)}: ${end}`)
  return [`Access ends on ${day}, but the last day is another one in ${said.join('; ')}. HR says which is right.`]
}

/** Where the leaver is; one that starts with the second signature is taken for today's, as of the plan. */
function dayOf({ effectiveAt, plan, requestedAt, leaver }: Offboarding): string {
  return dayIn(new Date(effectiveAt ?? plan?.at ?? requestedAt), leaver.zone)
}

/** An alias may have belonged to somebody else before. */
function addresses({ leaver }: Offboarding, told: readonly Told[]): string[] {
  const [primary = '', ...aliases] = leaver.emails.map((email) => email.toLowerCase())
  return told.flatMap(({ system, account, known }) => {
    const emails = [account.label, ...(known.emails ?? [])].map((email) => email.toLowerCase())
    const alias = aliases.find((email) => emails.includes(email))
    if (emails.includes(primary) || !alias) return []
    return [
      `${system} knows ${account.label} by ${alias} alone, not by ${primary}: IT makes sure that it is the same person.`,
    ]
  })
}
