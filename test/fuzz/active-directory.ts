/**
 * What a domain controller answers, as its library hands it on: entries with attributes left out, cut, of another kind.
 * The connector's own reading of entries and its steps, on the real gate's rules for errors.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Entry as Raw } from 'ldapts'
import { computers } from '../../connectors/active-directory/computers.ts'
import { disable, expire, resetPassword } from '../../connectors/active-directory/contain.ts'
import type { Directory } from '../../connectors/active-directory/directory.ts'
import { completed, type Entry, entryOf } from '../../connectors/active-directory/entry.ts'
import { groups } from '../../connectors/active-directory/groups.ts'
import { keyCredentials } from '../../connectors/active-directory/keys.ts'
import { locate } from '../../connectors/active-directory/locate.ts'
import { moveToDisabled } from '../../connectors/active-directory/move.ts'
import { serviceNames } from '../../connectors/active-directory/service-names.ts'
import type { At, AutomaticStep, Finding } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { type CallContext, explain, inCall } from '../../src/run/gate.ts'
import { accountsIn, findingsOf } from '../../src/run/read.ts'
import { leaver } from '../support/story.ts'
import { hold, must, type Part, type Task } from './door.ts'
import { shortText, text } from './texts.ts'
import { checkWords } from './vendor-words.ts'

const guid = '00112233-4455-6677-8899-aabbccddeeff'
const bytesOf = (seed: string) => createHash('md5').update(seed).digest()
const sid = (rid: number) => {
  const bytes = Buffer.from('01050000000000051500000001000000020000000300000000000000', 'hex')
  bytes.writeUInt32LE(rid, bytes.length - 4)
  return bytes
}
const writable = [
  'userAccountControl',
  'accountExpires',
  'cn',
  'msDS-KeyCredentialLink',
  'userCertificate',
  'altSecurityIdentities',
]

const user: Raw = {
  dn: 'CN=Jo Miller,OU=Staff,DC=corp,DC=example,DC=com',
  objectGUID: Buffer.from('33221100554477668899aabbccddeeff', 'hex'),
  objectSid: sid(1105),
  userPrincipalName: 'jo.miller@example.com',
  sAMAccountName: 'jo.miller',
  mail: 'jo.miller@example.com',
  proxyAddresses: ['SMTP:jo.miller@example.com', 'smtp:jo@example.com'],
  displayName: 'Jo Miller',
  title: 'Account Executive',
  manager: 'CN=Ada,OU=Staff,DC=corp,DC=example,DC=com',
  userAccountControl: '512',
  accountExpires: '9223372036854775807',
  pwdLastSet: '134000000000000000',
  primaryGroupID: '513',
  memberOf: ['CN=Sales,OU=Groups,DC=corp,DC=example,DC=com'],
  servicePrincipalName: ['HTTP/jo.example.com'],
  'msDS-AllowedToDelegateTo': ['cifs/files.example.com'],
  'msDS-KeyCredentialLink': [Buffer.from('B:8:00000200:CN=Jo')],
  userCertificate: [Buffer.from('not a certificate')],
  altSecurityIdentities: ['X509:<I>CN=CA<S>CN=Jo'],
  allowedAttributesEffective: writable,
  nTSecurityDescriptor: Buffer.alloc(20),
}
const group: Raw = {
  dn: 'CN=Sales,OU=Groups,DC=corp,DC=example,DC=com',
  objectGUID: bytesOf('sales'),
  objectSid: sid(1201),
  sAMAccountName: 'Sales',
  allowedAttributesEffective: ['member'],
}
const computer: Raw = {
  dn: 'CN=LAPTOP-7,OU=Computers,DC=corp,DC=example,DC=com',
  objectGUID: bytesOf('laptop'),
  cn: 'LAPTOP-7',
  userAccountControl: '4096',
  operatingSystem: 'Windows 11 Enterprise',
  allowedAttributesEffective: ['userAccountControl'],
  managedBy: user.dn,
}
const honest = { user, group, computer }
type Which = keyof typeof honest

interface Wrong {
  which: Which
  at: number
  how: 'remove' | 'empty' | 'none' | 'text' | 'bytes' | 'list' | 'cut' | 'range' | 'rename' | 'gone' | 'lower' | 'huge'
  words: string
}

const wrong: fc.Arbitrary<Wrong> = fc.record({
  which: fc.constantFrom<Which>('user', 'user', 'user', 'group', 'computer'),
  at: fc.nat(1000),
  how: fc.constantFrom<Wrong['how']>(
    'remove',
    'remove',
    'empty',
    'none',
    'text',
    'text',
    'bytes',
    'list',
    'cut',
    'range',
    'rename',
    'gone',
    'lower',
    'huge',
  ),
  words: fc.oneof({ weight: 4, arbitrary: shortText }, text),
})

function bent(raw: Raw, { at, how, words }: Wrong): { raw: Raw | undefined; name: string } {
  if (how === 'gone') return { raw: undefined, name: '' }
  const names = Object.keys(raw)
  const name = names[at % names.length]!
  const { [name]: old, ...rest } = raw
  const put = (value: unknown, as = name): { raw: Raw; name: string } => ({
    raw: { ...rest, dn: raw.dn, [as]: value } as Raw,
    name,
  })
  if (name === 'dn') return put(how === 'text' || how === 'huge' ? words : raw.dn)
  const made: Record<Exclude<Wrong['how'], 'gone'>, () => { raw: Raw; name: string }> = {
    remove: () => ({ raw: { ...rest, dn: raw.dn } as Raw, name }),
    empty: () => put(''),
    none: () => put([]),
    text: () => put(words),
    bytes: () => put(Buffer.from(words)),
    list: () => put([...[old].flat(), words]),
    cut: () => put(cutShort(old, at)),
    range: () => put(old, `${name};range=0-${at}`),
    rename: () => put(old, words),
    lower: () => put(old, name.toLowerCase()),
    huge: () => put(words.repeat(200)),
  }
  return made[how]()
}

function cutShort(value: unknown, at: number): unknown {
  const one = [value].flat()[0]
  return typeof one === 'string'
    ? one.slice(0, at % (one.length + 1))
    : Buffer.from(one as Buffer).subarray(0, at % ((one as Buffer).length + 1))
}

/** Says what the controller shows; orders are taken and change nothing. */
function directoryOf(shown: Record<Which, Raw | undefined>): Directory {
  const whole = (raw: Raw | undefined): Promise<Entry | undefined> =>
    raw ? completed(entryOf(raw), async () => entryOf(raw)) : Promise.resolve(undefined)
  const root = {
    namingContext: 'DC=corp,DC=example,DC=com',
    domain: 'corp.example.com',
    controller: 'dc1',
    service: '',
    ownSids: new Set([sid(1999).toString('hex')]),
  }
  const pick = (attributes: readonly string[]) => {
    if (attributes.includes('displayName')) return shown.user
    if (attributes.includes('operatingSystem')) return shown.computer
    return shown.group
  }
  return {
    settings: { disabledOu: 'OU=Leavers,DC=corp,DC=example,DC=com' } as Directory['settings'],
    root: async () => root,
    search: async ({ attributes }) => [pick(attributes)].flatMap((raw) => (raw ? [entryOf(raw)] : [])),
    async read(dn, attributes) {
      if (dn.startsWith('OU=Leavers')) return { dn, values: new Map() }
      if (attributes.includes('operatingSystem')) return whole(shown.computer)
      return whole(dn.startsWith('CN=Sales') || dn.startsWith('CN=Hidden') ? shown.group : shown.user)
    },
    modify: async () => undefined,
    move: async () => undefined,
    others: [{ host: 'dc2', read: async () => whole(shown.user) }],
  }
}

