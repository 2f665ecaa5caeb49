/** Licences of the products that the settings name. */
import type { licensing_v1 } from 'googleapis/build/src/apis/licensing/v1.js'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, addressOf, type GoogleAt, userOf } from './person.ts'
import { Licence, Licences } from './shapes.ts'

type Step = AutomaticStep<Client>

export const licences: Step = {
  id: 'licences',
  title: 'Free licences',
  area: 'applications',
  phase: 'reclaim',
  needs: ['google-workspace/transfer-files'],
  // Archiving asks for the usual licence, and frees it itself.
  after: ['google-workspace/archive'],
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
    const userId = await addressOf(at)
    const { licenseAssignments } = at.client.licensing()
    try {
      await ask('give a licence back', () => licenseAssignments.insert({ productId, skuId, requestBody: { userId } }))
    } catch (error) {
      // 412 conditionNotMet is said of somebody who holds it already, and where none is left.
      if (!(error instanceof Rejected) || ![409, 412].includes(error.status ?? 0)) throw error
      const held = await unlessGone(
        ask('read a licence', () => licenseAssignments.get({ productId, skuId, userId }), Licence),
      )
      if (!held) throw error
    }
  },
}

/** Google's list is of everyone who holds the product; a licence is found by the primary address only. */
async function licencesOf(at: GoogleAt, productId: string): Promise<licensing_v1.Schema$LicenseAssignment[]> {
  const user = await userOf(at)
  if (!user) return []
  if (!user.customerId)
    throw new Rejected(
      `Google does not say which customer ${at.account.label} belongs to, so nothing is known of their licences: IT looks in the Admin console (Billing > License settings), then tries again.`,
    )
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
