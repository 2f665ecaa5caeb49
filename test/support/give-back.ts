/** A toy whose things can be given back, and the hands that ask for it and sign it. */
import type { At, AutomaticStep, Finding } from '../../src/connector.ts'
import { latest } from '../../src/offboarding/give-back.ts'
import type { GiveBackEvent } from '../../src/offboarding/give-back-event.ts'
import { takenAway } from '../../src/offboarding/give-back-list.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { clicker, hr, it } from './story.ts'
import { type Bench, type Toy, toyStep, until } from './toy.ts'

/** Somebody of HR who has not signed for the offboarding, so that HR and IT can both sign what they ask for. */
export const asker = clicker('UHR2', ['hr'])

export interface Attic {
  /** Everything that was given back, in order: `step/thing`. */
  back: string[]
  /** Called before anything is given back; throws to refuse. `after` throws once it is done. */
  before?: (step: string, thing: string, at: At) => void | Promise<void>
  after?: (step: string, thing: string) => void
}

/** Findings keep `before`, and `undo` puts back what it says. */
export function giveableStep(world: Toy, attic: Attic, id: string, more: Partial<AutomaticStep> = {}): AutomaticStep {
  const plain = toyStep(world, id)
  return {
    ...plain,
    find: async (at) =>
      (await plain.find(at)).map((one): Finding => ({ ...one, before: { role: `keeper of ${one.id}` } })),
    async undo(at, finding) {
      await attic.before?.(id, finding.id, at)
      attic.back.push(`${id}/${finding.id} as ${(finding.before as { role: string }).role}`)
      world.held[id] = [...(world.held[id] ?? []), finding.id]
      attic.after?.(id, finding.id)
    },
    ...more,
  }
}

/** Everything that can be given back. */
export function everythingIn(one: Offboarding): { stepKey: string; findings: string[] }[] {
  return takenAway(one).can.map(({ run, findings }) => ({ stepKey: run.key, findings: findings.map(({ id }) => id) }))
}

/** Asks for everything; HR and IT sign unless told otherwise. */
export async function giveBack(
  made: Bench,
  id: string,
  { sign = true, items }: { sign?: boolean; items?: { stepKey: string; findings: string[] }[] } = {},
): Promise<void> {
  const { ledger } = made.engine
  const at = () => made.clock.now().toISOString()
  const one = await until(made, id, ({ state }) => state === 'done' || state === 'needs-attention')
  const wanted = items ?? everythingIn(one)
  const reason = 'Jo stays.'
  const asked = await ledger.record(id, { type: 'give-back-asked', at: at(), by: asker, items: wanted, reason })
  const digest = latest(asked)?.digest ?? ''
  if (!sign) return
  await ledger.record(id, { type: 'give-back-signed', at: at(), by: hr, role: 'hr', digest })
  await ledger.record(id, { type: 'give-back-signed', at: at(), by: it, role: 'it', digest })
}

export const backEnded = (one: Offboarding) => ['done', 'needs-attention'].includes(latest(one)?.state ?? '')

export function backEvents(made: Bench, id: string): GiveBackEvent[] {
  const events = made.store.kept.get(id) ?? []
  return events.filter((event): event is GiveBackEvent => event.type.startsWith('give-back-'))
}
