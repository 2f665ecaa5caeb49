import type { Answer } from '../server.ts'
import { badRequest, notFound, ok } from './answers.ts'
import { page } from './odata.ts'
import { type Call, directoryRead, type Route, userIn } from './route.ts'
import type { Tenant } from './tenant.ts'

interface State {
  skuId: string
  assignedByGroup: string | null
  disabledPlans: string[]
  state: string
  error: string
  lastUpdatedDateTime: string
}

export const licenceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{}/licenseDetails',
    rights: ['LicenseAssignment.Read.All', 'User.Read.All', 'User.ReadWrite.All', ...directoryRead],
    handle({ asked, tenant, pageSize, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      if (!user) return notFound(id)
      const held = new Set(licenceStates(tenant, user.id).map((one) => one.skuId))
      const details = tenant.skus.filter((sku) => held.has(sku.skuId))
      return page(
        details.map((sku) => ({ id: sku.skuId, ...sku, servicePlans: plansOf(tenant, sku.skuId) })),
        asked,
        { pageSize },
      )
    },
  },
  {
    method: 'POST',
    path: '/users/{}/assignLicense',
    rights: ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
    handle: assign,
  },
]

function plansOf(tenant: Tenant, skuId: string) {
  return (tenant.servicePlans[skuId] ?? []).map((servicePlanName) => ({
    servicePlanId: skuId,
    servicePlanName,
    provisioningStatus: 'Success',
    appliesTo: 'User',
  }))
}

export function licenceStates(tenant: Tenant, userId: string): State[] {
  const known = { state: 'Active', error: 'None', lastUpdatedDateTime: '2026-01-05T08:00:00Z' }
  const direct = tenant.licences
    .filter((one) => one.userId === userId)
    .map(({ skuId, disabledPlans }) => ({ ...known, skuId, disabledPlans, assignedByGroup: null }))
  const member = tenant.groups.filter((group) => group.members.includes(userId))
  const leaving = tenant.leaving.filter((one) => one.userId === userId && one.until > Date.now())
  const through = [
    ...member.flatMap((group) => group.assignedLicenses.map(({ skuId }) => ({ skuId, groupId: group.id }))),
    ...leaving.flatMap(({ groupId, skuIds }) => skuIds.map((skuId) => ({ skuId, groupId }))),
  ]
  return [
    ...direct,
    ...through.map(({ skuId, groupId }) => ({ ...known, skuId, disabledPlans: [], assignedByGroup: groupId })),
  ]
}

function assign({ asked, truth, write, parts: [id = ''] }: Call): Answer {
  const user = userIn(truth, id)
  if (!user) return notFound(id)
  const { addLicenses, removeLicenses } = asked.body as {
    addLicenses: { skuId: string; disabledPlans?: string[] }[]
    removeLicenses: string[]
  }
  for (const skuId of removeLicenses) {
    const refusal = mayNotRemove(truth, user.id, skuId)
    if (refusal) return badRequest(refusal)
  }
  write((tenant) => {
    tenant.licences = tenant.licences.filter((one) => one.userId !== user.id || !removeLicenses.includes(one.skuId))
    for (const { skuId, disabledPlans = [] } of addLicenses)
      tenant.licences.push({ userId: user.id, skuId, disabledPlans })
    dropMailbox(tenant, user.id)
  })
  return ok({ id: user.id, userPrincipalName: user.userPrincipalName, displayName: user.displayName })
}

/** A user mailbox is disconnected with the last licence that carries Exchange; a shared one stays. */
export function dropMailbox(tenant: Tenant, userId: string): void {
  const skuIds = [
    ...tenant.licences.filter((one) => one.userId === userId),
    ...tenant.groups.filter((group) => group.members.includes(userId)).flatMap((group) => group.assignedLicenses),
  ].map((one) => one.skuId)
  const withExchange = tenant.skus.filter((sku) => sku.skuPartNumber.startsWith('SPE_')).map((sku) => sku.skuId)
  if (skuIds.some((skuId) => withExchange.includes(skuId))) return
  if (tenant.mailboxes[userId]?.purpose === 'user') delete tenant.mailboxes[userId]
}

function mayNotRemove(truth: Tenant, userId: string, skuId: string): string | undefined {
  const states = licenceStates(truth, userId).filter((one) => one.skuId === skuId)
  if (states.some((one) => one.assignedByGroup === null)) return undefined
  if (states.length === 0) return 'User does not have a corresponding license.'
  return 'User license is inherited from a group membership and it cannot be removed directly from the user.'
}
