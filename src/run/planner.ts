/** Reads every system and says what an offboarding would do. Changes nothing anywhere. */

import type { Clock } from '../clock.ts'
import {
  type Account,
  type At,
  type AutomaticStep,
  type Finding,
  isManual,
  type Leaver,
  type Step,
} from '../connector.ts'
import type { Ambiguity, KnownOfPerson, Offboarding, Plan, PlanStep, Unreadable } from '../offboarding/offboarding.ts'
import { digestOf, unreadableFinding } from '../offboarding/plan.ts'
import { makeAt, SharedReads } from './at.ts'
import { explain, inCall } from './gate.ts'
import { findingsOf } from './read.ts'
import { locate, renamed, type System } from './system.ts'

export type Asked = Pick<Offboarding, 'leaver' | 'choices' | 'effectiveAt' | 'chosenAccounts'> & { id?: string }

export interface Planner {
  plan(asked: Asked, signal: AbortSignal): Promise<Plan>
  /** What the directories say of a person, first answer first; systems that cannot be read are left out. */
  knownOf(person: Leaver, signal: AbortSignal): Promise<readonly KnownOfPerson[]>
  /** Why the settings, or the system itself, forbid touching this account of the leaver's; undefined where nothing does. */
  whyProtected(account: Account, leaver: Leaver): string | undefined
}

interface Part {
  steps: PlanStep[]
  ambiguous: Ambiguity[]
  unreadable: Unreadable[]
  protected: (Account & { connector: string })[]
}

const nothing = (): Part => ({ steps: [], ambiguous: [], unreadable: [], protected: [] })

export function createPlanner(options: {
  systems: readonly System[]
  protectedPeople: readonly string[]
  clock: Clock
}): Planner {
  const { systems, clock } = options
  const protectedPeople = new Set(options.protectedPeople.map((one) => one.toLowerCase()))
  const whyProtected = (account: Account, leaver: Leaver) =>
    account.protected ?? protectedReason(account, leaver, protectedPeople)
  return {
    whyProtected,
    async plan(asked, signal) {
      const wanted = systems.filter((system) => asked.choices.systems?.includes(system.use) ?? true)
      const parts = await Promise.all(wanted.map((system) => planSystem(system, asked, signal, clock, whyProtected)))
      const whole = {
        steps: parts.flatMap((part) => part.steps),
        ambiguous: parts.flatMap((part) => part.ambiguous),
        unreadable: parts.flatMap((part) => part.unreadable),
        protected: parts.flatMap((part) => part.protected),
      }
      return { at: clock.now().toISOString(), ...whole, digest: digestOf({ ...whole, choices: asked.choices }) }
    },
    async knownOf(person, signal) {
      const read = async (system: System) => {
        const context = { phase: 'contain' as const, signal, failures: [] }
        const accounts = await inCall(context, () => locate(system, person))
        return accounts.length === 1 && accounts[0]?.known ? [accounts[0].known] : []
      }
      const answers = await Promise.allSettled(systems.map(read))
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    },
  }
}

async function planSystem(
  system: System,
  asked: Asked,
  signal: AbortSignal,
  clock: Clock,
  whyProtected: Planner['whyProtected'],
): Promise<Part> {
  const context = { ...(asked.id ? { offboarding: asked.id } : {}), phase: 'contain' as const, signal, failures: [] }
  try {
    return await inCall(context, async () => {
      const receiver = asked.choices.handOverTo
      const [accounts, receivers] = await Promise.all([
        locate(system, asked.leaver),
        receiver ? locate(system, receiver) : [],
      ])
      return await planAccounts(system, asked, accounts, receivers, signal, clock, whyProtected)
    })
  } catch (error) {
    signal.throwIfAborted()
    const fact = explain(error, context).fact
    return { ...nothing(), unreadable: [{ connector: system.use, connectorTitle: system.connector.title, fact }] }
  }
}