const steps = [disable, resetPassword, expire, keyCredentials, groups, computers, serviceNames, moveToDisabled]
const ordered = { intentAt: new Date('2026-11-23T09:00:00Z'), answeredAt: new Date('2026-11-23T09:00:01Z') }

const never = new AbortController().signal

function atOf(client: Directory, journal: boolean): At<Directory> {
  const reads = new SharedReads()
  return {
    client,
    leaver,
    account: { realm: 'corp.example.com', id: guid, label: 'jo.miller@example.com' },
    choices: { kind: 'resignation', devices: 'lock' },
    effectiveAt: new Date('2026-11-23T09:00:00Z'),
    signal: never,
    applied: () => (journal ? { ...ordered, receipt: { resets: 2, pwdLastSet: '134100000000000000' } } : undefined),
    orders: () => [],
    once: (key, read) => reads.once(key, read),
  }
}

type Outcome = { value: unknown } | { kind: string; fact: string }

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  const context: CallContext = { failures: [] }
  try {
    return { value: await inCall(context, work) }
  } catch (error) {
    return explain(error, context)
  }
}

/** What is not shown to us is left out like what is not there (MS-ADTS 3.1.1.4.4), for these. */
const leftOut =
  /^(msDS-KeyCredentialLink|userCertificate|altSecurityIdentities|memberOf|servicePrincipalName|msDS-AllowedToDelegateTo|primaryGroupID)$/i
