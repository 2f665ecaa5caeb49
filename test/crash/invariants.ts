/** What must hold whatever happened, checked from the outside: by vendors, disk and Slack, not by what the product says. */

import { isDeepStrictEqual } from 'node:util'
import { summarize } from '../../src/bot.ts'
import { fold } from '../../src/offboarding/decide.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { messages } from '../../src/slack/messages.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import type { MemoryDisk } from '../support/disk-memory.ts'
import { folder, holdersIn, type Life } from './life.ts'
import { toldOf } from './people.ts'
import { isHarm, keyOf, type SceneStep } from './scene.ts'
import { channel, type SlackMessage } from './slack.ts'
import * as time from './time.ts'
import { stillOpen, timesDone } from './vendors.ts'
import type { World } from './world.ts'

export interface Wrong {
  kind: 'lost' | 'doubled' | 'broken'
  what: string
}

/** Listens while it runs: nothing is ordered that is not signed and intended on disk, nothing is green that is open. */
export function watchOver(world: World): void {
  world.onWrite = (request) => {
    const { vendor, path } = request
    const [, name = ''] = path.split('/')
    const text = journalOf(world)
    const signatures = text.split('"type":"signed"').length - 1
    if (signatures < 2) return `broken: ${path} of ${vendor} was ordered with ${signatures} signatures on disk`
    const intended = `"step":"${vendor}/${name}@main","type":"intended"`
    return text.includes(intended) ? undefined : `broken: ${path} of ${vendor} was ordered before that was on disk`
  }
}

function journalOf(world: World): string {
  const segments = world.disk.names().filter((name) => name.startsWith(`${folder}/journal/0`))
  return segments.map((name) => world.disk.durable(name)?.toString('latin1') ?? '').join('')
}

export function watchEndings(world: World, life: Life): void {
  life.engine.ledger.onChange((_one, event) => {
    if (event.type !== 'step-ended' || event.ending !== 'verified') return
    const step = world.scene.steps.find((one) => keyOf(one) === event.step)
    const open = step ? stillOpen(world.moving.vendors, step, time.now()) : []
    if (open.length > 0) world.wrong(`broken: ${event.step} ended verified while ${open.join(', ')} was still there`)
  })
}

/** After everything has ended and was put away. */
export async function judge(world: World, life: Life): Promise<Wrong[]> {
  const found: Wrong[] = world.moving.wrong.map(wrongOf)
  const one = await life.engine.ledger.load('off-1')
  if (!one) return [...found, { kind: 'lost', what: 'the offboarding itself' }]
  found.push(...vendorsWrong(world, one), ...endingsWrong(world, one), ...threadWrong(world, one))
  found.push(...(await recordWrong(world, life, one)))
  return found
}

function wrongOf(text: string): Wrong {
  const [kind = 'broken', ...rest] = text.split(': ')
  return { kind: kind as Wrong['kind'], what: rest.join(': ') }
}

function vendorsWrong(world: World, one: Offboarding): Wrong[] {
  const { vendors } = world.moving
  const found: Wrong[] = []
  for (const step of world.scene.steps) {
    for (const thing of stillOpen(vendors, step, time.now()))
      found.push({ kind: 'lost', what: `${step.id}/${thing} is still there` })
    for (const thing of step.things) {
      const times = timesDone(vendors, step, thing)
      if (isHarm(step.kind) && times > 1) found.push({ kind: 'doubled', what: `${step.id}/${thing} ${times} times` })
    }
  }
  return [...found, ...orderWrong(world, one)]
}

const phases: readonly SceneStep['phase'][] = ['contain', 'preserve', 'remove', 'reclaim']

/** Inside one system: no later phase before an earlier one was through; what waits for the vendor does not hold it up. */
function orderWrong({ scene, moving }: World, one: Offboarding): Wrong[] {
  const found: Wrong[] = []
  const latest = new Map<string, SceneStep>()
  for (const effect of moving.vendors.effects) {
    const step = scene.steps.find((one) => one.id === effect.step)
    // What a person had tried again comes when they asked for it.
    if (!step || (one.steps[keyOf(step)]?.attempt ?? 0) > 1) continue
    const before = latest.get(step.vendor) ?? step
    if (phases.indexOf(before.phase) <= phases.indexOf(step.phase)) latest.set(step.vendor, step)
    else found.push({ kind: 'broken', what: `${step.id} was done after ${before.id}` })
  }
  return found
}

