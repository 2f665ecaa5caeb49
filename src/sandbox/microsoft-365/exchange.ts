/** The pretend Exchange Online: cmdlets as JSON, as Microsoft's own PowerShell module sends them. */
import { cast } from '../company.ts'
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { ok } from './answers.ts'
import { userIn } from './route.ts'
import { group, idOf } from './seed-parts.ts'
import type { ExchangeMailbox, Group, Mailbox, Tenant, User } from './tenant.ts'

type Values = Record<string, unknown>
type Run = (given: Values, tenant: World<Tenant>) => unknown[] | Answer

/** What the leaver has in Exchange besides a mailbox. */
export function seedExchange(tenant: Tenant): void {
  const both = [cast.leaver, cast.namesake].map(idOf)
  for (const id of both) {
    const mailbox = tenant.mailboxes[id]
    if (mailbox) mailbox.exchange = { ...untouched(), ForwardingSmtpAddress: 'smtp:home@example.org', full: [] }
  }
  const list = { mailEnabled: true, members: both }
  tenant.groups.push(
    group(60, 'Fair visitors', { ...list, securityEnabled: false, mail: 'fair-visitors@example.com' }),
    group(61, 'Contract readers', { ...list, mail: 'contract-readers@example.com' }),
  )
}

function untouched(): ExchangeMailbox {
  return {
    ForwardingAddress: null,
    ForwardingSmtpAddress: null,
    DeliverToMailboxAndForward: false,
    HiddenFromAddressListsEnabled: false,
    LitigationHoldEnabled: false,
    ArchiveStatus: 'None',
    bytes: 3_435_973_836,
    access: { ActiveSyncEnabled: true, ImapEnabled: true, PopEnabled: true, SmtpClientAuthenticationDisabled: null },
    full: [],
  }
}

/** `roles`: what the token says; undefined where it is not one of ours. */
export function runCmdlet(asked: Asked, roles: readonly string[] | undefined, tenant: World<Tenant>): Answer {
  if (!roles) return { status: 401, headers: { 'www-authenticate': 'Bearer' } }
  const [, , , id, command] = asked.path.split('/')
  const expected = tenant.truth().organization.id
  if (asked.method !== 'POST' || command !== 'InvokeCommand' || decodeURIComponent(id ?? '') !== expected)
    return refused(404, 'NotFound', 'No HTTP resource was found that matches the request URI.')
  if (!asked.headers['x-anchormailbox']) return refused(400, 'BadRequest', 'X-AnchorMailbox is missing.')
  // Exchange answers with no body where the app may not.
  if (!roles.includes('Exchange.ManageAsApp')) return { status: 403 }
  const { CmdletInput: input } = asked.body as { CmdletInput?: { CmdletName?: string; Parameters?: Values } }
  const run = cmdlets[input?.CmdletName ?? '']
  if (!run)
    return refused(400, 'BadRequest', `The term '${input?.CmdletName}' is not recognized as the name of a cmdlet.`)
  const answer = run(input?.Parameters ?? {}, tenant)
  return Array.isArray(answer) ? ok({ '@odata.context': `${asked.host}/$metadata`, value: answer }) : answer
}

function refused(status: number, code: string, message: string): Answer {
  const details = [{ code: 'Client', target: '', message }]
  return { status, body: { error: { code, message: 'Error executing cmdlet', details } } }
}

function noObject(name: unknown): Answer {
  const why = `The operation couldn't be performed because object '${name}' couldn't be found on 'EXAMPLE.PROD.OUTLOOK.COM'.`
  return refused(
    404,
    'NotFound',
    `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|${why}`,
  )
}

type OnMailbox = (mailbox: ExchangeMailbox, given: Values, whole: Mailbox, user: User) => unknown[] | Answer

function reading(run: OnMailbox): Run {
  return (given, tenant) => on(tenant.read(), given, run)
}

function writing(known: readonly string[], run: OnMailbox): Run {
  return (given, tenant) => {
    const strange = Object.keys(given).find((name) => name !== 'Identity' && !known.includes(name))
    if (strange)
      return refused(400, 'BadRequest', `A parameter cannot be found that matches parameter name '${strange}'.`)
    return tenant.write((state) => on(state, given, run))
  }
}

function on(tenant: Tenant, given: Values, run: OnMailbox): unknown[] | Answer {
  const user = userIn(tenant, String(given.Identity ?? ''))
  const mailbox = tenant.mailboxes[user?.id ?? '']
  if (!user || !mailbox) return noObject(given.Identity)
  mailbox.exchange ??= untouched()
  return run(mailbox.exchange, given, mailbox, user)
}

const settable = [
  'ForwardingAddress',
  'ForwardingSmtpAddress',
  'DeliverToMailboxAndForward',
  'HiddenFromAddressListsEnabled',
  'Type',
]

