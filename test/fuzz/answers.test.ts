/** Answers that fuzzing found to be taken for more than they say. */
import { expect, test } from 'vitest'
import type { Finding } from '../../src/connector.ts'
import { rig } from './rigs.ts'
import { answerOf, honestly, type Outcome } from './vendor-rig.ts'

interface Case {
  system: string
  scene: string
  asked: RegExp
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a vendor
  bend(answer: any): unknown
}

async function played({ system, scene: name, asked, bend }: Case): Promise<{ honest: Outcome; bent: Outcome }> {
  const { scenes, lane } = await rig(system)
  const scene = scenes.find((one) => one.name === name && one.exchanges.some(({ url }) => asked.test(url)))
  if (!scene) throw new Error(`${system} has no scene ${name}: ${scenes.map((one) => one.name).join(', ')}`)
  const mine = await lane()
  try {
    const bent = await mine.play(scene, (exchange, request) => {
      if (!exchange || !asked.test(exchange.url)) return honestly(exchange, request)
      return answerOf(exchange.status, exchange.headers, JSON.stringify(bend(JSON.parse(exchange.body))))
    })
    return { honest: scene.honest, bent }
  } finally {
    await mine.close()
  }
}

const states = (outcome: Outcome) => ('value' in outcome ? (outcome.value as Finding[]).map((one) => one.state) : [])

test.each<[string, Case, string]>([
  [
    'a status of an account that nobody knows is not an end of it',
    {
      system: 'atlassian',
      scene: 'deactivate find',
      asked: /manage\/profile/,
      bend: (told) => ({ account: { ...told.account, account_status: 'paused' } }),
    },
    'account.account_status',
  ],
  [
    'a seat ends on a day, not with any word',
    {
      system: 'github',
      scene: 'copilot-seat find',
      asked: /copilot/,
      bend: (told) => ({ ...told, pending_cancellation_date: 'soon' }),
    },
    'pending_cancellation_date',
  ],
  [
    'what tells nothing of a device does not say that it has no keys',
    { system: 'kandji', scene: 'recovery-keys find', asked: /details/, bend: () => ({}) },
    'general',
  ],
  [
    'a token of nobody may be anybody’s',
    {
      system: 'okta',
      scene: 'api-tokens find',
      asked: /api-tokens/,
      bend: (told) => told.map(({ userId: _, ...rest }: { userId: string }) => rest),
    },
    'userId',
  ],
  [
    'a host without a word on its enrolment is not one that is not enrolled',
    {
      system: 'fleet',
      scene: 'lock find',
      asked: /hosts\/\d+/,
      bend: ({ host }) => ({ host: { ...host, mdm: { ...host.mdm, enrollment_status: undefined } } }),
    },
    'enrollment_status',
  ],
  [
    'an object is no id',
    {
      system: 'jamf',
      scene: 'wipe find',
      asked: /mobile-devices/,
      bend: (told) => ({ ...told, results: told.results.map((one: object) => ({ ...one, mobileDeviceId: {} })) }),
    },
    'mobileDeviceId',
  ],
])('%s', async (_why, given, named) => {
  const { honest, bent } = await played(given)
  expect(states(honest)).not.toEqual([])
  expect(bent).toMatchObject({ kind: 'rejected', fact: expect.stringContaining(named) })
})

test('members of a SCIM group whose ids cannot be read may be the leaver', async () => {
  const { honest, bent } = await played({
    system: 'scim',
    scene: 'groups find',
    asked: /\/Groups/,
    bend: (told) => ({
      ...told,
      Resources: told.Resources.map((group: object) => ({ ...group, members: [{ value: {} }, { value: null }] })),
    }),
  })
  expect(states(honest)).toContain('open')
  expect(new Set(states(bent))).toEqual(new Set(['unknown']))
})

test('a code that is none does not reach people', async () => {
  const asked = /\/users\//
  const { honest, bent } = await played({
    system: 'zoom',
    scene: 'end find again',
    asked,
    bend: (told) => ({ ...told, code: { a: 1 } }),
  })
  expect(honest).toHaveProperty('value')
  expect(JSON.stringify(bent)).not.toContain('[object')
})

test.each(['image/png', 'application/xml', ''])('a word of a proxy, marked as %j, is no empty list', async (type) => {
  const { scenes, lane } = await rig('google-workspace')
  const mine = await lane()
  const found = scenes.filter(({ name, honest }) => name.endsWith(' find') && states(honest).includes('open'))
  for (const scene of found) {
    for (const { url, method } of scene.exchanges) {
      const bent = await mine.play(scene, (exchange, request) =>
        exchange?.url === url && exchange.method === method
          ? answerOf(200, [['content-type', type]], 'Please sign in.')
          : honestly(exchange, request),
      )
      // A token that was handed out before is not asked for again.
      if ('value' in bent) expect(states(bent), `${scene.name}: ${url}`).toEqual(states(scene.honest))
    }
  }
  expect(found.length).toBeGreaterThan(10)
  await mine.close()
})
