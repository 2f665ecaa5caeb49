/** The command line: whatever is typed, it ends with 0, 1 or 2 and words for people. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { CommandLine } from '../../src/cli/command-line.ts'
import { run } from '../../src/cli/run.ts'
import { type Door, hasUnseen, hold, must, type Task } from './door.ts'
import { shortText, text } from './texts.ts'

const subcommands = ['doctor', 'plan', 'connectors', 'audit', 'report', 'resume', 'stop', 'help', '--help', '-h']
const words = [
  'verify',
  'accept',
  '--json',
  '--note',
  '--note=x',
  '--',
  '-',
  '-h',
  '--help',
  'off-1',
  'jo@example.com',
  '../../x',
  '__proto__',
]
const word = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...words) }, shortText, { weight: 1, arbitrary: text })

const known = fc
  .tuple(fc.constantFrom(...subcommands), fc.array(word, { maxLength: 4 }))
  // Accepting opens the record for writing; it has a door of its own.
  .map(([name, rest]) => [name, ...(name === 'audit' && rest[0] === 'accept' ? rest.slice(0, 2) : rest)])
/** These start something, where they are understood; so a word too many is always there. */
const starting = fc
  .tuple(fc.constantFrom('start', 'sandbox'), fc.array(shortText, { maxLength: 3 }))
  .map(([name, rest]) => [name, ...rest, '--no-such-option'])
const unknown = fc.array(word, { maxLength: 3 }).filter(([name = '']) => !['start', 'sandbox'].includes(name))

let folder: string | undefined

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'latchkey-fuzz-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  return made
}

async function typed(args: readonly string[]): Promise<void> {
  folder ??= newFolder()
  const printed: string[] = []
  const print = (words: string) => void printed.push(words)
  const line: CommandLine = {
    args,
    env: { LATCHKEY_SETTINGS: join(folder, 'none.yaml'), LATCHKEY_DATA: join(folder, 'data') },
    readFile: () => '',
    out: print,
    err: print,
    ended: Promise.resolve('SIGTERM'),
    die: (error) => {
      throw error
    },
  }
  const code = await run(line)
  const said = printed.join('\n')
  const most = 10_000 + 4 * args.join('').length
  must([0, 1, 2].includes(code), `ended with ${code}`)
  must(said.length > 0, 'nothing was said')
  must(!/is not a function|Cannot read|\bat .*\.ts:\d/.test(said), `said: ${said.slice(0, 500)}`)
  must(!hasUnseen(said), `control characters: ${JSON.stringify(said.slice(0, 500))}`)
  must(said.length < most || args.includes('--json') || args[0] === 'connectors', `said ${said.length} characters`)
}

export const commandLine: Door = {
  name: 'arguments',
  parts: [
    { name: 'known', share: 0.6, hold: (task: Task) => hold(task, known, typed) },
    { name: 'unknown', share: 0.35, hold: (task: Task) => hold(task, unknown, typed) },
    { name: 'starting', share: 0.05, hold: (task: Task) => hold(task, starting, typed) },
  ],
}
