/** Rules of sudoers(5) that name the leaver: a file that is about nobody else is moved aside, a line among others is IT's. */
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import { giveBack, grep, moveAside, safePath } from './files.ts'
import { type Argument, type Host, type Hosts, literal } from './host.ts'
import { hereOf, targetOf } from './person.ts'
import { type Person, platformOf } from './platform.ts'

export const sudoers: AutomaticStep<Hosts> = {
  id: 'sudoers',
  title: 'Take sudo rules away',
  area: 'infrastructure',
  phase: 'remove',
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const files = await naming(here.host, here.person)
    return files.map(({ path, count, whole }) => {
      const fact = `${count} ${count === 1 ? 'line names' : 'lines name'} them`
      const label = `Sudo rules in ${path}`
      if (whole) return { id: path, label, state: 'open', fact: `${fact}, and nobody else` }
      return { id: path, label, state: 'blocked', fact: `${fact} among others: IT takes them out with visudo` }
    })
  },
  async apply(at, { id }) {
    const { host, person } = await targetOf(at)
    const file = (await naming(host, person)).find((one) => one.path === id)
    if (file && !file.whole) throw new Rejected(`${id} on ${host.id} names others, too`, { code: 'byHand' })
    // Rules of a user are needed by no other line, so what is left is as valid as before.
    if (file) await moveAside(host, person.uid, platformOf(host).sudoers.folder, id)
  },
  async undo(at, { id }) {
    const { host, person } = await targetOf(at)
    await giveBack(host, person.uid, platformOf(host).sudoers.folder, id)
  },
}

interface Naming {
  path: string
  /** Lines that name the leaver. */
  count: number
  /** Nothing else is in there, and we can move it. */
  whole: boolean
}

async function naming(host: Host, { login, uid }: Person): Promise<Naming[]> {
  const { file, folder } = platformOf(host).sudoers
  const words: Argument[] = [login, literal(`#${uid}`)]
  const hits = await grep(host, ['-r', '-F'], words, [file, folder])
  const names = namer(login, uid)
  const paths = [...new Set(hits.filter(({ line }) => names(line)).map(({ path }) => path))]
  return Promise.all(
    paths.map(async (path) => {
      const count = hits.filter((hit) => hit.path === path && names(hit.line)).length
      const own = safePath(path)
      if (!own || !path.startsWith(`${folder}/`) || path.slice(folder.length + 1).includes('/'))
        return { path, count, whole: false }
      const { out } = await host.run({ what: `read ${path}`, argv: ['cat', '--', own] })
      return { path, count, whole: rulesIn(out).every((rule) => isOf(rule, login, uid)) }
    }),
  )
}

/** A `#` begins a comment unless it is a uid or an include. */
function isComment(line: string): boolean {
  return /^\s*(#(?!\d|include)|$)/.test(line)
}

function namer(login: string, uid: number): (line: string) => boolean {
  const name = new RegExp(`(^|[\\s,=:!"])(${login}|#${uid})([\\s,:="]|$)`)
  return (line) => !isComment(line) && name.test(line)
}

function rulesIn(text: string): string[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => !isComment(line))
}

/** `jo ALL=(ALL) ALL`, `"jo" ALL=…`, `#1001 ALL=…` or `Defaults:jo …`. */
function isOf(rule: string, login: string, uid: number): boolean {
  const [first = ''] = rule.trim().split(/\s+/)
  return [login, `"${login}"`, `#${uid}`, `Defaults:${login}`].includes(first)
}
