/** What is stored, in words that outlive a version: its shapes, and what an offboarding has come to. */
import { z } from 'zod'
import { Event } from '../../src/offboarding/event.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { documentShape } from '../../src/store/document.ts'
import { storedFormat } from '../../src/store/format.ts'
import { lineShapes } from '../../src/store/line.ts'

/** Everything that lies in the data folder, as JSON Schema. */
export function storedShape(): unknown {
  const shapes = { event: Event, document: documentShape, ...lineShapes }
  const schemas = Object.entries(shapes).map(([name, shape]) => [name, z.toJSONSchema(shape)])
  return JSON.parse(JSON.stringify({ format: storedFormat, ...Object.fromEntries(schemas) }))
}

export interface Told {
  state: string
  leaver: string
  events: number
  /** Each step, its state, how it ended, and in which attempt. */
  steps: Record<string, string>
  /** Findings that were ordered, by step; with an answer, or without one. */
  ordered: Record<string, string>
  marks: Record<string, string>
}

function givenBack({ state, steps }: NonNullable<Offboarding['giveBacks']>[number]): string {
  const runs = Object.values(steps).map((run) => [run.key, run.state, run.ending, run.attempt].join(' '))
  return [state, ...runs].join('; ')
}

/** What every later version must still make of it. */
export function told(one: Offboarding): Told {
  const runs = Object.values(one.steps)
  const { requestedAt, effectiveAt, startedAt, containedAt, doneAt, endedAt, closedAt } = one
  const marks = { requestedAt, effectiveAt, startedAt, containedAt, doneAt, endedAt, closedAt }
  const signed = Object.entries(one.signOffs).map(([role, { by, at }]) => [`signed for ${role}`, `${by.name} ${at}`])
  const posts = Object.entries(one.posts).map(([key, { ts, failed }]) => [`post ${key}`, ts ?? failed ?? 'in doubt'])
  const others = {
    quarantine: one.quarantine && (one.quarantine.released?.by.name ?? 'held back'),
    halted: one.halted && (one.halted.resumed?.by.name ?? 'stopped'),
    chosen: Object.entries(one.chosenAccounts).join(' ') || undefined,
    'given back': one.giveBacks?.map(givenBack).join(' | '),
  }
  const all = [...Object.entries({ ...marks, ...others }), ...signed, ...posts]
  const ordered = runs.flatMap((run) =>
    Object.entries(run.applied).map(([id, { answeredAt, receipt, refusal }]) => [
      `${run.key} ${id}`,
      [answeredAt ?? refusal?.kind ?? 'no answer', ...(receipt ? [JSON.stringify(receipt)] : [])].join(' '),
    ]),
  )
  return {
    state: one.state,
    leaver: one.leaver.name,
    events: one.events,
    steps: Object.fromEntries(runs.map((run) => [run.key, [run.state, run.ending, run.attempt].join(' ')])),
    ordered: Object.fromEntries(ordered),
    marks: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
  }
}
