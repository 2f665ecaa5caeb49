/** A little shell: words and single quotes, `env`, `sudo`, one command. What it does not know, it says so. */
import { fileTools } from './file-tools.ts'
import { linuxTools } from './linux-tools.ts'
import { type Machine, nameOf, type Said, said, type Tool } from './machine.ts'
import { macosTools } from './macos-tools.ts'

const common: Readonly<Record<string, Tool>> = {
  ...fileTools,
  true: () => said(''),
  ps,
  pkill,
  '/usr/sbin/sshd': sshd,
  id,
}
const left = /^\/proc$/

export function execute(machine: Machine, line: string, as: { user: string; uid: number }): Said {
  const words = wordsOf(line)
  if (words.shift() !== 'env' || words.shift() !== 'LC_ALL=C') return said('', 127, `sh: ${line}: not in English`)
  const asRoot = words[0] === 'sudo'
  if (asRoot) words.splice(0, 3)
  const [program = '', ...args] = words
  if (program === 'id' && args.length === 1) return said(String(asRoot ? 0 : as.uid))
  const tools = { ...common, ...(machine.platform === 'linux' ? linuxTools : macosTools) }
  const tool = tools[program]
  if (!tool) return said('', 127, `sh: 1: ${program}: not found`)
  if (!asRoot) return said('', 1, `${program}: Permission denied`)
  if (program === 'find' && left.test(args[0] ?? '')) return begun(machine, args)
  return tool(machine, args)
}

/** Nothing else that a shell would read otherwise is let through. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/((?:'[^']*'|[^\s'])+)/g)].map(([, word = '']) => {
    const bare = word.replaceAll(/'[^']*'/g, '')
    if (/[^A-Za-z0-9_.,:=+@%/-]/.test(bare)) throw new Error(`a shell would read ${bare} otherwise`)
    return word.replaceAll("'", '')
  })
  return words
}

function sshd(machine: Machine): Said {
  const port = machine.platform === 'linux' ? 22 : 2222
  return said(
    [`port ${port}`, 'authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2', 'trustedusercakeys none'].join(
      '\n',
    ),
  )
}

function id(machine: Machine, args: readonly string[]): Said {
  const login = args.at(-1) ?? ''
  const user = machine.users.get(login)
  return user ? said(String(user.uid)) : said('', 1, `id: ${login}: no such user`)
}

/** By `-U` and `-u`, or by `-p`. */
function ps(machine: Machine, args: readonly string[]): Said {
  const value = (name: string) => args[args.indexOf(name) + 1] ?? ''
  const pids = args.includes('-p') ? value('-p').split(',').map(Number) : undefined
  const uid = Number(value('-U'))
  const shown = machine.processes.filter((one) => (pids ? pids.includes(one.pid) : one.uid === uid))
  const lines = shown.map((one) =>
    pids
      ? `${String(one.pid).padStart(7)} ${nameOf(machine, one.uid).padEnd(8)} ${one.command}`
      : `Ss   ${one.tty.padEnd(8)} ${one.command}`,
  )
  return said(lines.join('\n'), lines.length > 0 ? 0 : 1)
}

function pkill(machine: Machine, args: readonly string[]): Said {
  const before = machine.processes.length
  machine.processes = machine.processes.filter((one) => one.uid !== Number(args.at(-1)))
  return said('', machine.processes.length < before ? 0 : 1)
}

/** `find /proc … -exec grep -sHx UID {} +` over loginuid. */
function begun(machine: Machine, args: readonly string[]): Said {
  const uid = Number(args[args.indexOf('-sHx') + 1])
  const theirs = machine.processes.filter((one) => one.loginUid === uid)
  return said(theirs.map((one) => `/proc/${one.pid}/loginuid:${uid}`).join('\n'))
}
