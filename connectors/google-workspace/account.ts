/** The end of the account itself: suspended, hidden, and deleted where the settings say so. */
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import {
  barredBySuperAdmin,
  blocked,
  changeUser,
  freshUser,
  type GoogleAt,
  isLastSuperAdmin,
  lastSuperAdminFact,
  refuseUntouchable,
  type User,
  userOf,
} from './person.ts'
import { transfersFrom } from './transfer.ts'
import { heldByVault } from './vault.ts'

type Step = AutomaticStep<Client>

/** In `remove`: Gmail's settings and backup codes cannot be changed any more once the account is suspended. */
const suspend: Step = {
  id: 'suspend',
  title: 'Suspend the account',
  area: 'directory',
  phase: 'remove',
  // The first three write the same user record; the others need the account itself, which Google then shuts out.
  after: [
    'google-workspace/hide',
    'google-workspace/move-unit',
    'google-workspace/rename',
    'google-workspace/mail-delegates',
    'google-workspace/calendar-sharing',
    'google-workspace/meetings',
  ],
  find: async (at) => (at.client.settings.suspend ? suspensionOf(at) : []),
  apply: suspendNow,
  undo: liftSuspension,
}

/** Still after what Google refuses of a suspended account in this phase: codes, second factors, mail settings. */
const suspendFirst: Step = {
  id: 'suspend-first',
  title: 'Suspend the account at once',
  area: 'directory',
  phase: 'contain',
  after: [
    'google-workspace/password',
    'google-workspace/recovery',
    'google-workspace/sessions',
    'google-workspace/backup-codes',
    'google-workspace/two-step',
    'google-workspace/mail-programs',
    'google-workspace/forwarding',
    'google-workspace/forwarding-filters',
  ],
  find: async (at) => (isFirst(at) ? suspensionOf(at) : []),
  apply: suspendNow,
  undo: liftSuspension,
}

function isFirst({ client, choices }: GoogleAt): boolean {
  const { suspend: wanted, suspendFirst: when } = client.settings
  return wanted && (when === 'always' || (when === 'dismissal' && choices.kind === 'dismissal'))
}

async function suspensionOf(at: GoogleAt): Promise<Finding[]> {
  const user = await userOf(at)
  if (!user) return []
  const finding = {
    id: 'suspend',
    label: user.primaryEmail ?? at.account.label,
    before: { suspended: user.suspended === true },
  }
  const reason = user.suspensionReason ? ` (${user.suspensionReason})` : ''
  if (user.suspended) return [{ ...finding, state: 'done', fact: `suspended=true${reason}` }]
  const why = await untouchable(at, user)
  return [why ? blocked(finding, why) : { ...finding, state: 'open', fact: 'suspended=false' }]
}

async function suspendNow(at: GoogleAt): Promise<void> {
  await refuseUntouchable(at)
  await changeUser(at, 'suspend the account', { suspended: true })
}

async function liftSuspension(at: GoogleAt): Promise<void> {
  await changeUser(at, 'lift the suspension', { suspended: false })
}

const hide: Step = {
  id: 'hide',
  title: 'Hide from the address list',
  area: 'directory',
  phase: 'remove',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = {
      id: 'hide',
      label: 'Entry in the address list',
      before: { included: user.includeInGlobalAddressList !== false },
    }
    if (user.includeInGlobalAddressList === false)
      return [{ ...finding, state: 'done', fact: 'includeInGlobalAddressList=false' }]
    const why = await barredBySuperAdmin(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact: 'includeInGlobalAddressList=true' }]
  },
  async apply(at) {
    await changeUser(at, 'hide the user', { includeInGlobalAddressList: false })
  },
  async undo(at) {
    await changeUser(at, 'show the user', { includeInGlobalAddressList: true })
  },
}

const deletion: Step = {
  id: 'delete',
  title: 'Delete the account',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  needs: ['google-workspace/transfer-files', 'google-workspace/secondary-calendars', 'google-workspace/shared-drives'],
  after: [
    'google-workspace/licences',
    'google-workspace/archive',
    'google-workspace/aliases',
    'google-workspace/mobile-wipe',
    'google-workspace/chromebook-wipe',
    'google-workspace/computer-wipe',
  ],
  async find(at) {
    const user = at.client.settings.deleteUser ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'account', label: user.primaryEmail ?? at.account.label }
    const why =
      (await untouchable(at, user)) ??
      (at.handOverTo
        ? undefined
        : 'Nobody receives the files, and they would be deleted too. IT hands them over first.') ??
      (await heldByVault(at))
    return [
      why
        ? blocked(finding, why)
        : { ...finding, state: 'open', fact: `Made ${user.creationTime?.slice(0, 10)}; Google keeps it for 20 days` },
    ]
  },
  async apply(at) {
    await refuseUntouchable(at)
    if (!(await freshUser(at.client, at.account.id))) return
    const held = await heldByVault(at)
    if (held) throw new Rejected(held, { code: 'legalHold' })
    const unfinished = (await transfersFrom(at)).find(
      (job) => !/completed|failed/.test(job.overallTransferStatusCode ?? ''),
    )
    if (unfinished)
      throw new Rejected(
        'A transfer of this account is still running; deleting now would lose the rest. Try again when it is done.',
      )
    await unlessGone(
      order('delete the account', () => at.client.directory('users').users.delete({ userKey: at.account.id })),
    )
  },
}

async function untouchable(at: GoogleAt, user: User): Promise<string | undefined> {
  const barred = await barredBySuperAdmin(at, user)
  return barred ?? ((await isLastSuperAdmin(at.client, user)) ? lastSuperAdminFact(user) : undefined)
}

export const accountSteps: readonly Step[] = [suspendFirst, hide, suspend, deletion]
