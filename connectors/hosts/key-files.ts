/** Where the server looks for public keys, and what is in there: `AuthorizedKeysFile` of sshd_config(5), by `sshd -T`. */
import { Rejected } from '../../src/connector.ts'
import { fingerprintOf } from './connection.ts'
import { depthOf, either, fileOrLink, find, safePath } from './files.ts'
import type { Argument, Host } from './host.ts'
import type { Entry, Person } from './platform.ts'

export interface Server {
  /** As configured: with %h, %u and %U, absolute or below the home folder. */
  keyFiles: readonly string[]
  /** Other ways in: certificates that it trusts, a command that names keys. */
  also: readonly string[]
}

export async function serverOf(host: Host, login: string): Promise<Server> {
  if (host.settings.keyFiles) return { keyFiles: host.settings.keyFiles, also: [] }
  const argv = ['/usr/sbin/sshd', '-T', '-C', `user=${login},host=localhost,addr=127.0.0.1`] as const
  const { out } = await host.run({ what: 'show how its SSH server is set up', argv })
  const settings = new Map(out.split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1)] as const))
  const files = settings.get('authorizedkeysfile')
  if (!files)
    throw new Rejected(`${host.id} does not say where keys are (AuthorizedKeysFile): IT names it in 'keyFiles'`)
  const also = ['trustedusercakeys', 'authorizedkeyscommand'].flatMap((name) => {
    const value = settings.get(name)?.join(' ') ?? 'none'
    return value === 'none' ? [] : [`${name} ${value}`]
  })
  return { keyFiles: files.filter((one) => one !== 'none'), also }
}

export interface Place {
  /** Nothing below it is reached through a link. */
  folder: string
  path: string
}

/** Undefined where home or pattern make no path that goes into a command. */
export function placesOf({ keyFiles }: Server, { login, uid, home }: Entry): Place[] | undefined {
  const folder = safePath(home)
  if (!folder) return undefined
  const places = keyFiles.map((pattern) => {
    const named = pattern.replaceAll('%%', '%').replaceAll('%h', folder).replaceAll('%u', login)
    const path = safePath(named.replaceAll('%U', String(uid)).replace(/^(?!\/)/, `${folder}/`))
    if (!path || path.includes('%')) return undefined
    return { path, folder: path.startsWith(`${folder}/`) ? folder : path.slice(0, path.lastIndexOf('/')) }
  })
  return places.some((one) => one === undefined) ? undefined : (places as Place[])
}

/**
 * The files that are there; a link on the way is what is there in place of it, since what lies behind it is only in the
 * way because of the link.
 */
export async function present(host: Host, places: readonly Place[]): Promise<Place[]> {
  const found = await Promise.all(
    [...Map.groupBy(places, (place) => place.folder)].map(async ([folder, ones]) => {
      const deepest = String(Math.max(...ones.map((one) => Number(depthOf(folder, one.path)))))
      const tests = either(...ones.map((one) => onTheWay(folder, one.path)))
      const paths = await find(host, [folder], ['-maxdepth', deepest, ...tests])
      return paths.map((path) => ({ folder, path }))
    }),
  )
  return found.flat()
}

function onTheWay(folder: string, path: string): Argument[] {
  const names = path.slice(folder.length + 1).split('/')
  const above = names.slice(0, -1).map((_, index) => `${folder}/${names.slice(0, index + 1).join('/')}`)
  return either(fileOrLink(path), ...above.map((one) => ['-path', one, '-type', 'l']))
}

export interface Key {
  /** The type and the key itself, as the file has it. */
  type: string
  blob: string
  fingerprint: string
  comment: string
}

/** sshd takes tabs and several blanks between them, too (sshkey_read() of OpenSSH); what a line's options quote may look like one. */
const oneKey = /(?<=^|\s)((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)[ \t]+(AAAA[A-Za-z0-9+/]+={0,2})(?=\s|$)/g

/** Of the format in sshd(8), "AUTHORIZED_KEYS FILE FORMAT": options, type, key, comment. */
export function keysIn(text: string): Key[] {
  return text.split('\n').flatMap((line) => {
    if (line.trimStart().startsWith('#')) return []
    return [...line.matchAll(oneKey)].map(({ 0: whole, 1: type = '', 2: blob = '', index }) => {
      // What an editor of Windows wrote ends with a carriage return.
      const comment = line.slice(index + whole.length).trim()
      return { type, blob, comment, fingerprint: fingerprintOf(Buffer.from(blob, 'base64')) }
    })
  })
}

/** Undefined where it is not there, or is a link. */
export async function readKeys(host: Host, { folder, path }: Place): Promise<Key[] | undefined> {
  const [there] = await find(host, [folder], ['-maxdepth', depthOf(folder, path), '-path', path, '-type', 'f'])
  if (!there) return undefined
  const { out } = await host.run({ what: `read ${path}`, argv: ['cat', '--', path] })
  return keysIn(out)
}

/** Why the leaver's keys cannot be moved aside by us. */
export function whyByHand(person: Person, others: readonly Entry[]): string | undefined {
  if (!safePath(person.home)) return `the home folder "${person.home}" does not go into a command`
  const shared = others.find((one) => one.home === person.home)
  if (shared) return `${person.home} is the home folder of ${shared.login}, too`
  return undefined
}
