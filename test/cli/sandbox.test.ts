/** `latchkey sandbox` without `--play`: a page on loopback until it is asked to end. */
import { afterEach, expect, test } from 'vitest'
import type { CommandLine } from '../../src/cli/command-line.ts'
import sandbox from '../../src/cli/sandbox.ts'

let end: (() => void) | undefined
afterEach(() => end?.())

function line(): CommandLine & { said: string[]; died: unknown[] } {
  const said: string[] = []
  const died: unknown[] = []
  return {
    args: [],
    env: {},
    readFile: () => '',
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    die: (error) => void died.push(error),
    ended: new Promise<void>((done) => {
      end = done
    }),
    said,
    died,
  }
}

test('it prints the address and who to be, serves the page, and ends in order', async () => {
  const one = line()
  const running = sandbox.run(one, ['--mode', 'http', '--port', '0'])
  const address = await new Promise<string>((done) => {
    one.out = (text) => {
      one.said.push(text)
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0]
      if (one.said.length === 4) done(found ?? /http:\S+/.exec(one.said[0] ?? '')?.[0] ?? '')
    }
  })
  expect(one.said.join('\n')).toMatch(/Ask as Ada Okafor: type \/offboard @jo\.miller/)
  expect(one.said.join('\n')).toContain('Gil Partner')
  expect(await (await fetch(address)).text()).toContain('<script type="module"')
  expect(await (await fetch(new URL('/api/knobs', address))).json()).toMatchObject({ mode: 'http', sockets: 0 })
  end?.()
  expect(await running).toBe(0)
  await expect(fetch(address)).rejects.toThrow()
  expect(one.died).toEqual([])
}, 60_000)

test.each([
  [['--port', 'x'], '--port is a number up to 65535.'],
  [['--port', '70000'], '--port is a number up to 65535.'],
  [['--port'], '--port is a number up to 65535.'],
  [['--mode', 'telepathy'], '--mode is socket or http.'],
  [['--trouble'], 'there is no option --trouble.'],
])('%j is refused', async (args, words) => {
  await expect(sandbox.run(line(), args)).rejects.toThrow(words)
})
