import { describe, expect, it } from 'vitest'
import { mayResetPassword } from '../../connectors/active-directory/security.ts'

describe('an access list', () => {
  const own = Buffer.from('010500000000000515000000010000000200000003000000e8030000', 'hex')
  const other = Buffer.from('01010000000000050b000000', 'hex')
  const reset = Buffer.from('709529006d24d011a76800aa006e0529', 'hex')
  const change = Buffer.from('531a72ab2f1ed011981900aa0040529b', 'hex')
  const ofUsers = Buffer.from('ba7a96bfe60dd011a28500aa003049e2', 'hex')

  interface Ace {
    type: number
    sid?: Buffer
    flags?: number
    mask?: number
    right?: Buffer
    inherited?: Buffer
  }

  function entry({ type, sid = own, flags = 0, mask = 0x100, right, inherited }: Ace): Buffer {
    const guids = [...(right ? [right] : []), ...(inherited ? [inherited] : [])]
    const present = Buffer.alloc(type >= 5 ? 4 : 0)
    if (type >= 5) present.writeUInt32LE((right ? 1 : 0) | (inherited ? 2 : 0))
    const body = Buffer.concat([present, ...guids, sid])
    const head = Buffer.alloc(8)
    head.writeUInt8(type)
    head.writeUInt8(flags, 1)
    head.writeUInt16LE(8 + body.length, 2)
    head.writeUInt32LE(mask, 4)
    return Buffer.concat([head, body])
  }

  /** A descriptor with an owner before the list, as controllers send it. */
  function may(...aces: Ace[]): boolean {
    const head = Buffer.alloc(20)
    head.writeUInt32LE(20 + own.length, 16)
    const list = Buffer.alloc(8)
    list.writeUInt16LE(aces.length, 4)
    return mayResetPassword(Buffer.concat([head, own, list, ...aces.map(entry)]), new Set([own.toString('hex')]))
  }

  it.each<[string, boolean, Ace[]]>([
    ['nothing', false, []],
    ['this right', true, [{ type: 5, right: reset }]],
    ['this right, inherited for users', true, [{ type: 5, right: reset, inherited: ofUsers }]],
    ['all extended rights', true, [{ type: 0, mask: 0xf01ff }]],
    ['another right', false, [{ type: 5, right: change }]],
    ['only properties', false, [{ type: 0, mask: 0x20 }]],
    ['somebody else', false, [{ type: 5, right: reset, sid: other }]],
    ['only what is below', false, [{ type: 5, right: reset, flags: 0x0a }]],
    [
      'a denial first',
      false,
      [
        { type: 6, right: reset },
        { type: 0, mask: 0xf01ff },
      ],
    ],
    [
      'a denial for somebody else first',
      true,
      [
        { type: 1, sid: other },
        { type: 5, right: reset },
      ],
    ],
    ['an audit entry first', true, [{ type: 2 }, { type: 5, right: reset }]],
  ])('tells whether the password may be reset: %s', (_, expected, aces) => {
    expect(may(...aces)).toBe(expected)
  })

  it('that is not there lets everybody do everything', () => {
    expect(mayResetPassword(Buffer.alloc(20), new Set())).toBe(true)
  })
})