/** What names a thing, or says how it stands: another value is another statement. */
const speaking = new Set(['text', 'bytes', 'cut', 'huge', 'empty', 'none'])

const known = new Map<string, Promise<Finding[]>>()

/** What is not done where every answer is honest. */
function honestly(step: AutomaticStep, journal: boolean): Promise<Finding[]> {
  const key = `${step.id} ${journal}`
  const found = known.get(key) ?? findingsOf(step, atOf(directoryOf(honest), journal))
  known.set(key, found)
  return found.then((all) => all.filter((finding) => finding.state !== 'done'))
}

const input = fc.record({ step: fc.nat(steps.length), wrong, journal: fc.boolean(), act: fc.boolean() })

async function check({
  step: index,
  wrong: one,
  journal,
  act,
}: {
  step: number
  wrong: Wrong
  journal: boolean
  act: boolean
}): Promise<void> {
  const { raw, name } = bent(honest[one.which], one)
  const client = directoryOf({ ...honest, [one.which]: raw })
  const step = steps[index] as AutomaticStep | undefined
  const what = `${step?.id ?? 'locate'}; ${one.which}.${name} ${one.how} ${JSON.stringify(one.words.slice(0, 60))}`
  if (!step) return checkWords(what, await outcomeOf(async () => accountsIn(await locate(client, leaver))))
  const found = await outcomeOf(() => findingsOf(step, atOf(client, journal)))
  checkWords(what, found)
  const before = await honestly(step, journal)
  if (act) {
    const [finding] = before
    if (finding) checkWords(what, await outcomeOf(async () => step.apply(atOf(client, journal), finding)))
  }
  const saysSo =
    one.how === 'gone' ||
    leftOut.test(name) ||
    (speaking.has(one.how) && /^(objectGUID|dn|userAccountControl|accountExpires)$/i.test(name)) ||
    (one.which === 'user' && name === 'dn')
  if ('value' in found && !saysSo) checkNothingDone(what, before, found.value as Finding[])
}

function checkNothingDone(what: string, before: readonly Finding[], now: readonly Finding[]): void {
  const states = new Map(now.map((one) => [one.id, one.state]))
  for (const { id, state } of before) {
    const is = states.get(id) ?? 'gone'
    must(is !== 'done' && is !== 'gone', `${what}: ${id} was ${state} and is ${is}`)
  }
}

export const activeDirectory: Part = {
  name: 'active-directory',
  share: 0.77,
  hold: (task: Task) => hold(task, input, check),
}
