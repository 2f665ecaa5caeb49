/** The leaver's own keys, moved aside; and the same keys where others keep theirs, which a person decides about. */
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { asideOf, find, giveBack, grep, moveAside, safePath } from './files.ts'
import { type Host, type Hosts, literal } from './host.ts'
import { type Key, keysIn, type Place, placesOf, present, readKeys, serverOf, whyByHand } from './key-files.ts'
import { type Here, hereOf, targetOf } from './person.ts'
import type { Entry } from './platform.ts'

export const keys: AutomaticStep<Hosts> = {
  id: 'keys',
  title: 'Move authorized keys aside',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const { host, person, others } = here
    const byHand = whyByHand(person, others)
    const places = byHand ? undefined : placesOf(await at.once('server', () => serverOf(host, person.login)), person)
    if (!places) {
      const fact = `${byHand ?? 'the server keeps keys where no command of ours can go'}: IT moves them aside by hand`
      return [{ id: 'keys', label: `Keys of ${person.login}`, state: 'blocked', fact }]
    }
    const found = await present(host, places)
    return Promise.all(found.map((place) => keyFile(host, place)))
  },
  async apply(at, { id }) {
    const { host, person, others } = await targetOf(at)
    const why = whyByHand(person, others)
    if (why) throw new Rejected(`the keys of ${person.login} on ${host.id} are not moved: ${why}`, { code: 'byHand' })
    const places = placesOf(await serverOf(host, person.login), person) ?? []
    const place = (await present(host, places)).find((one) => one.path === id)
    if (place) await moveAside(host, person.uid, place.folder, id)
  },
  async undo(at, { id }) {
    const { host, person } = await targetOf(at)
    const home = safePath(person.home)
    const folder = home && id.startsWith(`${home}/`) ? home : id.slice(0, id.lastIndexOf('/'))
    await giveBack(host, person.uid, folder, id)
  },
}

async function keyFile(host: Host, place: Place): Promise<Finding> {
  const held = await readKeys(host, place)
  const fact = held ? `${held.length} ${held.length === 1 ? 'key' : 'keys'}${named(held)}` : 'a link to another place'
  return { id: place.path, label: place.path, state: 'open', fact }
}

function named(held: readonly Key[]): string {
  if (held.length === 0) return ''
  const shown = held.slice(0, 3).map((one) => [one.fingerprint, one.comment].filter(Boolean).join(' '))
  return `: ${shown.join(', ')}${held.length > 3 ? ' and more' : ''}`
}

/** Whether others still need such a key (a shared one, one for a job) only a person can tell. Done when it is gone. */
export const keysElsewhere: AutomaticStep<Hosts> = {
  id: 'keys-elsewhere',
  title: "Find the leaver's keys among those of others",
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const { host, person } = here
    const server = await at.once('server', () => serverOf(host, person.login))
    const files = filesOfOthers(here, server)
    const own = await ownKeys(here, placesOf(server, person) ?? [])
    const blobs = [...new Set(own.map((one) => one.blob))]
    const addresses = at.leaver.emails.filter((email) => /^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/.test(email))
    const words = [...blobs, ...addresses].map(literal)
    const lines = await inParts(files, (part) => grep(host, ['-F', '-i'], words, part))
    const found = lines.flatMap(({ path, line }) => keyOf(line, blobs).map((key) => elsewhere(path, key, blobs)))
    return [...new Map(found.map((one) => [one.id, one])).values()]
  },
  async apply(_at, finding) {
    throw new Rejected(`${finding.label} is taken away by a person: ${finding.fact}`, { code: 'byHand' })
  },
}

/** What else looks like a key on the line of one of theirs is an option or a comment. */
function keyOf(line: string, blobs: readonly string[]): Key[] {
  const held = keysIn(line)
  const theirs = held.filter((one) => blobs.includes(one.blob))
  return theirs.length > 0 ? theirs : held
}

function elsewhere(path: string, key: Key, blobs: readonly string[]): Finding {
  const why = blobs.includes(key.blob) ? "is one of the leaver's own keys" : "has the leaver's address in its comment"
  return {
    id: `${path}#${key.fingerprint}`,
    label: `Key ${key.fingerprint} in ${path}`,
    state: 'blocked',
    fact: `${why}: IT finds out who else needs it, removes the line, and gives them a key of their own`,
  }
}

/** Also of those without a shell: with a key they may still move files (internal-sftp) and forward ports. */
function filesOfOthers({ others }: Here, server: Parameters<typeof placesOf>[0]): string[] {
  const people = others.filter((one: Entry) => one.home !== '/')
  return [...new Set(people.flatMap((one) => placesOf(server, one) ?? []).map((place) => place.path))]
}

/** A command line has an end: 128 KiB for one argument of execve(2), which a whole line of ssh is. */
const filesInOne = 200

async function inParts<T>(files: readonly string[], read: (part: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < files.length; at += filesInOne) found.push(...(await read(files.slice(at, at + filesInOne))))
  return found
}

/** Where they are, where they were moved to, and the public halves beside private keys. */
async function ownKeys({ host, person }: Here, places: readonly Place[]): Promise<Key[]> {
  const home = safePath(person.home)
  if (!home) return []
  const published = await find(
    host,
    [home],
    ['-maxdepth', '2', '-path', `${home}/.ssh/*.pub`, '-type', 'f'].map(starred),
  )
  const aside = places.map(({ path }) => asideOf(person.uid, path))
  const lies = aside.map((path) => ({ path, folder: path.slice(0, path.lastIndexOf('/')) }))
  const beside = published.flatMap((path) => (safePath(path) ? [{ path, folder: home }] : []))
  const read = await Promise.all([...places, ...lies, ...beside].map((place) => readKeys(host, place)))
  return read.flatMap((held) => held ?? [])
}

function starred(word: string) {
  return word.includes('*') ? literal(word) : word
}
