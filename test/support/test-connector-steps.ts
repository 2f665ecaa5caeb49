/** What a connector says of itself, and that its steps find, do and prove. */
import { expect } from 'vitest'
import { type AutomaticStep, type Connector, type Finding, isManual } from '../../src/connector.ts'
import { covered, onBed, type TestConnectorOptions } from './test-connector-bed.ts'
import { formOf, kindOfWrite, marksOf, writesSince } from './test-connector-faults.ts'
import {
  automatic,
  look,
  must,
  mustLook,
  mustOrder,
  type Place,
  places,
  type Rig,
  settle,
  told,
  waves,
} from './test-connector-rig.ts'

export async function describesItself(connector: Connector): Promise<void> {
  const ids = connector.steps.map((step) => step.id)
  const own = new Set(ids.map((id) => `${connector.id}/${id}`))
  const named = connector.steps.flatMap((step) => [
    ...(step.needs ?? []),
    ...(step.after ?? []),
    ...(!isManual(step) && step.supersededBy ? [step.supersededBy] : []),
  ])
  expect(new Set(ids).size, 'two steps have the same id').toBe(ids.length)
  for (const id of [connector.id, ...ids]) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  for (const id of named.filter((one) => one.startsWith(`${connector.id}/`))) expect(own, id).toContain(id)
  expect(named.filter((id) => !id.includes('/'))).toEqual([])
  expect(connector.renew.length, 'renew: who renews the credential, and where').toBeGreaterThan(10)
  expect(connector.limits.length, 'limits').toBeGreaterThan(0)
  expect(connector.limits.at(-1)?.matches, 'the last limit takes everything').toBeUndefined()
  for (const limit of connector.limits) expect(limit.source.length, `limit ${limit.id}: source`).toBeGreaterThan(3)
  waves(connector, automatic(connector))
}

export async function isHealthy(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => {
    const health = await must(rig, 'check', () => connector.check(rig.client))
    expect(health.as.length, 'as: whom we are signed in as').toBeGreaterThan(0)
    expect(health.missing).toEqual([])
  })
}

export async function locatesExactly(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => {
    const found = await places(rig)
    expect(found.length, 'accounts of the leaver').toBeGreaterThan(0)
    expect(new Set(found.map(({ account }) => account.realm)).size, 'one account a realm').toBe(found.length)
    const shouted = { ...rig.bed.leaver, emails: rig.bed.leaver.emails.map((email) => email.toUpperCase()) }
    const again = await must(rig, 'locate', () => connector.locate(rig.client, shouted))
    const ids = found.map(({ account }) => account.id)
    expect(again.map(({ id }) => id).sort(), 'an address in capitals is the same address').toEqual(ids.sort())
    expect(await must(rig, 'locate', () => connector.locate(rig.client, rig.bed.stranger))).toEqual([])
  })
}

export async function findsEverything(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => {
    const found = await places(rig)
    const before = structuredClone(rig.bed.state())
    const marks = marksOf(rig.bed)
    await mustBeOpen(rig, found, options)
    await must(rig, 'check', () => connector.check(rig.client))
    expect(writesSince(rig, marks).map(kindOfWrite), 'writes while looking').toEqual([])
    expect(rig.bed.state(), 'looking has changed the state of the vendor').toEqual(before)
  })
}

export async function mustBeOpen(rig: Rig, found: readonly Place[], options: TestConnectorOptions): Promise<void> {
  for (const step of covered(rig.connector, options)) {
    const looks = await Promise.all(found.map((place) => mustLook(rig, step, place)))
    const expected = rig.bed.expect?.ending?.[step.id] === 'blocked' ? 'blocked' : 'open'
    if (!looks.flat().some((finding) => finding.state === expected))
      throw new Error(`step ${step.id}: nothing is ${expected} before apply: ${told(looks.flat())}`)
    const ids = looks.map(idsOf)
    for (const some of ids)
      expect(new Set(some).size, `step ${step.id}: two findings have the same id`).toBe(some.length)
    const again = await Promise.all(found.map((place) => mustLook(rig, step, place)))
    expect(again.map(idsOf), `step ${step.id}: ids stay the same from look to look`).toEqual(ids)
  }
}

function idsOf(findings: readonly Finding[]): string[] {
  return findings.map((finding) => finding.id).sort()
}

export async function doesEverything(connector: Connector, options: TestConnectorOptions): Promise<void> {
  await onBed(connector, options, async (rig) => void (await doAll(rig, options, false)))
}

/** Orders everything a second time once it is done, and compares what came of it with a run that did not. */
export async function doesTwice(connector: Connector, options: TestConnectorOptions): Promise<void> {
  const forms: unknown[][] = []
  for (const twice of [false, true])
    await onBed(connector, options, async (rig) => void forms.push(await doAll(rig, options, twice)))
  const [once, again] = forms
  expect(again, 'ordering twice did more than ordering once: an effect is doubled').toEqual(once)
}

/** Answers with the form of the vendor's state after each wave. */
export async function doAll(rig: Rig, options: TestConnectorOptions, twice: boolean): Promise<unknown[]> {
  const found = await places(rig)
  const steps = covered(rig.connector, options)
  const forms: unknown[] = []
  for (const wave of waves(rig.connector, steps)) {
    for (const place of found) await Promise.all(wave.map((step) => doStep(rig, step, place, twice)))
    forms.push({ after: wave.map((step) => step.id), form: formOf(rig.bed.state()) })
  }
  for (const step of steps.filter((one) => !one.supersededBy))
    for (const place of found) {
      const open = (await mustLookAfter(rig, step, place)).filter((finding) => finding.state === 'open')
      if (open.length > 0) throw new Error(`step ${step.id}: open again at the end: ${told(open)}`)
    }
  return forms
}

/** Once the account itself is deleted, a look may also fail with the vendor's no; what may not be is "open". */
export async function mustLookAfter(rig: Rig, step: AutomaticStep, place: Place) {
  const looked = await look(rig, step, place)
  if ('findings' in looked) return looked.findings
  if (looked.failed.kind !== 'rejected')
    throw new Error(`step ${step.id}: find failed at the end (${looked.failed.kind}): ${looked.failed.fact}`)
  return []
}

export async function doStep(rig: Rig, step: AutomaticStep, place: Place, twice: boolean): Promise<void> {
  const first = await mustLook(rig, step, place)
  const open = first.filter((finding) => finding.state === 'open')
  await mustOrder(rig, step, place, open)
  await settle(rig, step, place, first)
  if (!twice || step.repeat === 'ask') return
  await mustOrder(rig, step, place, open)
  await settle(rig, step, place, first)
}
