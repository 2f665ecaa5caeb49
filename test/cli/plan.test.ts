import { afterEach, expect, it as test } from 'vitest'
import type { Plan } from '../../src/offboarding/offboarding.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type CliBed, closeCliBeds, openCliBed } from './bed.ts'

const patience = 120_000

afterEach(closeCliBeds)

function truths({ vendors }: CliBed): string {
  const all = [vendors.microsoft365, vendors.google, vendors.aws]
  return JSON.stringify(all.map((vendor) => vendor.world.truth()))
}

test(
  'plan says what somebody holds in every system of the settings, and changes nothing',
  async () => {
    const bed = await openCliBed()
    const before = truths(bed)
    const { code, out, err } = await bed.hear(['plan', 'Jo.Miller@example.com'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Microsoft 365, .*: jo\.miller@example\.com$/m)
    expect(out).toMatch(/^Google Workspace, .*: jo\.miller@example\.com$/m)
    expect(out.match(/^AWS, \d{12}: jo\.miller$/gm)).toHaveLength(2)
    expect(out).toMatch(/^ {2}contain {2}Switch off access keys \(2 found\)\n {4}open {4}\S/m)
    expect(out).toMatch(/^ {2}reclaim {2}.*irreversible/m)
    expect(out).toMatch(/task for it\)/)
    expect(truths(bed)).toBe(before)
    expect(bed.slack.calls).toEqual([])
  },
  patience,
)

test(
  'plan --json is the plan itself, and the same plan twice has the same digest',
  async () => {
    const bed = await openCliBed()
    const read = async () => JSON.parse((await bed.hear(['plan', cast.leaver, '--json'])).out) as Plan
    const plan = await read()
    expect(plan.unreadable).toEqual([])
    expect(new Set(plan.steps.map((step) => step.connector))).toEqual(
      new Set(['microsoft-365', 'google-workspace', 'aws', 'manual']),
    )
    expect((await read()).digest).toBe(plan.digest)
  },
  patience,
)

test(
  'plan of somebody whom no system knows says so',
  async () => {
    const bed = await openCliBed()
    const { code, out } = await bed.hear(['plan', 'nobody@example.com'])
    expect(code).toBe(0)
    expect(out).toMatch(/^Nobody with that address has an account in any connected system\.\n\nBy hand, people/)
  },
  patience,
)

test(
  'plan of a protected person says so and ends with 1',
  async () => {
    const bed = await openCliBed()
    const { code, out } = await bed.hear(['plan', cast.protected])
    expect(code).toBe(1)
    expect(out).toMatch(/^break\.glass@example\.com in \S+ is protected: listed as protected in the settings$/m)
  },
  patience,
)

test(
  'plan where a system cannot be read says which and what to renew, shows the others, and ends with 1',
  async () => {
    const bed = await openCliBed()
    const env = { ...bed.env, M365_CLIENT_SECRET: 'an-old-secret-that-was-replaced' }
    const { code, out } = await bed.hear(['plan', cast.leaver], { env })
    expect(code).toBe(1)
    expect(out).toMatch(/^Microsoft 365 could not be read: .*refused.* IT /m)
    expect(out).not.toContain('an-old-secret-that-was-replaced')
    expect(out).toMatch(/^Google Workspace, /m)
    expect(out).toMatch(/^AWS, /m)
  },
  patience,
)
