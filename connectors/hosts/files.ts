/**
 * Files on a host: found without following links below the folder that is named, and moved aside into a folder of root's,
 * so that whoever owns the place they were in can neither lead us elsewhere nor bring them back.
 */
import { Rejected } from '../../src/connector.ts'
import { type Argument, type Host, literal } from './host.ts'

export const store = '/var/lib/latchkey'

const open = literal('(')
const close = literal(')')
const here = literal('{}')
const end = literal(';')

/** Paths that match; a folder that is not there holds nothing. Throws Rejected where anything could not be read. */
export async function find(host: Host, folders: readonly string[], tests: readonly Argument[]): Promise<string[]> {
  const argv = ['find', '-H', ...folders, ...tests] as const
  const { out, err } = await host.run({ what: 'look for files', argv, answers: [0, 1] })
  const unread = complaints(err)[0]
  if (unread) throw new Rejected(`${host.id} could not look everywhere: ${unread.slice(0, 200)}`)
  return out.split('\n').filter((line) => line !== '')
}

/** What could not be read may hold anything; what is not there holds nothing. */
function complaints(err: string): string[] {
  return err.split('\n').filter((line) => line.trim() !== '' && !line.includes('No such file or directory'))
}

/** Either of two tests. */
export function either(...tests: readonly (readonly Argument[])[]): Argument[] {
  return [open, ...tests.flatMap((test, index) => (index === 0 ? test : ['-o', ...test])), close]
}

/** Words for `find` that are this file or link below a folder, and nothing that is reached through a link. */
export function exactly(folder: string, path: string): Argument[] {
  return ['-maxdepth', depthOf(folder, path), ...fileOrLink(path)]
}

export function depthOf(folder: string, path: string): string {
  return String(path.slice(folder.length).split('/').filter(Boolean).length)
}

export function fileOrLink(path: string): Argument[] {
  return ['-path', path, ...either(['-type', 'f'], ['-type', 'l'])]
}

export function asideOf(uid: number, path: string): string {
  return `${store}/${uid}${path.replaceAll('/', '_')}`
}

/** Moves `path`, which is below `folder`; nothing where it is not there. What lies aside from before is kept besides. */
export async function moveAside(host: Host, uid: number, folder: string, path: string): Promise<void> {
  const found = await find(host, [folder], exactly(folder, path))
  if (found.length === 0) return
  const aside = asideOf(uid, path)
  await host.run({ what: 'keep what is moved aside', argv: ['mkdir', '-p', '-m', '700', store], writes: true })
  await host.run({
    what: 'keep what lies aside',
    argv: ['mv', '-f', aside, `${aside}.1`],
    writes: true,
    answers: 'any',
  })
  // -execdir works in the very folder that was found, whatever the path leads to by then.
  const argv = ['find', '-H', folder, ...exactly(folder, path), '-execdir', 'mv', '-n', here, aside, end] as const
  await host.run({ what: `move ${path} aside`, argv, writes: true })
}

/** Throws Rejected where something else is there meanwhile, or nothing lies aside. */
export async function giveBack(host: Host, uid: number, folder: string, path: string): Promise<void> {
  const parent = path.slice(0, path.lastIndexOf('/'))
  const there =
    parent === folder
      ? [folder]
      : await find(host, [folder], ['-maxdepth', depthOf(folder, parent), '-path', parent, '-type', 'd'])
  const taken = await find(host, [folder], exactly(folder, path))
  if (there.length === 0 || taken.length > 0)
    throw new Rejected(
      `${path} on ${host.id} is not given back: ${taken.length > 0 ? 'there is another one by now' : `${parent} is no folder any more`}. It lies in ${asideOf(uid, path)}`,
    )
  await host.run({ what: `give ${path} back`, argv: ['mv', '-n', asideOf(uid, path), path], writes: true })
}

/** Undefined where it cannot be named in a command: IT does it by hand. */
export function safePath(path: string): string | undefined {
  return /^\/[A-Za-z0-9_.,:=+@%/-]+$/.test(path) && !path.split('/').includes('..')
    ? path.replace(/\/+$/, '')
    : undefined
}

/** Lines of files that hold one of these words, as `path:line`; files that are not there hold nothing. */
export async function grep(
  host: Host,
  how: readonly string[],
  words: readonly Argument[],
  files: readonly string[],
): Promise<{ path: string; line: string }[]> {
  if (words.length === 0 || files.length === 0) return []
  // 1: no line; 2: also where one of the files is not there. -a: a NUL in a file must not hide its lines.
  const argv = ['grep', '-aH', ...how, ...words.flatMap((one) => ['-e', one]), '--', ...files] as const
  const { out, err } = await host.run({ what: 'look through files', argv, answers: [0, 1, 2] })
  const unread = complaints(err)[0]
  if (unread) throw new Rejected(`${host.id} could not look through files: ${unread.slice(0, 200)}`)
  return out.split('\n').flatMap((text) => {
    const at = text.indexOf(':')
    return at < 0 ? [] : [{ path: text.slice(0, at), line: text.slice(at + 1) }]
  })
}
