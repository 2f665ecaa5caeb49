/** How Active Directory writes things down: flags, times, ids and lists, as plain functions. */
import { createHash } from 'node:crypto'

/** Bits of `userAccountControl`, by their names in MS-ADTS 2.2.16. */
export const flag = { disabled: 0x2, domainController: 0x2000 } as const

export function isDisabled(control: number): boolean {
  return (control & flag.disabled) !== 0
}

export function withDisabled(control: number): number {
  return control | flag.disabled
}

export function withoutDisabled(control: number): number {
  return control & ~flag.disabled
}

/** FILETIME counts 100 ns from 1601 on; too many digits for a number, so it stays text. */
const epochOffsetMs = 11_644_473_600_000n

export function toFiletime(date: Date): string {
  return String((BigInt(date.getTime()) + epochOffsetMs) * 10_000n)
}

/** The two values that mean "never expires" (MS-ADA1 2.1, accountExpires). */
const never = new Set(['', '0', '9223372036854775807'])

/** Undefined for "never", and for what lies beyond the year 9999. */
export function fromFiletime(value: string): Date | undefined {
  if (never.has(value)) return undefined
  const date = new Date(Number(BigInt(value) / 10_000n - epochOffsetMs))
  return date.getUTCFullYear() > 9999 ? undefined : date
}

/** The first three parts of a GUID are stored little-endian (MS-DTYP 2.3.4). */
const guidParts = [
  [3, 2, 1, 0],
  [5, 4],
  [7, 6],
  [8, 9],
  [10, 11, 12, 13, 14, 15],
]

export function guidOf(bytes: Buffer): string {
  if (bytes.length !== 16) throw new Error(`an objectGUID has 16 bytes, this one ${bytes.length}`)
  return guidParts.map((part) => part.map((index) => bytes.toString('hex', index, index + 1)).join('')).join('-')
}

/** The name that stays when an object is moved or renamed (MS-ADTS 3.1.1.3.1.2.4). */
export function guidDn(guid: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(guid)) throw new Error(`${guid} is not an objectGUID`)
  return `<GUID=${guid}>`
}

/** The last part of a SID: which principal of the domain this is. */
export function ridOf(sid: Buffer): number {
  return sid.readUInt32LE(sid.length - 4)
}

/** Administrator, Guest and krbtgt: the same in every domain (MS-DTYP 2.4.2.4). */
const builtIn = new Map([
  [500, 'the built-in Administrator'],
  [501, 'the built-in Guest'],
  [502, 'krbtgt, the account whose key signs every ticket of the domain'],
])

export function builtInName(sid: Buffer): string | undefined {
  return builtIn.get(ridOf(sid))
}

/** `CN=Miller\, Jo,OU=Staff` → `CN=Miller\, Jo` and `OU=Staff`. */
export function splitDn(dn: string): { rdn: string; parent: string } {
  const match = /^((?:\\.|[^\\,])+),(.+)$/s.exec(dn)
  if (!match) throw new Error(`${dn} is not the name of something below another`)
  return { rdn: match[1] as string, parent: match[2] as string }
}

/** Names are compared as the server wrote them, without regard to case (MS-ADTS 3.1.1.3.1.2). */
export function isBelow(dn: string, parent: string): boolean {
  return dn.toLowerCase().endsWith(`,${parent.toLowerCase()}`)
}

/** `DC=corp,DC=example,DC=com` → `corp.example.com` */
export function domainOf(namingContext: string): string {
  return namingContext
    .split(',')
    .map((part) => part.replace(/^dc=/i, ''))
    .join('.')
    .toLowerCase()
}

/** A short id for one value of an attribute; the value itself may be kilobytes long. */
export function valueId(attribute: string, value: Buffer | string): string {
  return `${attribute}/${createHash('sha256').update(value).digest('hex').slice(0, 16)}`
}

/** What `unicodePwd` takes: the password in quotes, UTF-16LE (MS-ADTS 3.1.1.3.1.5). */
export function quotedPassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}
