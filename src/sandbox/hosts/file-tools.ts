/** find(1), grep(1), cat(1), mkdir(1), mv(1) over a pretend machine's files: as far as GNU and BSD agree. */
import { basename, dirname } from 'node:path'
import { type Machine, type Said, said, type Tool } from './machine.ts'

type Test = (path: string) => boolean

interface Wanted {
  folders: string[]
  depth: number
  test: Test
  execdir?: string[]
}

export const fileTools: Readonly<Record<string, Tool>> = { find, grep, cat, mkdir, mv }

function find(machine: Machine, args: readonly string[]): Said {
  const wanted = parse(machine, args)
  const gone = wanted.folders.filter((folder) => !machine.files.has(folder))
  const hits = wanted.folders.flatMap((folder) =>
    [...machine.files.keys()].filter((path) => below(folder, path, wanted.depth, machine) && wanted.test(path)),
  )
  const err = gone.map((folder) => `find: ‘${folder}’: No such file or directory`).join('\n')
  if (!wanted.execdir) return said(hits.sort().join('\n'), gone.length > 0 ? 1 : 0, err)
  const [program = '', ...rest] = wanted.execdir
  for (const path of hits) {
    const names = rest.map((one) =>
      one === '{}' ? path : one.startsWith('/') || one.startsWith('-') ? one : `${dirname(path)}/${one}`,
    )
    fileTools[program]?.(machine, names)
  }
  return said('', gone.length > 0 ? 1 : 0, err)
}

/** Nothing behind a link: it is listed, and not entered. */
function below(folder: string, path: string, depth: number, machine: Machine): boolean {
  if (path === folder) return true
  if (!path.startsWith(`${folder}/`)) return false
  const names = path.slice(folder.length + 1).split('/')
  const above = names.slice(0, -1).map((_, index) => `${folder}/${names.slice(0, index + 1).join('/')}`)
  return names.length <= depth && above.every((one) => machine.files.get(one)?.type === 'd')
}

function parse(machine: Machine, args: readonly string[]): Wanted {
  const words = args.filter((one) => one !== '-H')
  const start = words.findIndex((one) => one.startsWith('-') || one === '(')
  const wanted: Wanted = { folders: words.slice(0, start), depth: Number.POSITIVE_INFINITY, test: () => true }
  const left = words.slice(start)
  if (left[0] === '-maxdepth') wanted.depth = Number(left.splice(0, 2)[1])
  const exec = left.indexOf('-execdir')
  if (exec >= 0) wanted.execdir = left.splice(exec).slice(1, -1)
  wanted.test = anyOf(machine, left)
  if (left.length > 0) throw new Error(`find does not know ${left[0]} here`)
  return wanted
}

/** Takes its words away from the front, up to a `)` or the end. */
function anyOf(machine: Machine, left: string[]): Test {
  const tests: Test[][] = [[]]
  while (left.length > 0 && left[0] !== ')') {
    const word = left.shift()
    if (word === '-o') tests.push([])
    else tests.at(-1)?.push(word === '(' ? inner(machine, left) : one(machine, word, left.shift() ?? ''))
  }
  return (path) => tests.some((all) => all.every((test) => test(path)))
}

function inner(machine: Machine, left: string[]): Test {
  const test = anyOf(machine, left)
  left.shift()
  return test
}

function one(machine: Machine, word: string | undefined, value: string): Test {
  const glob = new RegExp(`^${value.replaceAll(/[.+^$()|]/g, '\\$&').replaceAll('*', '.*')}$`)
  if (word === '-path') return (path) => glob.test(path)
  if (word === '-name') return (path) => glob.test(basename(path))
  if (word === '-type') return (path) => machine.files.get(path)?.type === value
  if (word === '-uid') return (path) => machine.files.get(path)?.uid === Number(value)
  throw new Error(`find does not know ${word} here`)
}

function grep(machine: Machine, args: readonly string[]): Said {
  const cut = args.indexOf('--')
  const options = args.slice(0, cut)
  const words = options.flatMap((one, index) => (options[index - 1] === '-e' ? [one] : []))
  const whole = options.includes('-x')
  const fold = (text: string) => (options.includes('-i') ? text.toLowerCase() : text)
  const patterns = options.includes('-E')
    ? words.map((word) => new RegExp(word.replaceAll('[[:space:]]', '\\s'), options.includes('-i') ? 'i' : ''))
    : undefined
  const matches = (line: string) =>
    patterns
      ? patterns.some((one) => one.test(line))
      : words.some((word) => (whole ? line === word : fold(line).includes(fold(word))))
  const named = args.slice(cut + 1)
  const files = [...machine.files].filter(([path, file]) => {
    const inside = options.includes('-r') && named.some((folder) => path.startsWith(`${folder}/`))
    return file.type === 'f' && (inside || named.includes(path))
  })
  const lines = files.flatMap(([path, { text, unreadable }]) =>
    (unreadable ? '' : text).split('\n').flatMap((line) => (matches(line) ? [`${path}:${line}`] : [])),
  )
  // An error, though a silent one, goes before the answer.
  const gone = named
    .filter((path) => !machine.files.has(path))
    .map((path) => `grep: ${path}: No such file or directory`)
  const closed = files.filter(([, file]) => file.unreadable).map(([path]) => `grep: ${path}: Permission denied`)
  const errors = [...gone, ...closed]
  const told = options.includes('-sH') ? '' : errors.join('\n')
  return said(lines.join('\n'), errors.length > 0 ? 2 : lines.length > 0 ? 0 : 1, told)
}

function cat(machine: Machine, args: readonly string[]): Said {
  const path = args.at(-1) ?? ''
  const file = machine.files.get(path)
  if (file?.type === 'f') return said(file.text)
  return said('', 1, `cat: ${path}: No such file or directory`)
}

function mkdir(machine: Machine, args: readonly string[]): Said {
  const path = args.at(-1) ?? ''
  if (!machine.files.has(path)) machine.files.set(path, { type: 'd', uid: 0, text: '' })
  return said('')
}

function mv(machine: Machine, args: readonly string[]): Said {
  const [from = '', to = ''] = args.slice(-2)
  const file = machine.files.get(from)
  if (!file) return said('', 1, `mv: cannot stat '${from}': No such file or directory`)
  if (args.includes('-n') && machine.files.has(to)) return said('')
  machine.files.delete(from)
  machine.files.set(to, file)
  return said('')
}
