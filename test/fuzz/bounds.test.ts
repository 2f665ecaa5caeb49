import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { completed, entryOf } from '../../connectors/active-directory/entry.ts'
import { all } from '../../connectors/google-workspace/ask.ts'
import type { At, AutomaticStep, Finding } from '../../src/connector.ts'
import { InDoubt, pageCounter, Rejected } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import { createGate } from '../../src/run/gate.ts'
import { explain } from '../../src/run/gate-context.ts'
import { accountsIn, findingsOf } from '../../src/run/read.ts'
import { readText } from '../../src/settings-text.ts'
import { createBolt } from '../../src/slack/bolt.ts'
import { saidClick, saidCommand, saidForm } from '../../src/slack/said.ts'
import { skippingClock } from '../support/world-clock.ts'
import { checkHeard, deliver, ids, listenTo, team } from './slack-bench.ts'

describe('what a system answers', () => {
  const gate = (send: (request: Request) => Promise<Response>) =>
    createGate({
      use: 'zoo',
      title: 'Zoo',
      renew: 'renews it',
      limits: [{ id: 'all', perSecond: 1000, concurrent: 10, source: 'test' }],
      send,
      clock: skippingClock(),
      random: () => 0,
      onCall: () => undefined,
    })

  /** Gives a megabyte as often as it is asked, and counts. */
  function endless() {
    const megabyte = new Uint8Array(1 << 20)
    const given = { megabytes: 0, cancelled: false }
    const pull = (controller: ReadableStreamDefaultController) => {
      given.megabytes += 1
      controller.enqueue(megabyte)
    }
    const cancel = () => {
      given.cancelled = true
    }
    const body = () => new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
    return { given, send: async () => new Response(body(), { status: 200 }) }
  }

  test('is not read beyond 32 MB, and not asked for again', async () => {
    const { given, send } = endless()
    const answer = gate(send).fetch('https://zoo.example/animals')
    await expect(answer).rejects.toThrow(/Zoo gave an answer of more than 32 MB/)
    await expect(answer).rejects.toBeInstanceOf(Rejected)
    expect(given).toEqual({ megabytes: 33, cancelled: true })
  })

  test('leaves an order in doubt where it does not end', async () => {
    const { send } = endless()
    const answer = gate(send).fetch('https://zoo.example/animals', { method: 'POST', body: '{}' })
    await expect(answer).rejects.toBeInstanceOf(InDoubt)
  })

  test('asks for no longer pause than an hour', async () => {
    let calls = 0
    const clock = skippingClock()
    const impatient = createGate({
      use: 'zoo',
      title: 'Zoo',
      renew: 'renews it',
      limits: [{ id: 'all', perSecond: 1000, concurrent: 10, source: 'test' }],
      send: async () => {
        calls += 1
        return calls === 1
          ? new Response('', { status: 429, headers: { 'retry-after': '99999999999' } })
          : new Response('{}')
      },
      maxWaitMs: 4_000_000,
      clock,
      random: () => 0,
      onCall: () => undefined,
    })
    expect((await impatient.fetch('https://zoo.example/animals')).status).toBe(200)
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(3_600_000)
  })

  test('has an end: pages that go round in circles or on for ever are given up', () => {
    const circle = pageCounter('Zoo')
    for (const page of ['a', 'b', 'c']) circle(page)
    expect(() => circle('b')).toThrow(/Zoo named the same page twice/)
    const endlessly = pageCounter('Zoo')
    expect(() => {
      for (let page = 0; page < 10_000; page += 1) endlessly(String(page))
    }).toThrow(/more than 1000 pages/)
  })

  test('is given up where Google names one of its earlier pages as the next', async () => {
    const pages = ['one', 'two', 'three', 'two', 'three', 'two']
    let asked = 0
    const read = all(
      async () => ({ nextPageToken: pages[asked++] ?? null, items: [asked] }),
      (page) => page.items,
    )
    await expect(read).rejects.toThrow(/Google named the same page twice/)
    expect(asked).toBe(4)
  })

  test('is given up where a controller repeats a part of a long attribute', async () => {
    const part = entryOf({ dn: 'CN=Jo', 'memberOf;range=0-1': ['a', 'b'] })
    await expect(completed(part, async () => part)).rejects.toThrow(/lost the rest of memberof/)
  })
})

