/**
 * Whether we may reset a user's password, before it is tried. It is an extended right, which no attribute lists
 * (`allowedAttributesEffective` knows attributes only), so it is read from the user's own access list (MS-DTYP 2.4.4-6).
 */
import { BerWriter, Control } from 'ldapts'
import { guidOf } from './values.ts'

/** User-Force-Change-Password (MS-ADTS 5.1.3.2.1). */
const resetPassword = '00299570-246d-11d0-a768-00aa006e0529'
/** RIGHT_DS_CONTROL_ACCESS, and GENERIC_ALL. */
const extendedRights = 0x100 | 0x10000000
const inheritOnly = 0x08
const kind = { allow: 0, deny: 1, allowObject: 5, denyObject: 6 } as const
const kinds: readonly number[] = Object.values(kind)

/** Asks for the access list alone: the auditing list beside it is for administrators (MS-ADTS 3.1.1.3.4.1.11). */
export class AccessListOnly extends Control {
  constructor() {
    super('1.2.840.113556.1.4.801', { critical: true })
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter()
    value.startSequence()
    value.writeInt(0x4)
    value.endSequence()
    writer.writeBuffer(value.buffer, 0x04)
  }
}

/** `sids`: in hex, of the account and its groups. The first entry that speaks of the right decides. */
export function mayResetPassword(descriptor: Buffer, sids: ReadonlySet<string>): boolean {
  const list = descriptor.readUInt32LE(16)
  if (list === 0) return true // no list at all: everybody may do everything
  const count = descriptor.readUInt16LE(list + 4)
  for (let index = 0, offset = list + 8; index < count; index += 1) {
    const size = descriptor.readUInt16LE(offset + 2)
    const verdict = verdictOf(descriptor.subarray(offset, offset + size), sids)
    if (verdict !== undefined) return verdict
    offset += size
  }
  return false
}

function verdictOf(entry: Buffer, sids: ReadonlySet<string>): boolean | undefined {
  const type = entry.readUInt8(0)
  if (!kinds.includes(type) || (entry.readUInt8(1) & inheritOnly) !== 0) return undefined
  if ((entry.readUInt32LE(4) & extendedRights) === 0) return undefined
  const { right, sid } = type === kind.allow || type === kind.deny ? plain(entry) : object(entry)
  if ((right !== undefined && right !== resetPassword) || !sids.has(sid)) return undefined
  return type === kind.allow || type === kind.allowObject
}

interface Named {
  /** GUID of the one extended right it is about; all of them when absent. */
  right?: string
  sid: string
}

function plain(entry: Buffer): Named {
  return { sid: sidAt(entry, 8) }
}

function object(entry: Buffer): Named {
  const flags = entry.readUInt32LE(8)
  const hasRight = (flags & 1) !== 0
  const afterRight = 12 + (hasRight ? 16 : 0)
  const sid = sidAt(entry, afterRight + ((flags & 2) !== 0 ? 16 : 0))
  return hasRight ? { right: guidOf(entry.subarray(12, 28)), sid } : { sid }
}

function sidAt(entry: Buffer, offset: number): string {
  return entry.toString('hex', offset, offset + 8 + entry.readUInt8(offset + 1) * 4)
}
