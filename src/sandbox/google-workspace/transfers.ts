/** Data Transfer API and Enterprise License Manager API. */
import type { Answer } from '../server.ts'
import { invalid, notFound, ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { findUser, nextSerial, products, type State, type Transfer, transferApplications } from './state.ts'

const base = '/admin/datatransfer/v1'
const scopes = ['admin.datatransfer']

export const transferMethods: readonly Method[] = [
  { method: 'GET', path: `${base}/applications`, scopes, answer: listApplications },
  { method: 'GET', path: `${base}/transfers`, scopes, answer: list },
  { method: 'POST', path: `${base}/transfers`, scopes, answer: insert },
  { method: 'GET', path: `${base}/transfers/{transfer}`, scopes, answer: get },
]

function listApplications(call: Call): Answer {
  const items = transferApplications.map((one) => ({
    kind: 'admin#datatransfer#ApplicationResource',
    etag: '"pretend"',
    ...one,
  }))
  return page('applications', items, call.paging(100, 500))
}

function list(call: Call): Answer {
  const { query } = call.asked
  const wanted = (name: string, value: string) => query.get(name) === null || query.get(name) === value
  const found = call.world
    .read()
    .transfers.filter(
      (one) => wanted('oldOwnerUserId', one.oldOwnerUserId) && wanted('newOwnerUserId', one.newOwnerUserId),
    )
    .map(shown)
    .filter((one) => wanted('status', one.overallTransferStatusCode))
  return page('dataTransfers', found, call.paging(100, 500))
}

function get(call: Call): Answer {
  const found = call.world.read().transfers.find((one) => one.id === call.params.transfer)
  return found ? ok(shown(found)) : notFound('dataTransferId')
}

/** Every insert is a new job; the new owner must be active. */
function insert(call: Call): Answer {
  const { oldOwnerUserId, newOwnerUserId, applicationDataTransfers } = call.body as Partial<Transfer>
  return call.world.write((state) => {
    const from = state.users.find((one) => one.id === oldOwnerUserId)
    const to = state.users.find((one) => one.id === newOwnerUserId)
    if (!from || !to || from === to || to.suspended || to.archived)
      return refusal(403, 'forbidden', 'Not Authorized to access this resource/api')
    const known = applicationDataTransfers?.every((one) =>
      transferApplications.some((app) => app.id === String(one.applicationId)),
    )
    if (!applicationDataTransfers?.length || !known) return invalid('applicationId')
    const requestedAt = Date.now()
    const made: Transfer = {
      id: `AKrEtIZ${nextSerial(state)}`,
      oldOwnerUserId: from.id,
      newOwnerUserId: to.id,
      applicationDataTransfers,
      requestedAt,
      finishedAt: requestedAt + call.times.transferMs,
      failed: call.times.failTransfers,
    }
    state.transfers.push(made)
    return ok(shown(made))
  })
}

function shown(one: Transfer) {
  const ended = one.failed ? 'failed' : 'completed'
  const overallTransferStatusCode = one.finishedAt <= Date.now() ? ended : 'inProgress'
  return {
    kind: 'admin#datatransfer#DataTransfer',
    etag: '"pretend"',
    id: one.id,
    oldOwnerUserId: one.oldOwnerUserId,
    newOwnerUserId: one.newOwnerUserId,
    applicationDataTransfers: one.applicationDataTransfers.map((app) => ({
      ...app,
      applicationTransferStatus: overallTransferStatusCode,
    })),
    overallTransferStatusCode,
    requestTime: new Date(one.requestedAt).toISOString(),
  }
}

const product = '/apps/licensing/v1/product/{product}'
const oneLicence = `${product}/sku/{sku}/user/{user}`
const licensing = ['apps.licensing']

export const licensingMethods: readonly Method[] = [
  { method: 'GET', path: `${product}/users`, scopes: licensing, answer: listForProduct },
  { method: 'POST', path: `${product}/sku/{sku}/user`, scopes: licensing, answer: assign },
  { method: 'GET', path: oneLicence, scopes: licensing, answer: getLicence },
  { method: 'DELETE', path: oneLicence, scopes: licensing, answer: unassign },
]

function listForProduct(call: Call): Answer {
  const state = call.world.read()
  const customer = call.asked.query.get('customerId')
  if (customer !== state.customerId && customer !== state.domain) return invalid('customerId')
  if (!products[call.params.product ?? '']) return notFound('productId')
  const found = state.licences.filter((one) => one.productId === call.params.product)
  return page(
    'items',
    found.map((one) => shownLicence(state, one)),
    call.paging(100, 1000),
  )
}

function getLicence(call: Call): Answer {
  const state = call.world.read()
  const { product: productId, sku: skuId } = call.params
  const user = findUser(state, call.params.user ?? '')
  const found = state.licences.find(
    (one) => one.user === user?.id && one.productId === productId && one.skuId === skuId,
  )
  return found ? ok(shownLicence(state, found)) : notFound('userId')
}

function shownLicence(state: State, { productId, skuId, user }: State['licences'][number]) {
  const { name, skus } = products[productId] ?? { name: productId, skus: {} as Record<string, string> }
  const userId = findUser(state, user)?.primaryEmail
  const selfLink = `https://licensing.googleapis.com/apps/licensing/v1/product/${productId}/sku/${skuId}/user/${userId}`
  return {
    kind: 'licensing#licenseAssignment',
    selfLink,
    userId,
    productId,
    skuId,
    skuName: skus[skuId] ?? skuId,
    productName: name,
  }
}

function assign(call: Call): Answer {
  const { product: productId = '', sku: skuId = '' } = call.params
  return call.world.write((state) => {
    const user = findUser(state, String(call.body.userId ?? ''))
    if (!user || !products[productId]?.skus[skuId]) return notFound('userId')
    const held = state.licences.some((one) => one.user === user.id && one.productId === productId)
    if (held) return refusal(412, 'conditionNotMet', 'User already has a license for the specified product and SKU')
    const made = { productId, skuId, user: user.id }
    state.licences.push(made)
    return ok(shownLicence(state, made))
  })
}

function unassign(call: Call): Answer {
  const { product: productId, sku: skuId } = call.params
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    const at = state.licences.findIndex(
      (one) => one.user === user?.id && one.productId === productId && one.skuId === skuId,
    )
    if (at < 0) return notFound('userId')
    state.licences.splice(at, 1)
    return ok({})
  })
}
