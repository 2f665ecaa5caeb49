import { BusyError, InsufficientAccessError, InvalidCredentialsError, OperationsError, UnavailableError } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { setControl } from '../../connectors/active-directory/control.ts'
import type { Directory } from '../../connectors/active-directory/directory.ts'
import { completed, entryOf, texts } from '../../connectors/active-directory/entry.ts'
import { bindFailure, callFailure } from '../../connectors/active-directory/errors.ts'
import activeDirectory from '../../connectors/active-directory/index.ts'
import { locate } from '../../connectors/active-directory/locate.ts'
import { everywhere } from '../../connectors/active-directory/read-back.ts'
import { Settings } from '../../connectors/active-directory/settings.ts'
import {
  builtInName,
  domainOf,
  fromFiletime,
  guidDn,
  guidOf,
  isBelow,
  isDisabled,
  quotedPassword,
  splitDn,
  toFiletime,
  valueId,
  withDisabled,
  withoutDisabled,
} from '../../connectors/active-directory/values.ts'
import { Rejected, Secret } from '../../src/connector.ts'

const noReads = (): never => {
  throw new Error('nothing else is read here')
}

/** A directory that answers only what a test gives it. */
function directory(parts: Partial<Directory>): Directory {
  return {
    settings: {} as Settings,
    root: async () => ({
      namingContext: 'DC=example,DC=com',
      domain: 'example.com',
      controller: 'dc1',
      service: '',
      ownSids: new Set(),
    }),
    search: noReads,
    read: noReads,
    modify: noReads,
    move: noReads,
    others: [],
    ...parts,
  }
}

describe('how Active Directory writes things down', () => {
  it('sets and clears the one bit that disables, whatever the others say', () => {
    expect([512, 66_048, 590_336].map(withDisabled)).toEqual([514, 66_050, 590_338])
    expect(withDisabled(514)).toBe(514)
    expect(withoutDisabled(66_050)).toBe(66_048)
    expect([512, 514, 4096, 4098].map(isDisabled)).toEqual([false, true, false, true])
  })

  it('writes times as FILETIME to the last digit', () => {
    expect(toFiletime(new Date('1601-01-01T00:00:00Z'))).toBe('0')
    expect(toFiletime(new Date('2026-11-22T20:23:23.650Z'))).toBe('134398526036500000')
    expect(fromFiletime('134398526036502910')).toEqual(new Date('2026-11-22T20:23:23.650Z'))
    for (const never of ['0', '9223372036854775807', '', '9000000000000000000'])
      expect(fromFiletime(never), never).toBeUndefined()
  })

  it('reads the mixed order of bytes in a GUID', () => {
    const bytes = Buffer.from('c5dc041029cb014b8c203828e82e8e4b', 'hex')
    expect(guidOf(bytes)).toBe('1004dcc5-cb29-4b01-8c20-3828e82e8e4b')
    expect(guidDn(guidOf(bytes))).toBe('<GUID=1004dcc5-cb29-4b01-8c20-3828e82e8e4b>')
    expect(() => guidOf(bytes.subarray(1))).toThrow('16 bytes')
    expect(() => guidDn('CN=Jo,DC=example,DC=com')).toThrow('not an objectGUID')
  })

  it('knows the built-in accounts by the end of their SIDs', () => {
    const sid = Buffer.from('0105000000000005150000007d516e29bb133d25ba5a9304f4010000', 'hex')
    expect(builtInName(sid)).toBe('the built-in Administrator')
    sid.writeUInt32LE(1102, sid.length - 4)
    expect(builtInName(sid)).toBeUndefined()
  })

  it('splits a name at the first comma that is no part of it', () => {
    expect(splitDn('CN=Miller\\, Jo,OU=Staff,DC=example,DC=com')).toEqual({
      rdn: 'CN=Miller\\, Jo',
      parent: 'OU=Staff,DC=example,DC=com',
    })
    expect(splitDn('CN=Ends so\\\\,OU=Staff').rdn).toBe('CN=Ends so\\\\')
    expect(() => splitDn('DC=com')).toThrow('DC=com')
    expect(isBelow('CN=Jo,ou=leavers,DC=Example,DC=com', 'OU=Leavers,DC=example,DC=com')).toBe(true)
    expect(isBelow('CN=Jo,OU=Other Leavers,DC=example', 'OU=Leavers,DC=example')).toBe(false)
    expect(domainOf('DC=Corp,DC=example,DC=com')).toBe('corp.example.com')
  })

  it('names long values shortly, and apart', () => {
    expect(valueId('userCertificate', Buffer.from('a'))).toBe('userCertificate/ca978112ca1bbdca')
    expect(valueId('userCertificate', 'a')).not.toBe(valueId('userCertificate', 'b'))
  })

  it('moves nobody before the mailbox is safe: the move may delete it, and nobody notices a failed step in between', () => {
    const move = activeDirectory.steps.find((step) => step.id === 'move')
    expect(move?.needs).toEqual(['microsoft-365/convert-mailbox', 'microsoft-365/onedrive-access'])
  })

  it('quotes a password in UTF-16LE', () => {
    expect(quotedPassword('aé').toString('hex')).toBe('22006100e9002200')
  })
})

