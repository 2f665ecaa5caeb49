/** Keys and certificates that sign the leaver in without a password. */
import { X509Certificate } from 'node:crypto'
import type { At, AutomaticStep, Finding } from '../../src/connector.ts'
import { change, type Directory } from './directory.ts'
import { buffers } from './entry.ts'
import { code } from './errors.ts'
import { goneFact, obstacle, targetOf, type User, userOf, withRight } from './user.ts'
import { guidDn, valueId } from './values.ts'

type Key = User['keys'][number]

const labels: Readonly<Record<string, string>> = {
  'msDS-KeyCredentialLink': 'Windows Hello or security key',
  altSecurityIdentities: 'Certificate or name mapped to the account',
  userCertificate: 'Certificate in the directory',
}

export const keyCredentials: AutomaticStep<Directory> = {
  id: 'keys',
  title: 'Clear keys and certificates',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user) return [{ id: 'keys', label: at.account.label, state: 'unknown', fact: goneFact }]
    return user.keys.map((key) => standing(user, key))
  },
  async apply(at, finding) {
    const user = await targetOf(at)
    const key = user.keys.find((one) => idOf(one) === finding.id)
    if (!key) return
    const refused = await withRight(user, `write ${key.attribute}`, () =>
      at.client.modify(
        guidDn(user.guid),
        [change('delete', key.attribute, key.value)],
        [code.noSuchAttribute, code.unwilling],
      ),
    )
    if (refused && (await isThere(at, user, key))) throw refused.error
  },
}

/** 16 and 53 may mean "already gone", or not: only a look tells. */
async function isThere(at: At<Directory>, user: User, key: Key): Promise<boolean> {
  const entry = await at.client.read(guidDn(user.guid), [key.attribute])
  return entry !== undefined && buffers(entry, key.attribute).some((value) => value.equals(key.value))
}

function idOf(key: Key): string {
  return valueId(key.attribute, key.value)
}

function standing(user: User, key: Key): Finding {
  const finding = { id: idOf(key), label: labels[key.attribute] ?? key.attribute }
  const why = obstacle(user, key.attribute)
  return why
    ? { ...finding, state: 'blocked', fact: `${describe(key)}: ${why}` }
    : { ...finding, state: 'open', fact: describe(key) }
}

function describe(key: Key): string {
  if (key.attribute === 'altSecurityIdentities') return `altSecurityIdentities ${key.value.toString().slice(0, 120)}`
  if (key.attribute === 'userCertificate') return `userCertificate ${certificate(key.value)}`
  return `msDS-KeyCredentialLink, ${key.value.length} bytes`
}

/** Everyone may read a published certificate; what is no certificate is named by its length. */
function certificate(der: Buffer): string {
  try {
    const { subject, serialNumber, validTo } = new X509Certificate(der)
    return `${subject.replaceAll('\n', ', ')}, serial ${serialNumber}, valid to ${validTo}`
  } catch {
    return `of ${der.length} bytes that cannot be read as one`
  }
}