async function planAccounts(
  system: System,
  asked: Asked,
  accounts: readonly Account[],
  receivers: readonly Account[],
  signal: AbortSignal,
  clock: Clock,
  whyProtected: Planner['whyProtected'],
): Promise<Part> {
  const part = nothing()
  for (const [realm, candidates] of Map.groupBy(accounts, (account) => account.realm)) {
    const account = chosen(candidates, asked.chosenAccounts[`${system.use}@${realm}`])
    if (account === 'ambiguous') part.ambiguous.push({ connector: system.use, realm, candidates })
    if (typeof account !== 'object') continue
    const why = whyProtected(account, asked.leaver)
    if (why) {
      part.protected.push({ ...account, protected: why, connector: system.use })
      continue
    }
    const handOverTo = onlyOne(receivers.filter((one) => one.realm === realm && one.id !== account.id))
    const base = { offboarding: asked, account, client: await system.client(), handOverTo, now: clock.now(), signal }
    const escrow = system.escrow?.(asked.id, realm)
    const at = makeAt({ ...base, escrow, run: () => undefined, reads: new SharedReads() })
    const steps = await Promise.all(system.connector.steps.map((step) => planStep(system, step, at, asked.id)))
    part.steps.push(...steps.filter((step) => step !== undefined))
  }
  return part
}

/** `none` is IT's word that none of the candidates is the leaver. */
function chosen(candidates: readonly Account[], choice: string | undefined): Account | 'ambiguous' | 'none' {
  if (choice === 'none') return 'none'
  if (choice) return candidates.find((account) => account.id === choice) ?? 'ambiguous'
  return onlyOne(candidates) ?? 'ambiguous'
}

function onlyOne(accounts: readonly Account[]): Account | undefined {
  return accounts.length === 1 ? accounts[0] : undefined
}

function protectedReason(account: Account, leaver: Leaver, protectedPeople: ReadonlySet<string>): string | undefined {
  const own = [leaver.id, leaver.slackId ?? '', ...leaver.emails]
  const names = [account.label, ...(account.known?.emails ?? []), ...own].map((name) => name.toLowerCase())
  return names.some((name) => protectedPeople.has(name)) ? 'listed as protected in the settings' : undefined
}

async function planStep(system: System, step: Step, at: At, offboarding?: string): Promise<PlanStep | undefined> {
  const needs = renamed(system, step.needs)
  const after = renamed(system, step.after)
  const head = {
    key: `${system.use}/${step.id}@${at.account.realm}`,
    connector: system.use,
    connectorTitle: system.connector.title,
    step: step.id,
    realm: at.account.realm,
    account: at.account,
    title: step.title,
    area: step.area,
    phase: step.phase,
    ...(needs ? { needs } : {}),
    ...(after ? { after } : {}),
  }
  if (isManual(step)) {
    if (step.applies && !(await step.applies(at))) return undefined
    const ask = typeof step.ask === 'string' ? step.ask : await step.ask(at)
    return { ...head, task: { ask, owner: step.owner, dueInMs: step.dueIn }, findings: [] }
  }
  const superseding = renamed(system, step.supersededBy ? [step.supersededBy] : undefined)?.[0]
  return {
    ...head,
    ...(superseding ? { supersededBy: superseding } : {}),
    ...(step.irreversible ? { irreversible: true as const } : {}),
    ...(step.proof ? { proof: step.proof } : {}),
    ...(step.repeat ? { repeat: step.repeat } : {}),
    ...(step.undo ? { undo: true as const } : {}),
    findings: await found(step, at, offboarding),
  }
}

/** A step that cannot be read is unknown, never empty. */
async function found(step: AutomaticStep, at: At, offboarding?: string): Promise<Finding[]> {
  const context = {
    ...(offboarding ? { offboarding } : {}),
    phase: 'contain' as const,
    step: step.id,
    signal: at.signal,
    failures: [],
  }
  try {
    return await inCall(context, () => findingsOf(step, at))
  } catch (error) {
    at.signal.throwIfAborted()
    return [{ id: unreadableFinding, label: step.title, state: 'unknown', fact: explain(error, context).fact }]
  }
}
