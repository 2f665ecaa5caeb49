import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { bed, recorded } from '../support/story-bed.ts'
import { ask, offered, person, press, says, storyOf, told, type, workOff } from '../support/story-people.ts'

let box: Sandbox
let down = false
beforeAll(async () => {
  box = await bed({
    settling: { patience: 1500 },
    patience: { attempts: 2, maxWaitMs: 1000, backOff: { firstMs: 20, mostMs: 100 } },
    bend: (send) => (request) =>
      down && /google/.test(request.url)
        ? Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }))
        : send(request),
  })
}, 60_000)
afterAll(() => box.close())

describe('what could be passed over in silence', { timeout: 120_000 }, () => {
  test('a value that is no id is answered with a sentence, not with a reference for IT', async () => {
    const id = await ask(box, cast.it, '/offboard @emil.dahl')
    const card = await offered(box, id, 'sign-hr')
    for (const nonsense of ['', '../../etc/passwd 0', '{"id":1}', '💥']) {
      const forged = structuredClone(card) as Post
      const button = { type: 'button', action_id: 'sign-hr', value: nonsense, text: { type: 'plain_text', text: 'x' } }
      forged.blocks = [{ type: 'actions', block_id: 'forged', elements: [button] } as never]
      const words = await told(box, await person(box, cast.hr).click(forged, 'sign-hr', { stale: true }))
      expect.soft(words, JSON.stringify(nonsense)).toMatch(/does not exist/)
    }
  })

  test('nor is an id that is mistyped after a command', async () => {
    for (const typed of ['off_abc', 'Jo Miller', '../x', 'off-abc!'])
      expect
        .soft(await type(box, cast.hr, `/offboard status ${typed}`), typed)
        .toMatch(/no offboarding .* that you can see/)
  })

  test('a leaver whom no system knows is called so on the card, before anybody signs', async () => {
    const id = await ask(box, cast.hr, '/offboard jo.miler@example.com')
    expect(await says(box, id, /Sign off for HR/)).toMatch(
      /No connected system knows anybody as jo\.miler@example\.com/,
    )
  })

  test('a system that was never read is not passed over in "Done", nor in the report', async () => {
    down = true
    const id = await ask(box, cast.hr, '/offboard @lena.fischer')
    await says(box, id, /Google Workspace could not be read and is not in this plan/)
    await press(box, id, cast.hrSubstitute, 'sign-hr')
    await press(box, id, cast.it, 'sign-it')
    await workOff(box, id)
    await recorded(box, id, ({ state }) => state === 'done')
    await box.slack.until(() => box.slack.files().length >= 2, 60_000)
    down = false
    expect.soft(storyOf(box, id)).toMatch(/Google Workspace/)
    for (const file of box.slack.files()) expect.soft(file.bytes?.toString(), file.name).toMatch(/Google Workspace/)
  })
})