describe('what a connector makes of it', () => {
  const step = (found: readonly Partial<Finding>[]) => ({ find: async () => found }) as unknown as AutomaticStep
  const look = (...found: Partial<Finding>[]) => findingsOf(step(found), {} as At)
  const key = { id: 'key', label: 'Key', state: 'open', fact: 'there' } as const

  test('is kept on one line each, of readable length', async () => {
    const [finding] = await look({ ...key, label: `a\u202e\u001b[31m\n${'b'.repeat(5000)}`, fact: 'x'.repeat(5000) })
    expect(finding?.label).toMatch(/^a\[31m b+…$/)
    expect(finding?.label.length).toBe(300)
    expect(finding?.fact.length).toBe(600)
  })

  test('is refused where it is no finding, two by one name, far too many, or too large to be given back', async () => {
    await expect(look({ ...key, id: '' })).rejects.toThrow(/could not be understood: 0.id/)
    await expect(look({ ...key, state: 'gone' as never })).rejects.toThrow(/could not be understood: 0.state/)
    await expect(look(key, key)).rejects.toThrow(/two things by one and the same id/)
    await expect(look(...Array.from({ length: 5001 }, (_, at) => ({ ...key, id: `${at}` })))).rejects.toThrow(
      /5001 of them/,
    )
    await expect(look({ ...key, before: 'x'.repeat(200_000) })).rejects.toThrow(/too large to be kept/)
    await expect(look({ ...key, id: 'x'.repeat(3000) })).rejects.toThrow(/far too long/)
  })

  test('is no account where it has no id', () => {
    expect(() => accountsIn([{ realm: 'main', id: '', label: 'jo' }])).toThrow(/could not be understood: 0.id/)
  })

  test('never reaches people as words for programmers', () => {
    const { fact } = explain(new TypeError("Cannot read properties of undefined (reading 'id')"), { failures: [] })
    expect(fact).toMatch(/could not be understood/)
  })
})

describe('what comes from Slack', () => {
  const base = { user: { id: ids.hr }, team: { id: team }, trigger_id: '1' }

  test('is read up to the length that Slack sends', () => {
    const typed = saidCommand({ user_id: 'U1', trigger_id: '1', text: `status ${'x'.repeat(100_000)}` })
    expect(typed?.text).toHaveLength(1000)
    const click = (value: string) => saidClick({ ...base, actions: [{ type: 'button', action_id: 'sign-hr', value }] })
    expect(click('x'.repeat(3000))?.value).toHaveLength(3000)
    expect(click('x'.repeat(3001))).toBeUndefined()
    const view = (memo: string) => saidForm({ ...base, view: { id: 'V', type: 'modal', private_metadata: memo } })
    expect(view('x'.repeat(3000))).toBeDefined()
    expect(view('x'.repeat(3001))).toBeUndefined()
  })

  test('is no moment where it lies beyond what Slack can name, and none that is years away', async () => {
    const at = (when: unknown) => ({
      ...base,
      type: 'view_submission',
      view: {
        id: 'V1',
        type: 'modal',
        callback_id: 'request',
        private_metadata: JSON.stringify({ slackId: ids.leaver }),
        state: {
          values: {
            when: { when: { type: 'radio_buttons', selected_option: { value: 'later' } } },
            time: { time: { type: 'datetimepicker', selected_date_time: when } },
            kind: { kind: { type: 'radio_buttons', selected_option: { value: 'resignation' } } },
            devices: { devices: { type: 'radio_buttons', selected_option: { value: 'lock' } } },
          },
        },
      },
    })
    expect(saidForm(at(1e300))).toBeUndefined()
    const far = await deliver('view', 'request', at(9_999_999_999))
    checkHeard('view', far)
    expect(far.acks).toEqual([{ response_action: 'errors', errors: { time: expect.stringMatching(/two years/) } }])
  })

  test('names systems that there are, or is refused', async () => {
    const option = (value: string) => ({ type: 'radio_buttons', selected_option: { value } })
    const heard = await deliver('view', 'request', {
      ...base,
      type: 'view_submission',
      view: {
        id: 'V1',
        type: 'modal',
        callback_id: 'request',
        private_metadata: JSON.stringify({ email: 'gone@example.com' }),
        state: {
          values: {
            when: { when: option('now') },
            kind: { kind: option('resignation') },
            devices: { devices: option('lock') },
            systems: { systems: { type: 'multi_static_select', selected_options: [{ value: 'no-such-system' }] } },
          },
        },
      },
    })
    checkHeard('view', heard)
    expect(JSON.stringify(heard.acks)).toMatch(/no-such-system is not one of the systems/)
    expect(heard.ledger.open()).toHaveLength(2)
  })

  test('over HTTP is an object of at most a megabyte; a bare null, however well signed, ends nothing', async () => {
    const signingSecret = 'pretend-secret'
    const settings = {
      mode: 'http',
      port: 0,
      host: '127.0.0.1',
      apiUrl: 'http://127.0.0.1:1/',
      tokens: { bot: 'xoxb', signingSecret },
    }
    const health = () => ({ live: true, ready: true })
    const onError = () => undefined
    const bolt = createBolt({ settings: settings as never, me: {}, log: silentLog, health, listen: listenTo, onError })
    await bolt.open()
    await bolt.start()
    const post = async (body: string, type = 'application/json') => {
      const at = String(Math.floor(Date.now() / 1000))
      const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex')}`
      const headers = { 'content-type': type, 'x-slack-request-timestamp': at, 'x-slack-signature': signature }
      const answer = await fetch(`http://127.0.0.1:${bolt.port()}/slack/events`, { method: 'POST', body, headers })
      return answer.status
    }
    try {
      expect(await post('null')).toBe(400)
      expect(await post('payload=null', 'application/x-www-form-urlencoded')).toBe(400)
      expect(await post(JSON.stringify({ type: 'url_verification', challenge: 'x'.repeat(900_000) }))).toBe(200)
      expect(
        await post(JSON.stringify({ type: 'url_verification', challenge: 'x'.repeat(1_100_000) })).catch(() => 413),
      ).toBe(413)
    } finally {
      await bolt.stop()
    }
  })
})

describe('the settings', () => {
  const read = (text: string) => readText(text, { env: {}, readFile: () => '' }).problems.map((one) => one.message)

  test('are at most 64 kB long, and nested as deep as people can read', () => {
    expect(read(`# ${'x'.repeat(70_000)}`)).toEqual(['is longer than 65536 characters'])
    expect(read('['.repeat(20_000))[0]).toBe('is nested too deeply')
    expect(read(Array.from({ length: 200 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'))).toEqual([
      'is nested too deeply',
    ])
  })

  test('do not unfold: a few aliases of aliases are refused before they are millions', () => {
    const level = (at: number) =>
      `a${at}: &a${at} [${Array(9)
        .fill(at === 0 ? 'lol' : `*a${at - 1}`)
        .join(', ')}]`
    expect(read(Array.from({ length: 9 }, (_, at) => level(at)).join('\n'))[0]).toMatch(/Excessive alias count/)
    expect(read('a: *nowhere')[0]).toMatch(/Unresolved alias/)
  })
})
