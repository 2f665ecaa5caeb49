/** One entry as the directory answered it. Names of attributes are compared without regard to case (RFC 4512 2.5). */
import type { Entry as Raw } from 'ldapts'

export interface Entry {
  dn: string
  /** By lower-case name; an attribute without a value is absent. */
  values: ReadonlyMap<string, readonly (string | Buffer)[]>
}

export function entryOf(raw: Raw): Entry {
  const values = new Map<string, readonly (string | Buffer)[]>()
  for (const [name, value] of Object.entries(raw)) {
    const list = [value].flat() as (string | Buffer)[]
    if (name !== 'dn' && list.length > 0) values.set(name.toLowerCase(), list)
  }
  return { dn: raw.dn, values }
}

export function texts(entry: Entry, name: string): string[] {
  return (entry.values.get(name.toLowerCase()) ?? []).map((value) => value.toString())
}

export function text(entry: Entry, name: string): string | undefined {
  return texts(entry, name)[0]
}

/** Undefined where it is absent, or may not be read: the directory leaves both out alike. */
export function number(entry: Entry, name: string): number | undefined {
  const value = text(entry, name)
  return value === undefined ? undefined : Number(value)
}

export function buffers(entry: Entry, name: string): Buffer[] {
  return (entry.values.get(name.toLowerCase()) ?? []).map((value) => Buffer.from(value))
}

export function buffer(entry: Entry, name: string): Buffer {
  const value = buffers(entry, name)[0]
  if (!value) throw new Error(`${entry.dn} shows no ${name}`)
  return value
}

const ranged = /^(.+);range=(\d+)-(\d+|\*)$/

/**
 * A controller gives at most MaxValRange values of an attribute at once (1,500), under the name
 * `memberOf;range=0-1499`; the rest is asked for with `memberOf;range=1500-*` (MS-ADTS 3.1.1.3.1.3.3).
 */
export async function completed(entry: Entry, more: (attribute: string) => Promise<Entry | undefined>): Promise<Entry> {
  const values = new Map<string, readonly (string | Buffer)[]>()
  for (const [name, list] of entry.values) {
    const part = ranged.exec(name)
    if (!part) values.set(name, [...(values.get(name) ?? []), ...list])
    else values.set(part[1] as string, await allParts(entry.dn, part, list, more))
  }
  return { dn: entry.dn, values }
}

async function allParts(
  dn: string,
  first: RegExpExecArray,
  list: readonly (string | Buffer)[],
  more: (attribute: string) => Promise<Entry | undefined>,
): Promise<(string | Buffer)[]> {
  const all = [...list]
  for (let part = first; part[3] !== '*'; ) {
    const [, attribute] = part
    const from = Number(part[3]) + 1
    const next = await more(`${attribute};range=${from}-*`)
    const answered = [...(next?.values ?? [])].flatMap(([name, values]) => {
      const match = ranged.exec(name)
      // A part that begins elsewhere would be read again and again.
      return match !== null && match[1] === attribute && Number(match[2]) === from ? [{ match, values }] : []
    })[0]
    if (!answered) throw new Error(`${dn} lost the rest of ${attribute} while it was read; try again`)
    all.push(...answered.values)
    part = answered.match
  }
  return all
}
