/** For `doctor`: asks for a token for each part and reads something small with it. */
import { Denied, type Health, Rejected } from '../../src/connector.ts'
import { ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { customerName } from './computers.ts'
import { delegation, farTooBroad, isUsed, type Part, parts, scopesOf } from './scopes.ts'

export async function check(client: Client): Promise<Health> {
  const wanted = parts.filter((part) => isUsed(client.settings, part))
  const refused: { part: Part; error: unknown }[] = []
  const missing: string[] = []
  for (const part of wanted) {
    const error = await signInError(() => client.signIn(part))
    if (error) refused.push({ part, error })
    else missing.push(...(await unreadable(client, part)))
  }
  // Nothing at all was granted: then it is the key, not a scope.
  if (refused.length === wanted.length) throw refused[0]?.error
  missing.unshift(...refused.flatMap(({ part }) => scopesOf[part].map((scope) => grant(client, scope))))
  const as = `${client.serviceAccount.email} acting as ${client.settings.subject}`
  const blind = refused.some(({ part }) => part === 'users')
  return { as, missing, warnings: [...(await warningsOf(client, blind)), ...(await broader(client))] }
}

/**
 * Google lists nowhere which scopes are delegated, so the most telling ones are tried: a token that is given is a scope
 * too many. Nothing is done with it.
 */
async function broader(client: Client): Promise<string[]> {
  const given: string[] = []
  const wanted = parts.filter((part) => isUsed(client.settings, part)).flatMap((part) => scopesOf[part])
  for (const scope of farTooBroad.filter((one) => !wanted.includes(one))) {
    if (!(await signInError(() => client.signInFor(scope)))) given.push(scope)
  }
  if (given.length === 0) return []
  const { clientId } = client.serviceAccount
  return [
    `Client ${clientId} may more than Latchkey needs: ${given.join(', ')}. IT removes what is not listed, in ${delegation}.`,
  ]
}

async function signInError(signIn: () => Promise<void>): Promise<unknown> {
  try {
    await ask('sign in', () => signIn().then(() => ({ data: {} })))
    return undefined
  } catch (error) {
    if (error instanceof Denied || error instanceof Rejected) return error
    throw error
  }
}

async function unreadable(client: Client, part: Part): Promise<string[]> {
  try {
    await read(client, part)
    return []
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    const { subject } = client.settings
    const privilege = `gives ${subject} the privilege for "${part}" (Admin console > Account > Admin roles)`
    return [`${error.message} IT enables the API in the service account's Google Cloud project, or ${privilege}.`]
  }
}

function grant(client: Client, scope: string): string {
  return `${scope} is not delegated: IT adds it to client ${client.serviceAccount.clientId} in ${delegation}.`
}

function read(client: Client, part: Part): Promise<unknown> {
  const { customer, subject, licences } = client.settings
  const directory = client.directory(part)
  switch (part) {
    case 'users':
      return ask('read its own user', () => directory.users.get({ userKey: subject }))
    case 'security':
      return ask('list app access', () => directory.tokens.list({ userKey: subject }))
    case 'groups':
      return ask('list groups', () => directory.groups.list({ customer, maxResults: 1 }))
    case 'roles':
      return ask('list administrator roles', () => directory.roleAssignments.list({ customer, maxResults: 1 }))
    case 'mobile':
      return ask('list phones', () => directory.mobiledevices.list({ customerId: customer, maxResults: 1 }))
    case 'chrome':
      return ask('list Chromebooks', () => directory.chromeosdevices.list({ customerId: customer, maxResults: 1 }))
    case 'transfer':
      return ask('list what can be transferred', () => client.transfers().applications.list({ maxResults: 1 }))
    case 'licensing':
      return readLicence(client, licences[0] ?? 'Google-Apps')
    case 'mail':
      return ask('read a mail setting', () => client.gmail(subject).users.settings.getImap({ userId: 'me' })).catch(
        unlessNoMailbox,
      )
    case 'calendar':
      return readAs(client.calendar(subject), 'list calendars', (api) => api.calendarList.list({ maxResults: 1 }))
    case 'calendar-owners':
      return readAs(client.calendarOwners(), 'read a calendar', (api) => api.calendars.get({ calendarId: 'primary' }))
    case 'shared-drives':
      return readAs(client.sharedDrives(), 'list shared drives', (api) =>
        api.drives.list({ useDomainAdminAccess: true, pageSize: 1 }),
      )
    case 'computers':
      return readAs(client.computers(), 'list computers', (api) =>
        api.devices.list({ customer: customerName(client), pageSize: 1 }),
      )
    case 'vault':
      return readAs(client.vault(), 'list legal matters', (api) => api.matters.list({ state: 'OPEN', pageSize: 1 }))
    default:
      return part satisfies never
  }
}

async function readAs<A, T>(api: Promise<A>, what: string, call: (api: A) => Promise<{ data: T }>): Promise<T> {
  const opened = await api
  return ask(what, () => call(opened))
}

async function readLicence(client: Client, productId: string): Promise<void> {
  const user = await ask('read its own user', () =>
    client.directory('users').users.get({ userKey: client.settings.subject }),
  )
  const params = { productId, customerId: user.customerId ?? client.settings.customer, maxResults: 1 }
  await unlessGone(ask('list licences', () => client.licensing().licenseAssignments.listForProduct(params)))
}

/** An administrator without a mailbox proves as much: the token was taken. */
function unlessNoMailbox(error: unknown): void {
  if (!(error instanceof Rejected && error.status === 400)) throw error
}

async function warningsOf(client: Client, blind: boolean): Promise<string[]> {
  if (blind) return []
  const { subject } = client.settings
  const user = await ask('read its own user', () => client.directory('users').users.get({ userKey: subject }))
  if (user.isAdmin) return []
  return [`${subject} is not a super administrator: a leaver who is one cannot be offboarded. IT makes it one.`]
}