const goodEndings: Readonly<Record<SceneStep['kind'], readonly string[]>> = {
  revoke: ['verified'],
  create: ['verified'],
  wipe: ['verified'],
  remove: ['verified'],
  signOut: ['acknowledged', 'attested'],
  letter: ['acknowledged', 'attested'],
}

function endingsWrong(world: World, one: Offboarding): Wrong[] {
  const found: Wrong[] = []
  const steps: { key: string; good: readonly string[] }[] = world.scene.steps.map((step) => ({
    key: keyOf(step),
    good: goodEndings[step.kind],
  }))
  if (world.scene.task) steps.push({ key: 'manual/final-pay@people', good: ['attested'] })
  for (const { key, good } of steps) {
    const run = one.steps[key]
    if (run?.state !== 'ended') found.push({ kind: 'lost', what: `${key} has no ending` })
    else if (!good.includes(run.ending ?? ''))
      found.push({ kind: 'lost', what: `${key} ended ${run.ending}: ${run.fact}` })
  }
  const strange = Object.keys(one.steps).filter((key) => !steps.some((step) => step.key === key))
  if (strange.length > 0) found.push({ kind: 'broken', what: `nobody planned ${strange.join(', ')}` })
  const last = world.scene.closes ? 'closed' : 'done'
  if (one.state !== last) found.push({ kind: 'lost', what: `it is ${one.state}, not ${last}` })
  return found
}

/** Every message that should be there is there once, by its metadata; in the thread and in person. */
function threadWrong(world: World, one: Offboarding): Wrong[] {
  const found: Wrong[] = []
  const sent = world.moving.slack.messages
  const audience = {
    holders: holdersIn(world.scene),
    mentions: { hr: [], it: [] },
    requesterSees: world.scene.requesterSees,
  }
  const expected = messages(one, audience)
  const counts = countsOf(sent)
  for (const { key } of expected) if (!counts.has(key)) found.push({ kind: 'lost', what: `the message ${key}` })
  for (const [key, times] of counts)
    if (times > 1) found.push({ kind: 'doubled', what: `the message ${key} is there ${times} times` })
  const card = sent.find((message) => message.channel === channel && !message.thread_ts)
  const shown = expected[0]?.says
  if (shown?.kind === 'shown' && card?.text !== shown.shown.text)
    found.push({ kind: 'lost', what: 'the card does not say how it ended' })
  return found
}

/** By our own keys; the report is known by its files. */
function countsOf(sent: readonly SlackMessage[]): Map<string, number> {
  const counts = new Map<string, number>()
  const keys = sent.flatMap((message) => (message.files ? ['report'] : keysIn(message.metadata?.event_payload)))
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function keysIn(payload: Record<string, string> | undefined): string[] {
  if (!payload) return []
  return payload.keys ? (JSON.parse(payload.keys) as string[]) : [payload.key ?? '']
}

/** The chain is whole, what people were told is on record, and starting once more changes nothing. */
async function recordWrong(world: World, life: Life, one: Offboarding): Promise<Wrong[]> {
  const found: Wrong[] = []
  const verified = await life.store.verify()
  if (verified.bad) found.push({ kind: 'broken', what: `the chain: ${JSON.stringify(verified.bad)}` })
  const disk = world.freeze().disk.survivor('kill').open()
  const before = sizesOn(disk)
  const { clock } = time
  const again = await openEmbeddedStore({ folder, disk, clock, summarize, onFatal: () => undefined })
  const events = again.opened().get(one.id) ?? (await again.history(one.id)) ?? []
  const strange = again.problems()
  if (strange.length > 0) found.push({ kind: 'broken', what: `started once more: ${JSON.stringify(strange)}` })
  const same = isDeepStrictEqual(fold(one.id, events), one)
  if (!same) found.push({ kind: 'broken', what: 'started once more, it is another one' })
  if (world.scene.closes && again.opened().size > 0)
    found.push({ kind: 'broken', what: 'started once more, it is open again' })
  if (sizesOn(disk) !== before) found.push({ kind: 'broken', what: 'starting once more wrote something' })
  const record = new Set(events.map(toldOf))
  const untold = world.moving.told.filter((told) => !record.has(told))
  return [...found, ...untold.map((told): Wrong => ({ kind: 'lost', what: `what a person was told: ${told}` }))]
}

function sizesOn(disk: MemoryDisk): string {
  return disk
    .names()
    .map((name) => `${name} ${disk.bytes(name)?.length}`)
    .join()
}
