/** Each pretend system's state for one leaver, before and now, out of its own truth. */
import { employees } from '../company.ts'
import type { Shown, VendorRow, VendorState, VendorsSide } from './shapes.ts'
import type { Tempers } from './tempers.ts'

export interface Showing {
  use: string
  title: string
  shows?: (email: string) => Shown[]
  world?: object
}

export interface Side {
  of(leaver: string): VendorsSide
  /** Looks again at the leavers that were asked for; the version is another one where something has changed. */
  look(): number
}

/** Everybody's state is kept as it is now: the `before` of all that follows. */
export function vendorsSide(world: number, vendors: readonly Showing[], tempers: Tempers): Side {
  const shown = (email: string) => vendors.map((one) => one.shows?.(email) ?? [])
  const before = new Map(employees.map(({ email }) => [email, shown(email)]))
  const asked = new Map<string, string>()
  let version = 1

  function states(leaver: string): VendorState[] {
    return vendors.map(({ use, title, shows, world: kept }, at) => {
      const rows = paired(before.get(leaver)?.[at] ?? [], shows?.(leaver) ?? [])
      const held = rows.filter((row) => row.now?.held).length
      const heldBefore = rows.filter((row) => row.before?.held).length
      const temper = tempers.of(use)
      return { use, title, temper, rows, held, heldBefore, givesBack: kept !== undefined, calls: tempers.calls(use) }
    })
  }

  function look(): number {
    const found = [...asked].filter(([leaver, json]) => {
      const now = JSON.stringify(states(leaver))
      asked.set(leaver, now)
      return now !== json
    })
    if (found.length > 0) version += 1
    return version
  }

  return {
    look,
    of(leaver) {
      const vendors = states(leaver)
      if (!asked.has(leaver)) asked.set(leaver, JSON.stringify(vendors))
      return { world, version, leaver, vendors }
    },
  }
}

/** The rows of then in their order, with those that are new after them. */
function paired(before: readonly Shown[], now: readonly Shown[]): VendorRow[] {
  const key = (one: Shown) => `${one.area} ${one.what}`
  const left = new Map(now.map((one) => [key(one), one]))
  const old = before.map((one): VendorRow => {
    const still = left.get(key(one))
    left.delete(key(one))
    return { ...headOf(one), before: stateOf(one), ...(still ? { now: stateOf(still) } : {}) }
  })
  return [...old, ...[...left.values()].map((one): VendorRow => ({ ...headOf(one), now: stateOf(one) }))]
}

function headOf({ area, what }: Shown) {
  return { area, what }
}

function stateOf({ state, held }: Shown) {
  return { state, held }
}
