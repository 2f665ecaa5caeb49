/**
 * People around the process. They remember what they were told, do again what they were not told of, and look at the
 * system itself before they say that a letter has to be sent once more.
 */
import { Refusal } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import type { Ledger } from '../../src/offboarding/ledger.ts'
import type { Offboarding, StepRun } from '../../src/offboarding/offboarding.ts'
import { endedBadly } from '../../src/offboarding/order.ts'
import { hr, it, leaver, request } from '../support/story.ts'
import { keyOf } from './scene.ts'
import { channel } from './slack.ts'
import * as time from './time.ts'
import { stillOpen } from './vendors.ts'
import type { World } from './world.ts'

const thinkMs = 300
/** Nobody presses "Try again" in the very second in which an order that was lost may still arrive. */
const lookMs = 60_000

export function employPeople(world: World, ledger: Ledger): void {
  const busy = new Set<string>()

  /** Once at a time; a click that was refused because it had been taken is as good as taken. */
  function click(name: string, afterMs: number, event: () => Event | undefined): void {
    if (busy.has(name)) return
    busy.add(name)
    time.after(afterMs, () => {
      void clicked(name, event).finally(() => busy.delete(name))
    })
  }

  async function clicked(name: string, event: () => Event | undefined): Promise<void> {
    const said = event()
    const [id] = ledger.open().map((one) => one.id)
    if (world.dead || !said || !id) return
    try {
      await ledger.record(id, said)
      world.tell(toldOf(said))
    } catch (error) {
      if (error instanceof Refusal) return
      // A person reads that it was not kept, and tries again in a while.
      click(name, lookMs, event)
    }
  }

  function ask(): void {
    const now = new Date(time.now()).toISOString()
    const asked = request({ at: now, policy: world.scene.policy, channel, leaver })
    ledger.request(asked).then(
      () => world.tell('requested'),
      () => time.after(lookMs, ask),
    )
  }

  function look(one: Offboarding): void {
    const at = () => new Date(time.now()).toISOString()
    if (one.state === 'awaiting-sign-off' && one.plan && one.plan.unreadable.length === 0) sign(one, at)
    if (one.held) sign(one, at)
    for (const run of Object.values(one.steps)) {
      if (run.state === 'waiting' && run.plan.task) {
        const said = { type: 'attested' as const, by: it, step: run.key, note: 'paid' }
        click(`attest ${run.key}`, thinkMs, () => ({ ...said, at: at() }))
      }
      if (endedBadly(run)) click(`mend ${run.key}`, lookMs, () => mended(ledger.get(one.id)?.steps[run.key], at()))
    }
  }

  function sign(one: Offboarding, at: () => string): void {
    const digest = one.held?.digest ?? one.plan?.digest ?? ''
    const signOffs = one.held?.signOffs ?? one.signOffs
    for (const by of [hr, it]) {
      const role = by.holds[0] as 'hr' | 'it'
      const said = { type: 'signed' as const, by, role, digest }
      if (!signOffs[role]) click(`sign ${role} ${digest.slice(0, 6)}`, thinkMs, () => ({ ...said, at: at() }))
    }
  }

  function mended(run: StepRun | undefined, at: string): Event | undefined {
    const step = world.scene.steps.find((one) => keyOf(one) === run?.key)
    if (!run || !step || !endedBadly(run)) return undefined
    const said = { at, by: it, step: run.key }
    const isThere = step.kind === 'letter' && stillOpen(world.moving.vendors, step, time.now()).length === 0
    return isThere ? { type: 'attested', ...said, note: 'it has arrived' } : { type: 'retried', ...said }
  }

  ledger.onChange((one) => look(one))
  for (const one of ledger.open()) look(one)
  if (!world.moving.told.includes('requested')) time.after(thinkMs, ask)
}

/** As `told` in a world, and as found in a record again. */
export function toldOf(event: Event): string {
  const who = 'by' in event ? event.by.id : ''
  const what = 'step' in event ? event.step : ''
  return event.type === 'requested' ? event.type : `${event.type} ${who} ${what} ${event.at}`
}
