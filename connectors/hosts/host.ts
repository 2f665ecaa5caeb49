/**
 * A host as the steps see it: fixed commands, whose arguments are plain words or fixed text. Whatever else would have to
 * be quoted never gets into a command line.
 */
import { type Gate, Rejected } from '../../src/connector.ts'
import type { Connection } from './connection.ts'
import { classify, Trouble } from './errors.ts'
import type { Ran } from './execute.ts'
import type { HostSettings } from './settings.ts'

/** Text of ours that a shell would read otherwise; made from constants only, but for names and numbers that were checked. */
export interface Literal {
  quoted: string
}

export type Argument = string | Literal

export interface Command {
  /** Completes "web-1 refused to …". */
  what: string
  argv: readonly [string, ...Argument[]]
  writes?: true
  /** Without sudo. */
  asOurselves?: true
  /** Exit codes that are answers; 0 when absent. `any` where what matters is read back. */
  answers?: readonly number[] | 'any'
}

export interface Host {
  id: string
  settings: HostSettings
  /** Whom we are signed in as. */
  user: string
  /** Throws Rejected for any other exit code, and what the gate throws. */
  run(command: Command): Promise<Ran>
  /** Asked once: it is the same as long as we can sign in. */
  ownUid(): Promise<number>
}

export interface Hosts {
  all: readonly Host[]
  domains: readonly string[]
  /** The login names that an address stands for; none where it is not ours, or makes no name. */
  loginOf(email: string): string | undefined
}

export function literal(text: string): Literal {
  return { quoted: `'${text.replaceAll("'", "'\\''")}'` }
}

const plain = /^[A-Za-z0-9_.,:=+@%/-]+$/

export function isPlain(text: string): boolean {
  return plain.test(text)
}

export function lineOf(argv: readonly Argument[]): string {
  return argv.map((one) => (typeof one === 'string' ? word(one) : one.quoted)).join(' ')
}

function word(text: string): string {
  if (isPlain(text)) return text
  throw new Rejected(`"${text.slice(0, 60)}" cannot be put into a command safely: IT does this by hand`, {
    code: 'unsafe',
  })
}

export function hostOver(id: string, settings: HostSettings, user: string, line: Connection, gate: Gate): Host {
  const asRoot = user === 'root' ? [] : ['sudo', '-n', '--']
  let own: number | undefined
  async function run(command: Command): Promise<Ran> {
    const { what, argv, writes = false, asOurselves, answers = [0] } = command
    // In English, whatever the host speaks: answers are read.
    const text = lineOf(['env', 'LC_ALL=C', ...(asOurselves ? [] : asRoot), ...argv])
    const method = writes ? 'CHANGE' : 'READ'
    const call = { url: `ssh://${id}/${argv[0].split('/').at(-1)}`, method, writes, classify }
    const ran = await gate.schedule(call, async (signal) => judged(await readOrWrite(line, text, signal, writes)))
    if (answers === 'any' || (answers.includes(ran.code) && !sudoRefused(ran))) return ran
    throw refusal({ id, user, what }, ran)
  }
  return {
    id,
    settings,
    user,
    run,
    async ownUid() {
      own ??= Number((await run({ what: 'say who we are', argv: ['id', '-u'], asOurselves: true })).out)
      return own
    },
  }
}

/** A read whose end was lost may be asked again. */
async function readOrWrite(line: Connection, text: string, signal: AbortSignal, writes: boolean): Promise<Ran> {
  try {
    return await line.run(text, signal)
  } catch (error) {
    if (writes || !(error instanceof Trouble)) throw error
    throw new Trouble('busy', error.message, error)
  }
}

/** Somebody else changes the user data base at this moment; shadow's own words for it. */
function judged(ran: Ran): Ran {
  if (ran.code !== 0 && /try again later/i.test(ran.err)) throw new Trouble('busy', firstLine(ran.err))
  return ran
}

/** sudo's own exit code is 1, as that of much that it runs. It is sorry where it would ask for no password. */
function sudoRefused(ran: Ran): boolean {
  return ran.code === 1 && /^(?:sudo: |Sorry, user )/m.test(ran.err)
}

function refusal({ id, user, what }: { id: string; user: string; what: string }, ran: Ran): Rejected {
  const said = firstLine(ran.err) || 'without a reason'
  if (sudoRefused(ran))
    return new Rejected(
      `${id} refused to ${what}: ${said}. IT lets ${user} run the listed commands with sudo there, without a password`,
      { status: ran.code, code: 'sudo' },
    )
  return new Rejected(`${id} refused to ${what}: ${said} (${ran.code})`, { status: ran.code })
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0]?.trim() ?? ''
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`
}
