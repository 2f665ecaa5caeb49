import { describe, expect, test } from 'vitest'
import { type Inline, parse } from '../../../../src/sandbox/page/browser/mrkdwn.ts'

/** Marks in brackets, so that a line reads as what is drawn. */
function shown(pieces: readonly Inline[]): string {
  return pieces
    .map((one) => {
      if (one.is === 'text') return one.text
      if (one.is === 'break') return '/'
      if (one.is === 'code') return `[code ${one.text}]`
      if (one.is === 'link') return `[${one.label} to ${one.url}]`
      if (one.is === 'date') return `[${one.format} ${one.seconds}]`
      if ('inner' in one) return `[${one.is} ${shown(one.inner)}]`
      return 'id' in one ? `[${one.is} ${one.id}]` : `[${one.is}]`
    })
    .join('')
}

function drawn(text: string): string {
  return parse(text)
    .map((chunk) =>
      chunk.is === 'pre'
        ? `[pre ${chunk.text}]`
        : chunk.is === 'quote'
          ? `[quote ${shown(chunk.inner)}]`
          : shown(chunk.inner),
    )
    .join('|')
}

describe("Slack's mrkdwn", () => {
  test.each([
    ['*bold* _italic_ ~gone~ `code`', '[bold bold] [italic italic] [strike gone] [code code]'],
    ['*bold with _italic_ in it*', '[bold bold with [italic italic] in it]'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['`*no mark*` in code', '[code *no mark*] in code'],
    ['<@U1> in <#C1|general>, <!subteam^S1>, <!here>', '[user U1] in [channel C1], [group S1], [everybody here]'],
    ['<https://x.example/?a=1&amp;b=2|the page>', '[the page to https://x.example/?a=1&b=2]'],
    ['<mailto:jo@example.com>', '[jo@example.com to mailto:jo@example.com]'],
    ['&lt;@U1&gt; &amp; more', '<@U1> & more'],
    [':white_check_mark: and :no_such_thing:', '✅ and :no_such_thing:'],
    ['<!date^1700000000^{date_short}|then>', '[{date_short} 1700000000]'],
    ['&gt; said\n&gt; twice\nand then', '[quote said/twice]|and then'],
    ['before ```\nlet *x* = 1``` after', 'before |[pre let *x* = 1]| after'],
  ])('%s', (text, expected) => expect(drawn(text)).toBe(expected))
})
