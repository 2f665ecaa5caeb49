import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { At, Connector, Step } from '../../src/connector.ts'
import { createScrub } from '../../src/log.ts'
import { redacted } from '../../src/run/redact.ts'

const secret = 'the-client-secret-of-zoo'
const token = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"zoo"}').toString('base64url')}.c2lnbmF0dXJl`

/** A system that puts what it knows into every name. */
const zoo: Connector = {
  id: 'zoo',
  title: 'Zoo',
  rights: [],
  settings: z.object({}),
  limits: [],
  renew: '',
  connect: () => undefined,
  check: async () => ({ as: `Latchkey ${secret}`, missing: [`right ${secret}`], warnings: [`look: ${token}`] }),
  locate: async () => [
    {
      realm: 'main',
      id: `id-${secret}`,
      label: `Jo ${secret}`,
      protected: `is ${secret}`,
      known: { name: `Jo ${secret}`, title: token, managerEmail: 'ada@example.com' },
    },
  ],
  steps: [
    {
      id: 'cage',
      title: 'Close the cage',
      area: 'applications',
      phase: 'contain',
      find: async () => [
        {
          id: `id-${secret}`,
          label: `cage ${token}`,
          state: 'open',
          fact: `open, ${secret}`,
          before: { text: secret },
        },
      ],
      apply: async () => undefined,
    },
    {
      id: 'feed',
      title: 'Feed',
      area: 'records',
      phase: 'reclaim',
      owner: 'it',
      dueIn: 1,
      ask: () => `run feed ${secret}`,
    },
  ],
}

const clean = redacted(
  zoo,
  createScrub(() => [secret]),
)
const leaver = { id: 'UJO', name: 'Jo', emails: ['jo@example.com'] }
const stepOf = (id: string) => clean.steps.find((step) => step.id === id) as Step

describe('what a system says to people', () => {
  it('holds no credential where it names an account; what it is asked by stays', async () => {
    expect(await clean.locate(undefined, leaver)).toEqual([
      {
        realm: 'main',
        id: `id-${secret}`,
        label: 'Jo [secret]',
        protected: 'is [secret]',
        known: { name: 'Jo [secret]', title: '[secret]', managerEmail: 'ada@example.com' },
      },
    ])
  })

  it('holds none in a finding; what is given back stays as it was', async () => {
    const step = stepOf('cage')
    const found = 'find' in step ? await step.find({} as At) : []
    expect(found).toEqual([
      { id: `id-${secret}`, label: 'cage [secret]', state: 'open', fact: 'open, [secret]', before: { text: secret } },
    ])
  })

  it('holds none in a task, nor in what doctor prints', async () => {
    const step = stepOf('feed')
    expect('ask' in step && typeof step.ask === 'function' && (await step.ask({} as At))).toBe('run feed [secret]')
    expect(await clean.check(undefined)).toEqual({
      as: 'Latchkey [secret]',
      missing: ['right [secret]'],
      warnings: ['look: [secret]'],
    })
  })

  it('leaves a system without secrets as it is', async () => {
    expect(clean).toMatchObject({ id: 'zoo', title: 'Zoo' })
    const step = stepOf('cage')
    expect('apply' in step && step.apply === (zoo.steps[0] as typeof step).apply).toBe(true)
  })
})