describe('entries', () => {
  it('are read without regard to the case of names, and empty attributes are none', () => {
    const entry = entryOf({ dn: 'CN=Jo', memberOf: 'CN=One', MAIL: ['a', 'b'], proxyAddresses: [] })
    expect([texts(entry, 'memberof'), texts(entry, 'mail'), texts(entry, 'proxyAddresses')]).toEqual([
      ['CN=One'],
      ['a', 'b'],
      [],
    ])
  })

  it('are completed where the controller gives only some values at once', async () => {
    const asked: string[] = []
    const first = entryOf({ dn: 'CN=Jo', 'memberOf;range=0-1': ['a', 'b'], mail: 'm' })
    const whole = await completed(first, async (attribute) => {
      asked.push(attribute)
      return attribute === 'memberof;range=2-*'
        ? entryOf({ dn: 'CN=Jo', 'memberOf;range=2-3': ['c', 'd'], 'memberOf;range=2-*': [] })
        : entryOf({ dn: 'CN=Jo', 'memberOf;range=4-*': ['e'] })
    })
    expect(asked).toEqual(['memberof;range=2-*', 'memberof;range=4-*'])
    expect([texts(whole, 'memberOf'), texts(whole, 'mail')]).toEqual([['a', 'b', 'c', 'd', 'e'], ['m']])
  })

  it('are not passed off as whole where the rest is not answered', async () => {
    const first = entryOf({ dn: 'CN=Jo', 'memberOf;range=0-1': ['a', 'b'] })
    await expect(completed(first, async () => undefined)).rejects.toThrow('lost the rest of memberof')
  })
})

describe('finding a person', () => {
  it('does not take é for e, as the directory does', async () => {
    const person = (mail: string) =>
      entryOf({ dn: `CN=${mail}`, objectGUID: Buffer.alloc(16, 1), objectSid: Buffer.alloc(28, 1), mail })
    const search = async () => [person('zoé@example.com'), person('Zoe@example.com')]
    const leaver = { id: 'mailto:zoe@example.com', name: 'Zoe', emails: ['zoe@example.com'] }
    expect((await locate(directory({ search }), leaver)).map(({ label }) => label)).toEqual(['CN=Zoe@example.com'])
  })
})

describe('the other controllers', () => {
  it('hold a step open until every one of them says so', async () => {
    const says = (host: string, value: string) => ({
      host,
      read: async () => entryOf({ dn: 'CN=Jo', userAccountControl: value }),
    })
    const at = (...others: ReturnType<typeof says>[]) =>
      ({
        client: directory({ others }),
        account: { id: '1004dcc5-cb29-4b01-8c20-3828e82e8e4b' },
        signal: new AbortController().signal,
      }) as unknown as Parameters<typeof everywhere>[0]
    const agrees = (entry: ReturnType<typeof entryOf>) => texts(entry, 'userAccountControl')[0] === '514'
    const done = { state: 'done' as const, fact: 'disabled' }
    const ask = (...others: ReturnType<typeof says>[]) => everywhere(at(...others), done, 'userAccountControl', agrees)
    expect(await ask()).toEqual(done)
    expect(await ask(says('dc2', '514'))).toEqual(done)
    expect(await ask(says('dc2', '514'), says('dc3', '512'))).toEqual({
      state: 'pending',
      fact: 'disabled; dc3 does not say so yet',
    })
  })
})

