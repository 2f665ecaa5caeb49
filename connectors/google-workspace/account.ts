/** The end of the account itself: suspended, hidden, its licences freed, and deleted where the settings say so. */
import type { licensing_v1 } from 'googleapis/build/src/apis/licensing/v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone, unlessThere } from './ask.ts'
import type { Client } from './client.ts'
import {
  addressesOf,
  addressOf,
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
import { Licences } from './shapes.ts'
import { transfersFrom } from './transfer.ts'

type Step = AutomaticStep<Client>

/** In `remove`: Gmail's settings and backup codes cannot be changed any more once the account is suspended. */
const suspend: Step = {
  id: 'suspend',
  title: 'Suspend the account',
  area: 'directory',
  phase: 'remove',
  // They write the same user record.
  after: ['google-workspace/hide'],
  async find(at) {
    const user = at.client.settings.suspend ? await userOf(at) : undefined
    if (!user) return []
    const finding = {
      id: 'suspend',
      label: user.primaryEmail ?? at.account.label,
      before: { suspended: user.suspended === true },
    }
    if (user.suspended)
      return [
        {
          ...finding,
          state: 'done',
          fact: `suspended=true${user.suspensionReason ? ` (${user.suspensionReason})` : ''}`,
        },
      ]
    const why = await untouchable(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact: 'suspended=false' }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    await changeUser(at, 'suspend the account', { suspended: true })
  },
  async undo(at) {
    await changeUser(at, 'lift the suspension', { suspended: false })
  },
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

const licences: Step = {
  id: 'licences',
  title: 'Free licences',
  area: 'applications',
  phase: 'reclaim',
  needs: ['google-workspace/transfer-files'],
  async find(at) {
    const held = await Promise.all(at.client.settings.licences.map((product) => licencesOf(at, product)))
    return held.flat().map(({ productId, skuId, skuName, productName }) => ({
      id: `${productId}/${skuId}`,
      label: skuName ?? `${skuId}`,
      state: 'open',
      fact: `Assigned, product ${productName ?? productId}`,
      before: { productId: productId ?? '', skuId: skuId ?? '' },
    }))
  },
  async apply(at, finding) {
    const { productId, skuId } = licenceOf(finding)
    const userId = await addressOf(at)
    await unlessGone(
      order('free a licence', () => at.client.licensing().licenseAssignments.delete({ productId, skuId, userId })),
    )
  },
  async undo(at, finding) {
    const { productId, skuId } = licenceOf(finding)
    const requestBody = { userId: await addressOf(at) }
    await unlessThere(
      ask('give a licence back', () =>
        at.client.licensing().licenseAssignments.insert({ productId, skuId, requestBody }),
      ),
    )
  },
}

/** Google's list is of everyone who holds the product; a licence is found by the primary address only. */
async function licencesOf(at: GoogleAt, productId: string): Promise<licensing_v1.Schema$LicenseAssignment[]> {
  const user = await userOf(at)
  if (!user?.customerId) return []
  const params = { productId, customerId: user.customerId, maxResults: 1000 }
  const list = await all(
    (page) =>
      ask(
        'list licences',
        () => at.client.licensing().licenseAssignments.listForProduct({ ...params, ...page }),
        Licences,
      ),
    (page) => page.items,
  )
  const own = addressesOf(user)
  return list.filter((one) => one.skuId && own.includes(one.userId?.toLowerCase() ?? ''))
}

function licenceOf(finding: Finding): { productId: string; skuId: string } {
  const [productId = '', skuId = ''] = finding.id.split('/')
  return { productId, skuId }
}

const deletion: Step = {
  id: 'delete',
  title: 'Delete the account',
  area: 'directory',
  phase: 'reclaim',
  irreversible: true,
  needs: ['google-workspace/transfer-files'],
  after: ['google-workspace/licences', 'google-workspace/mobile-wipe'],
  async find(at) {
    const user = at.client.settings.deleteUser ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'account', label: user.primaryEmail ?? at.account.label }
    const why =
      (await untouchable(at, user)) ??
      (at.handOverTo
        ? undefined
        : 'Nobody receives the files, and they would be deleted too. IT hands them over first.')
    return [
      why
        ? blocked(finding, why)
        : { ...finding, state: 'open', fact: `Made ${user.creationTime?.slice(0, 10)}; Google keeps it for 20 days` },
    ]
  },
  async apply(at) {
    await refuseUntouchable(at)
    if (!(await freshUser(at.client, at.account.id))) return
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

export const accountSteps: readonly Step[] = [hide, suspend, licences, deletion]
