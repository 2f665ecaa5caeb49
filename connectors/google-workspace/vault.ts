/** Legal holds: what is under one is not deleted. */
import type { vault_v1 } from 'googleapis/build/src/apis/vault/v1.js'
import { all, ask } from './ask.ts'
import type { GoogleAt } from './person.ts'
import { Holds, Matters } from './shapes.ts'

/**
 * Why Vault forbids a deletion, read fresh for the guard; undefined where no open matter names the account, or the
 * settings leave Vault out. A hold on a whole unit counts, since Vault does not say whose unit it is.
 */
export async function heldByVault(at: GoogleAt): Promise<string | undefined> {
  if (!at.client.settings.also.includes('vault')) return undefined
  const { matters } = await at.client.vault()
  const open = await all(
    (page) => ask('list legal matters', () => matters.list({ state: 'OPEN', pageSize: 100, ...page }), Matters),
    (page) => page.matters,
  )
  for (const { matterId, name } of open) {
    const params = { matterId: matterId ?? '', view: 'FULL_HOLD', pageSize: 100 }
    const holds = await all(
      (page) => ask('list legal holds', () => matters.holds.list({ ...params, ...page }), Holds),
      (page) => page.holds,
    )
    const hold = holds.find((one) => covers(one, at.account.id))
    if (hold) return `Under the legal hold "${hold.name}" (${name}). Whoever keeps it in Vault releases it first.`
  }
  return undefined
}

function covers({ accounts, orgUnit }: vault_v1.Schema$Hold, accountId: string): boolean {
  return orgUnit !== undefined || accounts?.some((one) => one.accountId === accountId) === true
}