function shownMailbox(
  { bytes: _bytes, access: _access, full: _full, ...shown }: ExchangeMailbox,
  of: Mailbox,
  user: User,
) {
  return {
    ExternalDirectoryObjectId: user.id,
    Guid: user.id.replace(/^.{8}/, '0000ec00'),
    UserPrincipalName: user.userPrincipalName,
    RecipientTypeDetails: of.purpose === 'shared' ? 'SharedMailbox' : 'UserMailbox',
    IsDirSynced: user.onPremisesSyncEnabled ?? false,
    ...shown,
  }
}

function setMailbox(mailbox: ExchangeMailbox, { Identity: _, Type: type, ...given }: Values, of: Mailbox, user: User) {
  if (user.onPremisesSyncEnabled && 'HiddenFromAddressListsEnabled' in given)
    return refused(
      400,
      'BadRequest',
      "Ex0D3C3F|Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException|The operation on mailbox failed because it's out of the current user's write scope. The action 'Set-Mailbox', 'HiddenFromAddressListsEnabled', can't be performed on the object because the object is being synchronized from your on-premises organization.",
    )
  Object.assign(mailbox, given)
  if (type) of.purpose = type === 'Shared' ? 'shared' : 'user'
  return []
}

const protocols = ['ActiveSyncEnabled', 'ImapEnabled', 'PopEnabled', 'SmtpClientAuthenticationDisabled']
const granting = ['User', 'AccessRights', 'InheritanceType', 'AutoMapping', 'Confirm']

function permissions(mailbox: ExchangeMailbox, { User: wanted }: Values): unknown[] {
  const of = (User: string, rights: string) => ({ User, AccessRights: [rights], IsInherited: false, Deny: false })
  return mailbox.full.filter((one) => wanted === undefined || one === wanted).map((one) => of(one, 'FullAccess'))
}

const cmdlets: Readonly<Record<string, Run>> = {
  'Get-Mailbox': reading((mailbox, _given, of, user) => [shownMailbox(mailbox, of, user)]),
  'Set-Mailbox': writing(settable, setMailbox),
  'Get-CASMailbox': reading((mailbox) => [{ ...mailbox.access }]),
  'Set-CASMailbox': writing(protocols, (mailbox, { Identity: _, ...given }) => {
    Object.assign(mailbox.access, given)
    return []
  }),
  'Get-MailboxStatistics': reading(({ bytes }) => {
    const said = `${(bytes / 1024 ** 3).toFixed(1)} GB (${bytes.toLocaleString('en-US')} bytes)`
    return [{ TotalItemSize: said, ItemCount: 1200 }]
  }),
  'Get-MailboxPermission': reading(permissions),
  'Add-MailboxPermission': writing(granting, (mailbox, given) => {
    if (!mailbox.full.includes(String(given.User))) mailbox.full.push(String(given.User))
    return permissions(mailbox, given)
  }),
  'Remove-MailboxPermission': writing(granting, (mailbox, given) => {
    mailbox.full = mailbox.full.filter((one) => one !== given.User)
    return []
  }),
  'Get-DistributionGroup': (given, tenant) => {
    const list = listIn(tenant.read(), given)
    return list
      ? [{ ExternalDirectoryObjectId: list.id, Guid: guidOf(list), DisplayName: list.displayName }]
      : noObject(given.Identity)
  },
  'Remove-DistributionGroupMember': (given, tenant) => changed(tenant, given, false),
  'Add-DistributionGroupMember': (given, tenant) => changed(tenant, given, true),
}

/** Exchange has ids of its own. */
function guidOf({ id }: Group): string {
  return id.replace(/^.{8}/, '0000ec01')
}

function listIn(tenant: Tenant, { Identity: name }: Values): Group | undefined {
  const lists = tenant.groups.filter((one) => one.mailEnabled && !one.groupTypes.includes('Unified'))
  return lists.find((one) => [one.mail, one.id, guidOf(one)].includes(String(name)))
}

function changed(world: World<Tenant>, given: Values, joins: boolean): unknown[] | Answer {
  const { Member: member, BypassSecurityGroupManagerCheck: bypass } = given
  return world.write((tenant) => {
    const list = listIn(tenant, given)
    if (!list) return noObject(given.Identity)
    const code = 'Microsoft.Exchange.Management.Tasks'
    if (bypass !== true)
      return refused(
        403,
        'Forbidden',
        `Ex94914C|${code}.OperationRequiresGroupManagerException|You don't have sufficient permissions.`,
      )
    const there = list.members.includes(String(member))
    if (joins && there)
      return refused(
        400,
        'BadRequest',
        `Ex2E1CC1|${code}.MemberAlreadyExistsException|The recipient "${member}" is already a member of the group.`,
      )
    if (!joins && !there)
      return refused(
        400,
        'BadRequest',
        `Ex5AC8F4|${code}.MemberNotFoundException|The recipient "${member}" isn't a member of the group.`,
      )
    list.members = joins ? [...list.members, String(member)] : list.members.filter((one) => one !== member)
    return []
  })
}
