/**
 * Where a connector that is made of settings may not lead: back to this machine, to its neighbours on the wire, and to
 * what hands out a cloud machine's own credentials. In-house systems in private networks are what it is for.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Rejected } from '../../src/connector.ts'

export type Lookup = (host: string) => Promise<readonly { address: string; family: number }[]>

const refused: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  // Metadata of Oracle, Alibaba and Azure, outside of link-local.
  ['192.0.0.192', 32],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // Metadata of AWS and Google over IPv6.
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  // 127/8, 169.254/16 behind NAT64 (RFC 6052).
  ['64:ff9b::7f00:0', 104],
  ['64:ff9b::a9fe:0', 112],
]

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function listOf(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [network, bits] of networks) list.addSubnet(network, bits, familyOf(network))
  return list
}

const blocked = listOf(refused)

export type Guard = (url: URL) => Promise<void>

/**
 * Throws Rejected where a URL leads to such an address, by itself or by its name, unless one of `allow` (CIDR) covers
 * it. Asked before each request, since a name may lead elsewhere by then.
 */
export function guardOf(allow: readonly string[], resolve: Lookup = (host) => lookup(host, { all: true })): Guard {
  const open = listOf(allow.map((one) => [one.split('/')[0] ?? '', Number(one.split('/')[1])] as const))
  return async (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const addresses = isIP(host) ? [host] : await addressesOf(host, resolve)
    const bad = addresses.find((one) => blocked.check(one, familyOf(one)) && !open.check(one, familyOf(one)))
    if (bad === undefined) return
    const what = bad === host ? bad : `${host} leads to ${bad}, which`
    throw new Rejected(
      `${what} is an address of this machine, of its neighbours or of a cloud's metadata, so it was not asked: IT names it under 'allow' where it is meant`,
      { code: 'address' },
    )
  }
}

async function addressesOf(host: string, resolve: Lookup): Promise<string[]> {
  try {
    return (await resolve(host)).map((one) => one.address)
  } catch (error) {
    // A name that leads nowhere is the gate's to tell; it will not be found there either.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return []
    throw error
  }
}
