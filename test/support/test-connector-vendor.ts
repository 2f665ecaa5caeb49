/** What a connector makes of a vendor that throttles, refuses, cannot be reached, or whose answer is lost. */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { AutomaticStep, Connector, Finding } from '../../src/connector.ts'
import type { Asked, Fault } from '../../src/sandbox/server.ts'
import { covered, Inapplicable, needsServers, onBed, type TestConnectorOptions } from './test-connector-bed.ts'
import { breakAll, formOf, isWrite, kindOfWrite, marksOf, mend, writesSince } from './test-connector-faults.ts'
import {
  attempt,
  automatic,
  look,
  mustLook,
  mustOrder,
  order,
  type Place,
  places,
  type Rig,
  settle,
  told,
  waves,
} from './test-connector-rig.ts'
import { doAll, doStep } from './test-connector-steps.ts'

export async function waitsOut(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => {
    needsServers(rig)
    const nth = firstTimes()
    const headers = { 'retry-after': '2' }
    breakAll(rig.bed, { when: (asked) => nth(asked) % 3 === 0, as: { status: 429, headers, body: {} } })
    breakAll(rig.bed, { when: (asked) => nth(asked) % 3 === 1, as: { status: 503, body: {} } })
    await doAll(rig, options, false)
    expect(rig.records.filter((record) => record.attempts > 1).length, 'calls that were tried again').toBeGreaterThan(0)
  })
}

/** The number of a request that was not seen before; NaN where the very same is repeated, which is let through. */
function firstTimes(): (asked: Asked) => number {
  const seen = new Map<string, Asked>()
  return (asked) => {
    const key = JSON.stringify([asked.method, asked.host, asked.path, asked.query.toString(), asked.body])
    if (!seen.has(key)) seen.set(key, asked)
    return seen.get(key) === asked ? [...seen.keys()].indexOf(key) : Number.NaN
  }
}

export async function saysWhatToRenew(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => {
    needsServers(rig)
    const found = await places(rig)
    for (const step of covered(connector, options)) for (const place of found) await isDenied(rig, step, place)
    breakAll(rig.bed, refusal)
    mustBeDenied(connector, 'locate', await attempt(rig, () => connector.locate(rig.client, rig.bed.leaver)))
  })
}

const refusal: Fault = { as: { status: 401, body: { error: 'invalid_token' } } }

/** A step that looks at nothing (it cannot be read back) has nothing to be refused. */
export async function isDenied(rig: Rig, step: AutomaticStep, place: Place): Promise<void> {
  const [open] = (await mustLook(rig, step, place)).filter((finding) => finding.state === 'open')
  const before = rig.records.length
  breakAll(rig.bed, refusal)
  const looked = await look(rig, step, place)
  if (rig.records.length > before) mustBeDenied(rig.connector, `step ${step.id}: find`, looked)
  if (open) {
    const [failed] = await order(rig, step, place, [open])
    mustBeDenied(rig.connector, `step ${step.id}: apply`, failed ? { failed } : {})
  }
  mend(rig.bed)
}

export function mustBeDenied(connector: Connector, what: string, result: object): void {
  const failed = 'failed' in result ? (result.failed as { kind: string; fact: string }) : undefined
  if (!failed) throw new Error(`${what} went well although the vendor answered 401`)
  expect(failed.kind, `${what}: ${failed.fact}`).toBe('denied')
  expect(failed.fact, `${what} says what to renew`).toContain(connector.renew)
}

export async function neverEmpty(connector: Connector, options: TestConnectorOptions, fault: Fault): Promise<void> {
  await onBed(connector, options, async (rig) => {
    needsServers(rig)
    const found = await places(rig)
    breakAll(rig.bed, fault)
    for (const step of covered(connector, options)) for (const place of found) await claimsNothing(rig, step, place)
    const located = await attempt(rig, () => connector.locate(rig.client, rig.bed.leaver))
    if (!('failed' in located)) throw new Error('locate answered although the vendor cannot be read')
  })
}

