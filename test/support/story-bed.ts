/** The whole product on loopback, as the stories share it: two systems, one task, quick vendors. */

import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { Asked, Pretend } from '../../src/sandbox/server.ts'
import { until } from './story-people.ts'

export const laptop = { title: 'Take back the laptop', area: 'devices', owner: 'it', due: '3d' }

export function bed(options: SandboxOptions = {}): Promise<Sandbox> {
  const { VENDOR_TRAFFIC: traffic } = process.env
  return openSandbox({
    systems: ['aws', 'google-workspace'],
    tasks: [laptop],
    latencyMs: 2,
    lagMs: 20,
    // These people press ten buttons in the time in which others press one.
    slackSpeed: 200,
    ...(traffic ? { traffic } : {}),
    ...options,
  })
}

const told = new WeakSet<object>()

/** The record as it stands, once it is so. */
export function recorded(
  box: Sandbox,
  id: string,
  look: (one: Offboarding) => boolean,
  what = 'what was waited for',
): Promise<Offboarding> {
  const { ledger } = box.bot()
  if (!told.has(ledger)) ledger.onChange(() => box.slack.state.changed())
  told.add(ledger)
  const found = () => {
    const one = ledger.get(id)
    return one && look(one) ? one : undefined
  }
  return until(box, id, found, what).catch((error) => {
    throw new Error(`${summary(ledger.get(id))}\n${(error as Error).message}`, { cause: error })
  })
}

function summary(one: Offboarding | undefined): string {
  const open = Object.values(one?.steps ?? {}).filter((run) => run.state !== 'ended' && run.state !== 'delayed')
  return `it is ${one?.state ?? 'not there'}, open: ${open.map((run) => `${run.key} ${run.state}`).join(', ')}`
}

export function actionOf(asked: Asked): string {
  return (asked.body as { Action?: string } | null)?.Action ?? ''
}

export function writesAtAws(asked: Asked): boolean {
  return /^(Put|Update|Delete|Deactivate|Remove|Detach)/.test(actionOf(asked))
}

export function writesAtGoogle(asked: Asked): boolean {
  return asked.method !== 'GET' && asked.path !== '/token'
}

/** Everything that was ordered at the vendors so far, whether they did it or not. */
export function orders({ vendors }: Sandbox): string[] {
  const at = (vendor: Pretend, writes: (asked: Asked) => boolean) =>
    vendor.calls.filter(({ asked }) => writes(asked)).map(({ asked }) => `${asked.method} ${asked.path}`)
  const m365 = (asked: Asked) => asked.method !== 'GET' && !/\/token$/.test(asked.path)
  return [...at(vendors.aws, writesAtAws), ...at(vendors.google, writesAtGoogle), ...at(vendors.microsoft365, m365)]
}

/** What the vendors hold, to be compared with later. */
export function holdings({ vendors }: Sandbox): unknown {
  return structuredClone([vendors.aws.world.truth(), vendors.google.world.truth()])
}
