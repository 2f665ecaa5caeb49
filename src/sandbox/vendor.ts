/** Pretend systems that join the sandbox by being there: `src/sandbox/<connector>/vendor.ts`, nothing to be listed. */
import { existsSync, readdirSync } from 'node:fs'
import type { Shown, Temper } from './page/shapes.ts'
import type { Pretend } from './server.ts'

export interface VendorOptions {
  /** How far away it is, ms. */
  latencyMs?: number
  /** How long a change stays invisible, ms. */
  lagMs?: number
  /** Its exchanges are appended here. */
  traffic?: string
}

export interface Vendor extends Pick<Pretend, 'url' | 'hosts' | 'close'> {
  /** The connector's settings for it, as in `latchkey.yaml`, with Secret objects where secrets are declared. */
  settings: unknown
  /** What it holds of this person now, out of its own truth and without the connector; for the sandbox's page. */
  shows?(email: string): Shown[]
  /** How it is disposed from now on; only for one that is not reached by HTTP, the others are bent on the way. */
  temper?(to: Temper): void
  /** What it knows, where that can be put back as it was at the beginning. */
  world?: { rewind(): void }
}

/**
 * The default export of a `vendor.ts`. Undefined where it needs something that this machine has not (a server of its
 * own): it is left out of the sandbox.
 */
export type OpenVendor = (options: VendorOptions) => Promise<Vendor | undefined>

/** `wanted`: these alone; all when absent. */
export async function openVendors(options: VendorOptions, wanted?: readonly string[]): Promise<Record<string, Vendor>> {
  const folder = new URL('./', import.meta.url)
  const names = readdirSync(folder)
    .filter((name) => existsSync(new URL(`${name}/vendor.ts`, folder)))
    .filter((name) => wanted?.includes(name) ?? true)
  const open = async (name: string): Promise<[string, Vendor][]> => {
    const { default: openVendor }: { default: OpenVendor } = await import(new URL(`${name}/vendor.ts`, folder).href)
    const vendor = await openVendor(options)
    return vendor ? [[name, vendor]] : []
  }
  return Object.fromEntries((await Promise.all(names.map(open))).flat())
}