export async function claimsNothing(rig: Rig, step: AutomaticStep, place: Place): Promise<void> {
  const before = rig.records.length
  const looked = await look(rig, step, place)
  if ('failed' in looked || rig.records.length === before) return
  const claimed = looked.findings.length === 0 || looked.findings.some((finding) => finding.state === 'done')
  if (claimed) throw new Error(`step ${step.id}: find took a vendor that cannot be read for: ${told(looked.findings)}`)
}

export async function readsBack(
  connector: Connector,
  options: TestConnectorOptions,
  step: AutomaticStep,
): Promise<void> {
  const kinds = new Set<string>()
  let form: unknown
  if (step.repeat === 'ask') throw new Inapplicable('after a lost answer a person decides')
  await onBed(connector, options, async (rig) => {
    needsServers(rig)
    if (rig.bed.expect?.skipLost?.includes(step.id)) throw new Inapplicable('the bed says why')
    const found = await prepared(rig, step)
    const marks = marksOf(rig.bed)
    const before = rig.kept.size
    for (const place of found) await doStep(rig, step, place, false)
    if (writesSince(rig, marks).length === 0 && rig.kept.size > before)
      throw new Inapplicable('it reads a key and puts it into escrow: no answer to an order can be lost')
    for (const asked of writesSince(rig, marks)) kinds.add(kindOfWrite(asked))
    form = formOf(rig.bed.state())
  })
  expect(kinds.size, `step ${step.id}: writes of its own`).toBeGreaterThan(0)
  for (const kind of kinds)
    await onBed(connector, options, async (rig) => {
      await loseAnswer(rig, step, kind)
      if (!isDeepStrictEqual(formOf(rig.bed.state()), form))
        expect(
          formOf(rig.bed.state()),
          `step ${step.id}: an effect is doubled or missing after ${kind} was lost`,
        ).toEqual(form)
    })
}

/** The steps that this one needs have been done. */
export async function prepared(rig: Rig, step: AutomaticStep): Promise<Place[]> {
  const found = await places(rig)
  const before = new Set<AutomaticStep>()
  const add = (one: AutomaticStep): void => {
    const named = [...(one.needs ?? []), ...(one.after ?? [])]
    for (const other of automatic(rig.connector))
      if (named.includes(`${rig.connector.id}/${other.id}`) && !before.has(other)) {
        before.add(other)
        add(other)
      }
  }
  add(step)
  for (const wave of waves(rig.connector, [...before]))
    for (const place of found) for (const one of wave) await doStep(rig, one, place, false)
  return found
}

export async function loseAnswer(rig: Rig, step: AutomaticStep, kind: string): Promise<void> {
  const { connector, bed } = rig
  const found = await prepared(rig, step)
  let doubted = 0
  breakAll(bed, { when: (asked) => isWrite(connector, asked) && kindOfWrite(asked) === kind, as: 'lost', times: 1 })
  for (const place of found) {
    const first = await mustLook(rig, step, place)
    const open = first.filter((finding) => finding.state === 'open')
    const failed = await order(rig, step, place, open)
    for (const one of failed)
      expect(one.kind, `step ${step.id}: the answer to ${kind} was lost, and it says: ${one.fact}`).toBe('in-doubt')
    doubted += failed.length
    const left = await stillOpen(rig, step, place)
    await mustOrder(rig, step, place, left)
    await settle(rig, step, place, first)
  }
  expect(doubted, `step ${step.id}: the lost answer to ${kind} went unnoticed`).toBeGreaterThan(0)
}

/** What was applied shows a moment later, so what is open is only so once that moment has passed; the runner waits too. */
async function stillOpen(rig: Rig, step: AutomaticStep, place: Place): Promise<readonly Finding[]> {
  for (const until = Date.now() + showsWithinMs; ; await new Promise((done) => setTimeout(done, 20))) {
    const open = (await mustLook(rig, step, place)).filter((finding) => finding.state === 'open')
    if (open.length === 0 || Date.now() > until) return open
  }
}

const showsWithinMs = 400
