/**
 * What is read of Google's answers. A field that decides whether a thing is done or gone must be there and of its kind:
 * what is missing says nothing. Lists that are empty are left out by Google, so those, and nothing else, may be absent.
 */
import { z } from 'zod'

const id = z.string().min(1)
const words = z.string().nullish()
const flag = z.boolean().nullish()

/** Directory, Data Transfer and Licensing name the kind of each answer; a list of theirs without one is somebody else's. */
const listed = (name: string, one: z.ZodType) =>
  z.looseObject({ kind: z.string().includes('#'), [name]: z.array(one).optional(), nextPageToken: words })
/**
 * Gmail, Cloud Identity and Vault name no kinds: an answer without the list is an empty one only where nothing else in it
 * could be the list. A field more is no reason to refuse it, since Google adds fields as it likes (AIP-180).
 */
const listedBare = (name: string, one: z.ZodType) =>
  z
    .looseObject({ [name]: z.array(one).optional(), nextPageToken: words })
    .refine((answer) => name in answer || Object.values(answer).every((value) => typeof value !== 'object'), {
      error: `has no ${name}, and something else`,
    })

export const User = z.looseObject({
  id,
  primaryEmail: z.string().includes('@'),
  aliases: z.array(z.string()).nullish(),
  nonEditableAliases: z.array(z.string()).nullish(),
  customerId: words,
  isAdmin: z.boolean(),
  suspended: z.boolean(),
  archived: flag,
  isMailboxSetup: flag,
  isEnrolledIn2Sv: z.boolean(),
  isEnforcedIn2Sv: flag,
  includeInGlobalAddressList: flag,
  orgUnitPath: words,
  suspensionReason: words,
  creationTime: words,
  recoveryEmail: words,
  recoveryPhone: words,
  name: z.looseObject({ fullName: words }).nullish(),
  organizations: z.array(z.looseObject({ primary: flag, title: words, department: words })).nullish(),
  relations: z.array(z.looseObject({ type: words, value: words })).nullish(),
})
export const Users = listed('users', User)

export const Tokens = listed(
  'items',
  z.looseObject({ clientId: id, displayText: words, scopes: z.array(z.string()).nullish() }),
)
export const AppPasswords = listed(
  'items',
  z.looseObject({ codeId: z.int(), name: words, creationTime: words, lastTimeUsed: words }),
)
export const BackupCodes = listed('items', z.looseObject({}))

/** Without a role nobody could tell an owner. */
export const Member = z.looseObject({ id, role: id, email: words, delivery_settings: words })
export const Members = listed('members', Member)
export const Groups = listed('groups', z.looseObject({ id, email: words, name: words }))

export const Roles = listed(
  'items',
  z.looseObject({ roleId: id, isSuperAdminRole: flag, roleName: words, roleDescription: words }),
)
export const RoleAssignments = listed(
  'items',
  z.looseObject({ roleAssignmentId: id, roleId: id, scopeType: words, orgUnitId: words }),
)

export const Phone = z.looseObject({
  resourceId: id,
  status: id,
  email: z.array(z.string()),
  model: words,
  os: words,
  type: words,
  lastSync: words,
})
export const Phones = listed('mobiledevices', Phone)
export const Chromebook = z.looseObject({
  deviceId: id,
  status: id,
  annotatedUser: words,
  recentUsers: z.array(z.looseObject({ email: words })).nullish(),
  model: words,
  serialNumber: words,
})
export const Chromebooks = listed('chromeosdevices', Chromebook)
export const CommandIssued = z.looseObject({ commandId: id })
export const Command = z.looseObject({
  state: id,
  commandResult: z.looseObject({ result: words, errorMessage: words }).nullish(),
})
export const StatusResults = z.looseObject({
  changeChromeOsDeviceStatusResults: z
    .array(
      z.looseObject({
        deviceId: id,
        error: z.looseObject({ code: z.number().nullish(), message: words }).nullish(),
      }),
    )
    .nullish(),
})

export const Transfer = z.looseObject({ id, overallTransferStatusCode: id, requestTime: words })
export const Transfers = listed('dataTransfers', Transfer)
export const Applications = listed(
  'applications',
  z.looseObject({ id, name: id, transferParams: z.array(z.looseObject({ key: words })).nullish() }),
)
export const Licence = z.looseObject({ productId: id, skuId: id, userId: id, skuName: words, productName: words })
export const Licences = listed('items', Licence)

export const Imap = z.looseObject({ enabled: z.boolean() })
export const Pop = z.looseObject({ accessWindow: id })
export const Forwarding = z.looseObject({ enabled: z.boolean(), emailAddress: words })
export const Vacation = z.looseObject({
  enableAutoReply: flag,
  responseBodyPlainText: words,
  responseBodyHtml: words,
  restrictToContacts: flag,
  restrictToDomain: flag,
  endTime: words,
})
/** Something unknown with an address in it might send mail there. */
const FilterAction = z
  .looseObject({ forward: words })
  .refine(({ forward: _, ...others }) => Object.values(others).every((value) => !JSON.stringify(value).includes('@')), {
    error: 'names an address in an unknown way',
  })
export const Filters = listedBare(
  'filter',
  z.looseObject({ id, action: FilterAction, criteria: z.looseObject({}).nullish() }),
)
export const Delegates = listedBare('delegates', z.looseObject({ delegateEmail: id, verificationStatus: id }))

/** Cloud Identity names no kinds either. */
export const ComputerUser = z.looseObject({ name: id, userEmail: id, managementState: id })
export const ComputerUsers = listedBare('deviceUsers', ComputerUser)
export const Computer = z.looseObject({
  name: id,
  deviceType: id,
  ownerType: words,
  managementState: words,
  model: words,
  hostname: words,
  serialNumber: words,
})
export const Operation = z.looseObject({
  error: z.looseObject({ code: z.number().nullish(), message: words }).nullish(),
})

export const Calendars = listed(
  'items',
  z.looseObject({ id, summary: words, primary: flag, accessRole: id, dataOwner: words, deleted: flag }),
)
export const CalendarRules = listed(
  'items',
  z.looseObject({ id, role: id, scope: z.looseObject({ type: id, value: words }) }),
)
export const Event = z.looseObject({
  id,
  status: words,
  summary: words,
  organizer: z.looseObject({ self: flag }).nullish(),
  attendees: z.array(z.looseObject({ self: flag, email: words })).nullish(),
  start: z.looseObject({ date: words, dateTime: words }).nullish(),
  recurrence: z.array(z.string()).nullish(),
  eventType: words,
})
export const Events = listed('items', Event)

export const SharedDrives = listed('drives', z.looseObject({ id, name: words }))
export const Permissions = listed('permissions', z.looseObject({ id, type: id, role: id, emailAddress: words }))

export const Matters = listedBare('matters', z.looseObject({ matterId: id, name: words }))
export const Holds = listedBare(
  'holds',
  z.looseObject({
    name: words,
    accounts: z.array(z.looseObject({ accountId: words })).nullish(),
    orgUnit: z.looseObject({}).nullish(),
  }),
)
