import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { problemsOf } from '../../src/sandbox/slack/limits.ts'
import { type Audience, type Message, messages, nobody } from '../../src/slack/messages.ts'
import { openList, status } from '../../src/slack/views/answers.ts'
import { everything } from '../../src/slack/views/everything.ts'
import { home } from '../../src/slack/views/home.ts'
import { ref } from '../../src/slack/views/refs.ts'
import { requestForm } from '../../src/slack/views/request-form.ts'
import { results, resultsAMessage } from '../../src/slack/views/thread.ts'
import { anyOffboarding, leaver, nastyText } from '../support/arbitrary-offboarding.ts'
import { hugeOffboarding } from '../support/huge-offboarding.ts'
import { at, given, running, step } from '../support/story.ts'

const crowd: Audience = {
  holders: { hr: ['U00000201', 'U00000101'], it: ['U00000202', 'U00000103'] },
  mentions: { hr: [{ type: 'usergroup', usergroup_id: 'S0HR' }], it: [{ type: 'user', user_id: 'U00000202' }] },
  requesterSees: false,
  cardLink: 'https://example.slack.com/archives/C1/p1',
}
const hidden: Audience = { ...crowd, direct: { people: ['U00000201', 'U00000101'], why: 'Jo reads the channel.' } }

function shownOf(one: Offboarding, message: Message) {
  if (message.says.kind === 'shown') return message.says.shown
  return message.says.kind === 'result' ? results(one, [message.says.run]) : { text: 'The report.', blocks: [] }
}

function problemsIn(one: Offboarding, all: readonly Message[]): string[] {
  return all.flatMap((message) => {
    const shown = shownOf(one, message)
    const kind = message.live ? 'update' : 'message'
    return problemsOf(kind, shown).map((problem) => `${message.key}: ${problem}`)
  })
}

function everyView(one: Offboarding): string[] {
  const runs = Object.values(one.steps).filter((run) => run.state === 'ended')
  const pages = [0, 1, 7].map((page) => everything(one, page))
  const homes = [[], ['hr', 'it'] as const].map((holds) =>
    home({
      reader: 'U00000201',
      holds,
      offboardings: Array.from({ length: 40 }, () => one),
      links: { 'OFF-7': 'https://x.example/1' },
    }),
  )
  return [
    ...problemsIn(one, messages(one, crowd)),
    ...problemsIn(one, messages(one, hidden)),
    ...problemsOf('message', results(one, runs.slice(0, resultsAMessage))),
    ...pages.flatMap((page) => problemsOf('modal', page)),
    ...homes.flatMap((view) => problemsOf('home', view)),
    ...problemsOf('message', status(one, true)),
    ...problemsOf('message', openList(Array.from({ length: 200 }, () => one))),
  ]
}

