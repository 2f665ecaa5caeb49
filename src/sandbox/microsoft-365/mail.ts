/** Mailboxes and OneDrive. */
import type { Answer } from '../server.ts'
import { failure, noContent, notFound, ok } from './answers.ts'
import { page, select } from './odata.ts'
import { type Call, type Route, userIn } from './route.ts'
import type { Drive, Mailbox, Permission, Rule, Tenant } from './tenant.ts'

const writeMail = ['MailboxSettings.ReadWrite']
const readMail = ['MailboxSettings.Read', ...writeMail]
const files = ['Files.ReadWrite.All', 'Sites.ReadWrite.All']
const refuseMail = () => failure(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
const refuseFiles = () => failure(403, 'accessDenied', 'Access denied')

export const mailRoutes: readonly Route[] = [
  mail('GET', '/mailboxSettings', readMail, ({ asked }, mailbox) =>
    ok({ ...context(asked.host), ...mailbox.settings, userPurpose: mailbox.purpose }),
  ),
  mail('PATCH', '/mailboxSettings', writeMail, (call, mailbox) => {
    const change = call.asked.body as { automaticRepliesSetting?: Record<string, unknown> }
    const old = mailbox.settings.automaticRepliesSetting as Record<string, unknown>
    const reply = { ...old, ...change.automaticRepliesSetting }
    for (const name of ['internalReplyMessage', 'externalReplyMessage'])
      reply[name] = wrapped(String(reply[name] ?? ''))
    const settings = { ...mailbox.settings, ...change, automaticRepliesSetting: reply }
    changeMailbox(call, (one) => Object.assign(one, { settings }))
    return ok({ ...context(call.asked.host), ...change })
  }),
  mail('GET', '/mailFolders/{}/messageRules', readMail, ({ asked, pageSize }, mailbox) =>
    page(mailbox.rules, asked, { pageSize, whole: true }),
  ),
  mail('POST', '/mailFolders/{}/messageRules', writeMail, (call, mailbox) => {
    const rule = {
      ...(call.asked.body as Omit<Rule, 'id' | 'isReadOnly'>),
      id: `AQAA${mailbox.rules.length + 900}=`,
      isReadOnly: false,
    }
    changeMailbox(call, (one) => void one.rules.push(rule as Rule))
    return ok(rule, 201)
  }),
  mail('DELETE', '/mailFolders/{}/messageRules/{}', writeMail, (call, mailbox) => {
    const rule = mailbox.rules.find((one) => one.id === call.parts[2])
    if (!rule) return failure(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
    if (rule.isReadOnly) return failure(403, 'ErrorAccessDenied', 'The rule is read-only.')
    changeMailbox(call, (one) => {
      one.rules = one.rules.filter((other) => other.id !== rule.id)
    })
    return noContent
  }),
]

export const driveRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{}/drive',
    rights: ['Files.Read.All', ...files],
    refuse: refuseFiles,
    handle({ asked, tenant, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      const drive = tenant.drives.find((one) => one.ownerId === user?.id)
      if (!drive) return failure(404, 'ResourceNotFound', "User's mysite not found.")
      const { permissions: _permissions, ownerId: _ownerId, ...shown } = drive
      return ok(select({ ...shown, driveType: 'business' }, asked))
    },
  },
  {
    method: 'GET',
    path: '/drives/{}/items/root/permissions',
    rights: ['Files.Read.All', ...files],
    refuse: refuseFiles,
    handle: ({ asked, tenant, pageSize, parts: [id = ''] }) =>
      withDrive(tenant, id, (drive) => page(drive.permissions, asked, { pageSize })),
  },
  { method: 'POST', path: '/drives/{}/items/root/invite', rights: files, refuse: refuseFiles, handle: invite },
  {
    method: 'DELETE',
    path: '/drives/{}/items/root/permissions/{}',
    rights: files,
    refuse: refuseFiles,
    handle({ truth, write, parts: [driveId = '', id = ''] }) {
      return withDrive(truth, driveId, (drive) => {
        if (!drive.permissions.some((one) => one.id === id)) return failure(404, 'itemNotFound', 'Item not found')
        write((tenant) => {
          const changed = tenant.drives.find((one) => one.id === driveId)
          if (changed) changed.permissions = changed.permissions.filter((one) => one.id !== id)
        })
        return noContent
      })
    },
  },
]

function context(host: string): Record<string, string> {
  return { '@odata.context': `https://${host}/v1.0/$metadata#users/mailboxSettings` }
}

function mail(
  method: string,
  place: string,
  rights: readonly string[],
  handle: (call: Call, mailbox: Mailbox) => Answer,
): Route {
  return {
    method,
    path: `/users/{}${place}`,
    rights,
    refuse: refuseMail,
    handle(call) {
      const tenant = method === 'GET' ? call.tenant : call.truth
      const user = userIn(tenant, call.parts[0] ?? '')
      if (!user) return failure(404, 'ErrorInvalidUser', `The requested user '${call.parts[0]}' is invalid.`)
      const mailbox = tenant.mailboxes[user.id]
      if (mailbox) return handle(call, mailbox)
      const why = 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.'
      return failure(404, 'MailboxNotEnabledForRESTAPI', why)
    },
  }
}

function changeMailbox(call: Call, change: (mailbox: Mailbox) => unknown): void {
  call.write((tenant) => {
    const mailbox = tenant.mailboxes[userIn(tenant, call.parts[0] ?? '')?.id ?? '']
    if (mailbox) change(mailbox)
  })
}

/** Exchange keeps replies as whole HTML pages. */
function wrapped(text: string): string {
  return /^<html>/.test(text)
    ? text
    : `<html>\r\n<head>\r\n<meta charset="utf-8">\r\n</head>\r\n<body>\r\n${text}\r\n</body>\r\n</html>\r\n`
}

function withDrive(tenant: Tenant, id: string, handle: (drive: Drive) => Answer): Answer {
  const drive = tenant.drives.find((one) => one.id === id)
  return drive ? handle(drive) : failure(404, 'itemNotFound', 'The resource could not be found.')
}

function invite({ asked, truth, write, parts: [driveId = ''] }: Call): Answer {
  const { recipients, roles } = asked.body as { recipients: { objectId?: string; email?: string }[]; roles: string[] }
  return withDrive(truth, driveId, (drive) => {
    const users = recipients.map((one) => userIn(truth, one.objectId ?? one.email ?? ''))
    if (users.includes(undefined)) return notFound('recipient')
    const value: Permission[] = users.flatMap((user) => (user ? [permissionFor(drive, user, roles)] : []))
    write((tenant) => {
      const changed = tenant.drives.find((one) => one.id === driveId)
      const kept = changed?.permissions.filter((one) => !value.some((made) => made.id === one.id)) ?? []
      if (changed) changed.permissions = [...kept, ...value]
    })
    return ok({ value })
  })
}

/** Inviting somebody again changes the one permission that is there. */
function permissionFor(drive: Drive, user: { id: string; displayName: string }, roles: string[]): Permission {
  const known = drive.permissions.find((one) => one.grantedToV2.user.id === user.id)
  const id = known?.id ?? Buffer.from(`i:0#.f|membership|${user.id}`).toString('base64url')
  return { id, roles, grantedToV2: { user: { id: user.id, displayName: user.displayName } } }
}
