import { readdirSync } from 'node:fs'
import { expect, it as test } from 'vitest'
import { knownConnectors } from '../../src/app.ts'
import { oneLine } from '../../src/cli/command-line.ts'
import { hear } from './bed.ts'

const patience = 60_000

test(
  'help says every subcommand with what it does, also where nothing was typed',
  async () => {
    const ended = await hear(['help'])
    expect(ended).toMatchObject({ code: 0, err: '' })
    for (const name of ['start', 'doctor', 'plan EMAIL', 'connectors', 'audit verify', 'report ID', 'sandbox'])
      expect(ended.out).toMatch(new RegExp(`^ {2}${name}.* {2}\\S`, 'm'))
    expect(await hear(['--help'])).toEqual(ended)
    expect(await hear([])).toEqual(ended)
  },
  patience,
)

test.each(['offboard', 'constructor', '__proto__', 'Plan'])(
  '"%s" is no subcommand: it says so, lists those there are, and ends with 2',
  async (name) => {
    const { code, out, err } = await hear([name])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(new RegExp(`^There is no subcommand ${name}\\.\nusage: latchkey SUBCOMMAND\n {2}start`))
  },
  patience,
)

test.each(['start', 'doctor', 'plan', 'connectors', 'audit', 'report', 'sandbox'])(
  '%s --help says how it is meant and does nothing else',
  async (name) => {
    const { code, out, err } = await hear([name, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^usage: latchkey ${name}\\b.*\n {2}\\S`))
  },
  patience,
)

test.each([
  [['plan'], 'whose offboarding? Give an e-mail address.'],
  [['plan', 'jo'], 'whose offboarding? Give an e-mail address.'],
  [['plan', 'jo@example.com', '--jsn'], 'there is no option --jsn.'],
  [['plan', 'jo@example.com', 'ada@example.com'], 'what is ada@example.com meant for?'],
  [['doctor', '--all'], 'there is no option --all.'],
  [['start', 'now'], 'what is now meant for?'],
  [['connectors', '--yaml'], 'there is no option --yaml.'],
  [['audit'], 'verify, or accept?'],
  [['audit', 'repair'], 'verify, or accept?'],
  [['audit', 'verify', '--fix'], 'there is no option --fix.'],
  [['audit', 'accept', 'off-1'], 'which one, and why? Give its id and --note.'],
  [['audit', 'accept', 'off-1', '--not', 'x'], expect.stringContaining("'--not'")],
  [['report'], 'of which offboarding? Give its id, such as off-7k3q2m9x.'],
  [['report', 'off-1', 'off-2'], 'what is off-2 meant for?'],
  [['sandbox', '--replay'], 'there is no option --replay.'],
])(
  'latchkey %j is wrong usage: it says what is meant, and ends with 2',
  async (args, said) => {
    const { code, out, err } = await hear(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    const [first = '', ...rest] = err.split('\n')
    expect(first.slice(`latchkey ${args[0]}: `.length)).toEqual(said)
    expect(rest.at(-1)).toMatch(new RegExp(`^usage: latchkey ${args[0]}`))
  },
  patience,
)

interface Described {
  id: string
  title: string
  rights: { name: string; for: string }[]
  limits: { id: string; perSecond: number; concurrent: number; source: string }[]
  steps: { id: string; title: string; area: string; phase: string; needs?: string[]; after?: string[] }[]
}

async function described(): Promise<Described[]> {
  const { code, out, err } = await hear(['connectors', '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out) as Described[]
}

test(
  'connectors --json names every file in connectors/, but for the tasks that the settings make',
  async () => {
    const files = readdirSync(new URL('../../connectors', import.meta.url))
    const ids = files.map((name) => name.replace(/\.ts$/, '')).filter((name) => name !== 'manual')
    expect((await described()).map((one) => one.id)).toEqual(ids.sort())
  },
  patience,
)

test(
  'each connector says its rights, its limits with their source, and steps that need only steps that exist',
  async () => {
    const all = await described()
    const steps = new Set(all.flatMap((one) => one.steps.map((step) => `${one.id}/${step.id}`)))
    expect(steps.size).toBe(all.flatMap((one) => one.steps).length)
    for (const one of all) {
      // What an in-house system calls its rights, only the settings say.
      if (one.id !== 'http') expect(one.rights.length, one.id).toBeGreaterThan(0)
      expect(one.rights.every((right) => right.name && right.for)).toBe(true)
      expect(one.limits.every((limit) => limit.perSecond > 0 && limit.concurrent > 0 && limit.source)).toBe(true)
      const named = one.steps.flatMap((step) => [...(step.needs ?? []), ...(step.after ?? [])])
      expect(named.filter((name) => knownConnectors().includes(name.split('/')[0] ?? '') && !steps.has(name))).toEqual(
        [],
      )
    }
  },
  patience,
)

test(
  'connectors for people says the same steps, and which cannot be taken back',
  async () => {
    const { code, out } = await hear(['connectors'])
    expect(code).toBe(0)
    for (const one of await described()) {
      expect(out).toContain(`${one.title} (${one.id})`)
      for (const step of one.steps) expect(out).toContain(step.title)
      for (const right of one.rights) expect(out).toContain(`${right.name}: ${right.for}`)
    }
    expect(out).toMatch(/Delete.*\(irreversible/)
  },
  patience,
)

test('what others wrote is printed on one line, and a row of blanks is read once, however long it is', () => {
  expect(oneLine('gone \r\n\t ✓ done\n')).toBe('gone ✓ done ')
  expect(oneLine('a  b')).toBe('a  b')
  const blanks = ' '.repeat(300_000)
  expect(oneLine(`${blanks}x`)).toBe(`${blanks}x`)
})
