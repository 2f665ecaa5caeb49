/** What one seed is about: the systems, what the leaver holds in them, and how everything behaves. */
import type { Policy } from '../../src/offboarding/offboarding.ts'
import { type Chance, chanceFrom, pick } from './chance.ts'

/**
 * revoke   taking it away twice is taking it away once
 * create   every order makes one more (a transfer); the job number is the receipt, old jobs are there from before
 * wipe     every order counts, it is done some time later, and there is no way back
 * remove   there is no way back, once it is gone it is gone
 * signOut  nothing can be read back; repeating it is harmless
 * letter   nothing can be read back, and every order sends one more
 */
export type Kind = 'revoke' | 'create' | 'wipe' | 'remove' | 'signOut' | 'letter'

export interface SceneStep {
  /** `vendor/step` */
  id: string
  vendor: string
  step: string
  phase: 'contain' | 'preserve' | 'remove' | 'reclaim'
  kind: Kind
  things: readonly string[]
  /** How long the vendor takes from order to done, ms. */
  takesMs: number
  needs?: readonly string[]
}

export interface Odds {
  /** Turned away for now: nothing is done. */
  busy: number
  /** The connection breaks before it is done. */
  lostBefore: number
  /** It is done, and the answer is lost. */
  lostAfter: number
  /** It is done after the time-out. */
  late: number
  /** A vendor says no to a look, and has no reason that lasts. */
  refused?: number
}

export interface Scene {
  seed: number
  steps: readonly SceneStep[]
  vendors: readonly string[]
  /** By vendor: how many requests at once. */
  concurrent: number
  policy: Policy
  /** A task for a person, besides. */
  task: boolean
  /** The requester reads the channel of the card. */
  requesterSees: boolean
  /** Those who sign are asked in person too. */
  asks: boolean
  /** It goes on until it is put away, a day later. */
  closes: boolean
  segmentBytes: number
  odds: { vendor: Odds; slack: Odds }
}

export const never: Odds = { busy: 0, lostBefore: 0, lostAfter: 0, late: 0 }
const nowAndThen: Odds = { busy: 0.04, lostBefore: 0.02, lostAfter: 0.03, late: 0.01, refused: 0.02 }

const hours = (count: number) => count * 3600_000

/**
 * Mostly small: a crash in a run of three steps costs a third of one in a run of nine and says as much about what it
 * hits. Every 24th seed has everything at once.
 */
export function sceneOf(seed: number): Scene {
  const chance = chanceFrom(seed * 7919 + 17)
  const steps = seed % 24 === 6 ? [...crm(chance), ...mdm(chance), ...pay()] : few(chance)
  const calm = chance() < 0.5
  return {
    seed,
    steps,
    vendors: [...new Set(steps.map((step) => step.vendor))],
    concurrent: pick(chance, [1, 2, 4]),
    policy: {
      signOffWithin: hours(72),
      remindEvery: hours(4),
      startsPerHour: 20,
      containWithin: hours(4),
      irreversibleAfter: pick(chance, [0, 0, 20_000]),
      waitingFor: hours(24),
    },
    task: chance() < 0.3,
    requesterSees: chance() < 0.8,
    asks: chance() < 0.4,
    closes: chance() < 0.25,
    segmentBytes: pick(chance, [8_000, 20_000, 1_000_000]),
    odds: { vendor: calm ? never : nowAndThen, slack: calm ? never : { ...nowAndThen, refused: 0 } },
  }
}

/** One step, and nothing that goes wrong by itself. */
export function smallest(kind: Kind): Scene {
  const steps = [step('crm', 'transfer', 'contain', kind)]
  const odds = { vendor: never, slack: never }
  return { ...sceneOf(1), steps, vendors: ['crm'], task: false, requesterSees: true, closes: false, odds }
}

/** One that contains and one that cannot be taken back or repeated, and perhaps what comes between. */
function few(chance: Chance): SceneStep[] {
  const vendor = pick(chance, ['crm', 'crm', 'mdm', 'pay'])
  if (vendor === 'mdm') return mdm(chance)
  if (vendor === 'pay') return pay()
  const all = crm(chance)
  const [first, second] = [pick(chance, all), pick(chance, all)]
  const wanted = new Set([first.step, second.step, 'transfer'])
  return all.filter((one) => wanted.has(one.step))
}

function some(chance: Chance, name: string, most: number): string[] {
  return Array.from({ length: 1 + Math.floor(chance() * most) }, (_, index) => `${name}-${index + 1}`)
}

type Rest = Partial<Pick<SceneStep, 'takesMs' | 'needs' | 'things'>>

function step(vendor: string, name: string, phase: SceneStep['phase'], kind: Kind, rest: Rest = {}): SceneStep {
  return { id: `${vendor}/${name}`, vendor, step: name, phase, kind, things: [name], takesMs: 0, ...rest }
}

function crm(chance: Chance): SceneStep[] {
  const all = [
    step('crm', 'suspend', 'contain', 'revoke'),
    step('crm', 'sessions', 'contain', 'revoke', { things: some(chance, 'session', 2) }),
    step('crm', 'transfer', 'preserve', 'create', { takesMs: pick(chance, [0, 700, 4000]) }),
    step('crm', 'groups', 'remove', 'revoke', { things: some(chance, 'group', 3) }),
    step('crm', 'delete', 'reclaim', 'remove', { needs: ['crm/transfer'] }),
  ]
  return chance() < 0.5 ? all : all.filter((one) => one.step !== 'sessions')
}

function mdm(chance: Chance): SceneStep[] {
  return [
    step('mdm', 'lock', 'contain', 'revoke'),
    step('mdm', 'wipe', 'remove', 'wipe', { things: some(chance, 'laptop', 2), takesMs: pick(chance, [0, 3000]) }),
  ]
}

function pay(): SceneStep[] {
  return [step('pay', 'sign-out', 'contain', 'signOut'), step('pay', 'letter', 'remove', 'letter')]
}

export function keyOf(one: SceneStep): string {
  return `${one.id}@main`
}

/** Doing it twice is a harm of its own. */
export function isHarm(kind: Kind): boolean {
  return kind === 'create' || kind === 'wipe' || kind === 'letter'
}