describe('every message and view of any offboarding', () => {
  test('is within what Slack takes', () => {
    fc.assert(
      fc.property(anyOffboarding, (one) => {
        expect(everyView(one)).toEqual([])
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  test('is within what Slack takes for sixty failed steps with more than five hundred findings', () => {
    const one = hugeOffboarding()
    expect(everyView(one)).toEqual([])
    expect(JSON.stringify(messages(one)[0])).toContain('more failed: Show everything')
  })

  test('has a key of its own, and text that is a sentence', () => {
    fc.assert(
      fc.property(anyOffboarding, fc.boolean(), (one, secret) => {
        const all = messages(one, secret ? hidden : crowd)
        expect(new Set(all.map((message) => message.key)).size).toBe(all.length)
        for (const message of all) expect(shownOf(one, message).text).toMatch(/[.)]$/)
      }),
    )
  })

  test('never goes to the leaver', () => {
    fc.assert(
      fc.property(anyOffboarding, fc.boolean(), (one, secret) => {
        const tasked = { ...one, requester: { id: one.leaver.id, name: 'the leaver' } }
        for (const message of messages(tasked, secret ? hidden : crowd))
          expect('user' in message.to && message.to.user === one.leaver.id).toBe(false)
      }),
    )
  })

  test('holds names only where Slack reads no markup', () => {
    fc.assert(
      fc.property(anyOffboarding, (one) => {
        for (const message of messages(one, crowd)) {
          const { text, blocks } = shownOf(one, message)
          expect(text).not.toMatch(/<[!@#h]/)
          expect(JSON.stringify(blocks)).not.toContain('"type":"mrkdwn"')
        }
      }),
    )
  })

  test('has no green tick but for a verified step', () => {
    fc.assert(
      fc.property(anyOffboarding, (one) => {
        const verified = Object.values(one.steps).some((run) => run.ending === 'verified' && run.state === 'ended')
        if (!verified)
          expect(JSON.stringify(messages(one, crowd).map((message) => shownOf(one, message)))).not.toContain('✅')
      }),
    )
  })
})

describe('what is said, and to whom', () => {
  const state = (name: Offboarding['state'], seed = 1): Offboarding => {
    const found = fc.sample(
      anyOffboarding.filter((one) => one.state === name && one.plan !== undefined),
      { numRuns: 1, seed },
    )
    return found[0] as Offboarding
  }

  test('goes to nobody but the other people of both roles when the leaver reads the channel', () => {
    const all = messages(state('needs-attention'), {
      ...hidden,
      requesterSees: true,
      direct: { people: ['U00000201'], why: 'x' },
    })
    const cards = all.filter((message) => message.key.endsWith('card') || message.thread)
    expect(cards.length).toBeGreaterThan(1)
    expect(cards.every((message) => 'user' in message.to && message.to.user === 'U00000201')).toBe(true)
    expect(all.some((message) => 'channel' in message.to)).toBe(false)
  })

  test('says each ended step exactly once, under the card', () => {
    const one = state('needs-attention', 3)
    const ended = Object.values(one.steps).filter((run) => run.state === 'ended')
    const told = messages(one).filter((message) => message.says.kind === 'result')
    expect(told.map((message) => message.key).sort()).toEqual(
      ended
        .map((run) => `step/${run.plan.connector}/${run.plan.step}/${ref(run.key)}/${run.attempt}/${run.ending}`)
        .sort(),
    )
    expect(told.every((message) => message.thread === 'card')).toBe(true)
  })

  test('tells a requester outside the channel the reason of a decline, and no finding', () => {
    const one = {
      ...state('declined'),
      declined: { by: { id: 'U1', name: 'Ivo' }, reason: 'not yet', at: '2026-11-21T00:00:00.000Z' },
    }
    const told = messages(one, nobody).filter((message) => 'user' in message.to && message.to.user === one.requester.id)
    expect(told.map((message) => message.key)).toEqual(['requester/asked', 'requester/declined'])
    expect(JSON.stringify(told)).toContain('not yet')
    expect(
      messages(one, { ...nobody, requesterSees: true }).some((message) => message.key.startsWith('requester/')),
    ).toBe(false)
  })

  test('asks everybody who could sign once, but never the requester', () => {
    const one = { ...state('awaiting-sign-off'), signOffs: {}, requester: { id: 'U00000202', name: 'Ivo' } }
    const keys = messages(one, crowd).map((message) => message.key)
    expect(keys).toContain('ask/hr/U00000201')
    expect(keys).not.toContain('ask/it/U00000202')
  })

  test('says in the thread that the report could not be uploaded', () => {
    const one = {
      ...state('done'),
      posts: { report: { channel: 'C1', postingAt: '2026-11-21T00:00:00.000Z', failed: 'file uploads are off' } },
    }
    expect(JSON.stringify(messages(one))).toContain('file uploads are off')
  })

  test('reminds in the thread, calls the roles that have not signed, and says so once for each reminder', () => {
    const at = '2026-11-21T00:00:00.000Z'
    const one = { ...state('awaiting-sign-off'), signOffs: {}, lastReminderAt: at }
    const told = messages(one, crowd).filter((message) => message.key === `reminder/${at}`)
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).toContain('"usergroup_id":"S0HR"')
    expect(told[0]?.thread).toBe('card')
  })

  test('gives a task of one person to that person, with a button until it is done', () => {
    const task = step('manual/badge', {
      findings: [],
      task: { ask: 'Take back the badge', owner: 'U00000301', dueInMs: 1 },
    })
    const begun = [...running([task]), { type: 'step-started', at: at(4), step: task.key } as const]
    const waiting = given([...begun, { type: 'step-waiting', at: at(4), step: task.key, findings: [], fact: 'asked' }])
    const asked = messages(waiting).find(
      (message) => message.key.startsWith('task/') && message.key.endsWith('/U00000301'),
    )
    expect(JSON.stringify(asked)).toContain('task-done')
  })

  test('the request form is within what Slack takes', () => {
    fc.assert(
      fc.property(leaver, fc.array(nastyText, { maxLength: 130 }), (who, titles) => {
        const systems = titles.map((title, at) => ({ id: `system-${at}`, title }))
        const form = requestForm({ leaver: who, systems, memo: 'U1', picked: '2026-11-27T16:00:00.000Z' })
        expect(problemsOf('modal', form)).toEqual([])
      }),
    )
  })
})
