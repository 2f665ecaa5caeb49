/** The example company in the directory: its people, groups and computers, and the service account of Latchkey. */
import { randomBytes, X509Certificate } from 'node:crypto'
import { Attribute, Change, type Client } from 'ldapts'
import { cast, employee, employees } from '../company.ts'
import { namingContext, realm } from './domain.ts'

export const ou = {
  company: `OU=Company,${namingContext}`,
  staff: `OU=Staff,OU=Company,${namingContext}`,
  groups: `OU=Groups,OU=Company,${namingContext}`,
  computers: `OU=Computers,OU=Company,${namingContext}`,
  leavers: `OU=Leavers,OU=Company,${namingContext}`,
  services: `OU=Service Accounts,${namingContext}`,
} as const

export const serviceAccount = `latchkey@${realm}`
export const serviceDn = `CN=latchkey,${ou.services}`

type Values = Record<string, string | Buffer | readonly (string | Buffer)[]>

export async function add(admin: Client, dn: string, values: Values): Promise<void> {
  const attributes = Object.entries(values).map(
    ([type, value]) => new Attribute({ type, values: [value].flat() as string[] }),
  )
  await admin.add(dn, attributes)
}

export function dnOf(email: string): string {
  return `CN=${employee(email).name},${ou.staff}`
}

/** What `samAccountName` a person has: the part of the address before the @. */
export function loginOf(email: string): string {
  return email.split('@')[0] as string
}

export function quoted(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}

export function newPassword(): string {
  return `Aa1!${randomBytes(18).toString('base64url')}`
}

/** Passwords by address, and of the service account. */
export interface Seeded {
  passwords: ReadonlyMap<string, string>
  servicePassword: string
  /** The SID of the service account, in Microsoft's notation. */
  serviceSid: string
}

/** `certificate`: any in PEM, to stand for the leaver's own. */
export async function seed(admin: Client, certificate: string): Promise<Seeded> {
  for (const dn of [ou.company, ou.staff, ou.groups, ou.computers, ou.leavers, ou.services])
    await add(admin, dn, { objectClass: 'organizationalUnit' })
  const passwords = new Map(employees.map(({ email }) => [email, newPassword()]))
  for (const { email } of employees) await addPerson(admin, email, passwords.get(email) as string)
  for (const { email, manager } of employees) if (manager) await set(admin, dnOf(email), 'manager', dnOf(manager))
  for (const [name, emails] of groupsOfCompany())
    await add(admin, `CN=${name},${ou.groups}`, {
      objectClass: 'group',
      sAMAccountName: name,
      member: emails.map(dnOf),
    })
  await addKeys(admin, cast.leaver, certificate)
  for (const email of [cast.leaver, cast.namesake]) await addLaptop(admin, email)
  const servicePassword = newPassword()
  await addService(admin, 'latchkey', servicePassword)
  return { passwords, servicePassword, serviceSid: await sidOf(admin, serviceDn) }
}

/** A service account without any right of its own. */
export async function addService(admin: Client, name: string, password: string): Promise<void> {
  await add(admin, `CN=${name},${ou.services}`, {
    objectClass: 'user',
    sAMAccountName: name,
    userPrincipalName: `${name}@${realm}`,
    userAccountControl: '66048',
    unicodePwd: quoted(password),
  })
}

export async function addPerson(admin: Client, email: string, password: string): Promise<void> {
  const { name, title, department } = employee(email)
  await add(admin, dnOf(email), {
    objectClass: 'user',
    sAMAccountName: loginOf(email),
    userPrincipalName: email,
    mail: email,
    proxyAddresses: [`SMTP:${email}`, `smtp:${loginOf(email)}@mail.example.com`],
    displayName: name,
    title,
    department,
    userAccountControl: '512',
    unicodePwd: quoted(password),
  })
}

export function groupsOfCompany(): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const { department, email } of employees) groups.set(department, [...(groups.get(department) ?? []), email])
  return groups
    .set(
      'All Staff',
      employees.map((one) => one.email),
    )
    .set('VPN Users', [cast.leaver, cast.namesake, cast.it])
    .set('CRM Editors', [cast.leaver, cast.manager])
}

/** What a person signs in with besides the password. */
export async function addKeys(admin: Client, email: string, certificate: string): Promise<void> {
  const dn = dnOf(email)
  for (const blob of ['00020000deadbeef01', '00020000cafebabe02'])
    await set(admin, dn, 'msDS-KeyCredentialLink', `B:${blob.length}:${blob}:${dn}`)
  await set(admin, dn, 'altSecurityIdentities', `X509:<I>DC=com,DC=example,CN=Example CA<S>CN=${employee(email).name}`)
  await set(admin, dn, 'userCertificate', new X509Certificate(certificate).raw)
}

export async function addLaptop(admin: Client, email: string): Promise<void> {
  const name = laptopOf(email)
  await add(admin, `CN=${name},${ou.computers}`, {
    objectClass: 'computer',
    sAMAccountName: `${name}$`,
    userAccountControl: '4096',
    operatingSystem: 'Windows 11 Enterprise',
    dNSHostName: `${name.toLowerCase()}.${realm}`,
    managedBy: dnOf(email),
  })
}

export function laptopOf(email: string): string {
  return `NB-${loginOf(email).replace('.', '').toUpperCase()}`
}

export async function set(admin: Client, dn: string, type: string, ...values: (string | Buffer)[]): Promise<void> {
  const modification = new Attribute({ type, values: values as string[] })
  await admin.modify(dn, new Change({ operation: 'add', modification }))
}

async function sidOf(admin: Client, dn: string): Promise<string> {
  const { searchEntries } = await admin.search(dn, {
    scope: 'base',
    attributes: ['objectSid'],
    explicitBufferAttributes: ['objectSid'],
  })
  const bytes = searchEntries[0]?.objectSid as Buffer
  const parts = Array.from({ length: bytes[1] as number }, (_, index) => bytes.readUInt32LE(8 + index * 4))
  return `S-1-${bytes.readUIntBE(2, 6)}-${parts.join('-')}`
}
