/** The one place where the sandbox bends the world: vendors' hosts are reached on loopback. No connector knows. */
import type { Pretend } from './server.ts'

/** How the gate sends one request; the platform's `fetch` outside the sandbox. */
export type Transport = (request: Request) => Promise<Response>

/** A host that no pretend vendor stands for is refused, so that a test can never reach the real one. */
export function loopback(vendors: readonly Pick<Pretend, 'url' | 'hosts'>[]): Transport {
  return async (request) => {
    const url = new URL(request.url)
    const vendor = vendors.find((one) => one.hosts.some((host) => matches(host, url.hostname)))
    if (!vendor) throw new TypeError(`fetch failed: the sandbox has no pretend vendor for ${url.hostname}`)
    const headers = new Headers(request.headers)
    headers.set('x-pretend-host', url.hostname)
    const body = request.body ? await request.arrayBuffer() : undefined
    return fetch(`${vendor.url}${url.pathname}${url.search}`, {
      method: request.method,
      headers,
      body,
      signal: request.signal,
      redirect: 'manual',
    })
  }
}

export function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host
}