describe('what a controller answers', () => {
  const connectionReset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

  it('leaves a write without an answer in doubt, and a read to be asked again', () => {
    expect(callFailure(connectionReset, 'dc1', true)).toMatchObject({ kind: 'in-doubt' })
    expect(callFailure(connectionReset, 'dc1', false)).toMatchObject({ kind: 'busy' })
    expect(bindFailure(connectionReset, 'dc1')).toMatchObject({
      kind: 'busy',
      message: 'no connection to dc1 (ECONNRESET)',
    })
  })

  it.each([
    ['52e', 'the user or the password is wrong'],
    ['533', 'the service account is disabled'],
    ['773', 'its password must be changed first'],
    ['999', 'refused'],
  ])('explains the number %s of a refused sign-in', (data, why) => {
    const said = `80090308: LdapErr: DSID-0C090449, comment: AcceptSecurityContext error, data ${data}, v4563`
    expect(bindFailure(new InvalidCredentialsError(said), 'dc1')).toMatchObject({
      kind: 'denied',
      message: `dc1 answered the sign-in with 49: ${why}, data ${data}`,
    })
  })

  it.each([
    [new BusyError(), 'busy'],
    [new UnavailableError(), 'busy'],
    [new OperationsError('000004DC: LdapErr: DSID-0C090A5E, comment: a successful bind must be completed'), 'busy'],
  ])('tries again after %s', (error, kind) => {
    expect(callFailure(error, 'dc1', true)).toMatchObject({ kind })
  })

  it('keeps the result code of a plain no', () => {
    expect(callFailure(new InsufficientAccessError('00002098: SecErr'), 'dc1', true)).toMatchObject({
      name: 'Rejected',
      status: 50,
      message: 'dc1 answered 50 InsufficientAccess (00002098: SecErr Code: 0x32)',
    })
  })
})

describe('settings', () => {
  const least = { url: 'ldaps://dc1.example.com', user: 'latchkey@example.com', password: new Secret('x') }

  it('take LDAPS only, and nothing that would trust just any certificate', () => {
    expect(Settings.parse(least)).toMatchObject({ extraControllers: [], answerWithin: 10_000, pageSize: 500 })
    for (const wrong of [
      { url: 'ldap://dc1.example.com' },
      { extraControllers: ['ldap://dc2.example.com'] },
      { rejectUnauthorized: false },
      { ca: '/etc/ssl/ca.pem' },
      { pageSize: 1001 },
      { baseDn: 'Staff' },
      { password: 'x' },
    ])
      expect(Settings.safeParse({ ...least, ...wrong }).success, Object.keys(wrong)[0]).toBe(false)
  })
})

describe('userAccountControl', () => {
  /** Somebody else is quicker as often as there are values before the last. */
  function contested(...values: number[]) {
    const orders: unknown[] = []
    const client = directory({
      read: async () => entryOf({ dn: 'CN=Jo', userAccountControl: String(values[0]) }),
      modify: async (_dn, changes) => {
        orders.push(changes.map(({ operation, modification }) => [operation, ...modification.values]))
        if (values.length === 1) return undefined
        values.shift()
        return { code: 16, error: new Rejected('changed meanwhile') }
      },
    })
    return { orders, set: () => setControl(client, '1004dcc5-cb29-4b01-8c20-3828e82e8e4b', withDisabled) }
  }

  it('is replaced only where it still is what was read, and read again where it is not', async () => {
    const { orders, set } = contested(512, 66_048)
    await set()
    expect(orders).toEqual([
      [
        ['delete', '512'],
        ['add', '514'],
      ],
      [
        ['delete', '66048'],
        ['add', '66050'],
      ],
    ])
  })

  it('is left alone where it says so already', async () => {
    const { orders, set } = contested(514)
    await set()
    expect(orders).toEqual([])
  })

  it('is given up where somebody else is always quicker', async () => {
    await expect(contested(512, 513, 512, 513).set()).rejects.toThrow('changed by somebody else 3 times')
  })
})
