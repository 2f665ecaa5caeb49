/** What a step ordered, out of a test's own journal, whose keys begin with what names the step. */
import type { Order } from '../../src/connector.ts'

export type Journaled = Omit<Order, 'finding' | 'label'> & { label?: string }

export function ordersIn(journal: ReadonlyMap<string, Journaled>, of: string): Order[] {
  return [...journal].flatMap(([key, order]) => {
    const finding = key.slice(of.length)
    return key.startsWith(of) ? [{ label: finding, ...order, finding }] : []
  })
}
