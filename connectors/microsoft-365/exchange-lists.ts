/** Distribution lists and mail-enabled security groups: Graph shows who is in them, and only Exchange changes it. */
import { z } from 'zod'
import { Rejected } from '../../src/connector.ts'
import { type Exchange, isAlreadyMember, isNoMember, needed } from './exchange.ts'
import type { Graph } from './graph.ts'
import type { Group } from './group-kinds.ts'

const List = z.object({ ExternalDirectoryObjectId: z.string(), Guid: z.string() })

export async function leaveList(graph: Graph, group: Pick<Group, 'id' | 'mail'>, member: string): Promise<void> {
  const exchange = needed(graph.exchange)
  const Identity = await pinned(exchange, group)
  try {
    await exchange.order('Remove-DistributionGroupMember', { Identity, Member: member, ...asAdministrator })
  } catch (error) {
    if (!isNoMember(error)) throw error
  }
}

export async function joinList(graph: Graph, group: Pick<Group, 'id' | 'mail'>, member: string): Promise<void> {
  const exchange = needed(graph.exchange)
  const Identity = await pinned(exchange, group)
  try {
    await exchange.order('Add-DistributionGroupMember', { Identity, Member: member, ...asAdministrator })
  } catch (error) {
    if (!isAlreadyMember(error)) throw error
  }
}

/** Latchkey is no manager of the list, and nobody is there to be asked. */
const asAdministrator = { BypassSecurityGroupManagerCheck: true, Confirm: false } as const

/** An address may have gone to another list since; what is changed is the one that Graph showed. */
async function pinned(exchange: Exchange, { id, mail }: Pick<Group, 'id' | 'mail'>): Promise<string> {
  const found = (await exchange.get('Get-DistributionGroup', { Identity: mail ?? id }, List)) ?? []
  const list = found.find((one) => one.ExternalDirectoryObjectId === id)
  if (!list || found.length > 1)
    throw new Rejected(
      `Exchange does not know ${mail ?? id} as the list that was found in Entra ID, so nothing is done.`,
    )
  return list.Guid
}
