import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InDoubt } from '../../src/connector.ts'
import { createGate } from '../../src/run/gate.ts'
import { skippingClock } from '../support/world-clock.ts'
import { address, bench, failureOf, fastLimit, json } from './gate-support.ts'

describe('a request', () => {
  it('may be a Request object, with a form as its body, and goes out the same at each try', async () => {
    const { vendor, gate } = await bench({ faults: [{ as: { status: 503 } }] })
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    await gate.fetch(new Request(`${address}/token?tenant=1`, { method: 'POST', body, headers: { 'x-own': 'yes' } }))
    expect(vendor.calls).toHaveLength(2)
    for (const { asked } of vendor.calls) {
      expect(asked).toMatchObject({ method: 'POST', path: '/token', body: { grant_type: 'client_credentials' } })
      expect(asked.headers).toMatchObject({
        'x-own': 'yes',
        'content-type': expect.stringContaining('form-urlencoded'),
      })
      expect(asked.query.get('tenant')).toBe('1')
    }
  })

  it('may be given as a stream, and can be sent again all the same', async () => {
    const { vendor, call } = await bench({ faults: [{ as: { status: 503 } }] })
    const body = new Blob(['{"a":1}']).stream()
    await call('/users', { method: 'POST', body, headers: json, duplex: 'half' } as RequestInit)
    expect(vendor.calls.map(({ asked }) => asked.body)).toEqual([{ a: 1 }, { a: 1 }])
  })

  it('that is a POST only reads where the connector says so', async () => {
    const reads = (request: { url: URL; body: string }) => request.url.pathname === '/token' && request.body === 'who'
    const { vendor, call } = await bench({ reads, faults: [{ as: 'lost', times: 2 }] })
    expect((await call('/token', { method: 'POST', body: 'who' })).status).toBe(200)
    expect(vendor.calls).toHaveLength(3)
    vendor.faults.push({ as: 'lost' })
    expect(await failureOf(call('/users', { method: 'POST', body: 'who' }))).toBeInstanceOf(InDoubt)
  })

  it('that writes does not follow a redirect, which would make it a read', async () => {
    const { gate, vendor } = await bench({ send: fetch })
    vendor.faults.push({ as: { status: 302, headers: { location: '/elsewhere' } } })
    expect((await gate.fetch(`${vendor.url}/users`, { method: 'POST' })).status).toBe(302)
    expect(vendor.calls).toHaveLength(1)
  })
})

describe('an answer', () => {
  it('is whole when it is handed out: its text, its address, no trace of how it was packed', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync('{"packed":true}'))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => new Promise((done) => void server.close(() => done())))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/users`
    const gate = plainGate()
    const response = await gate.fetch(url)
    expect(response.url).toBe(url)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ packed: true })
    await gate.close()
    server.closeAllConnections()
  })

  it('may be without a body', async () => {
    const { write } = await bench({ handle: () => ({ status: 204 }) })
    const response = await write()
    expect([response.status, response.body, await response.text()]).toEqual([204, null, ''])
  })

  it('in XML is an answer, also where it refuses', async () => {
    const body = '<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>No user.</Message></Error></ErrorResponse>'
    const { read, context } = await bench({
      faults: [{ as: { status: 404, body, headers: { 'content-type': 'text/xml' } } }],
    })
    expect((await read()).status).toBe(404)
    expect(context.failures).toMatchObject([{ kind: 'rejected', code: 'NoSuchEntity' }])
  })
})

function plainGate() {
  return createGate({
    use: 'vendor',
    title: 'Vendor',
    renew: 'renews it.',
    limits: [fastLimit],
    clock: skippingClock(),
    random: () => 0,
    onCall: () => undefined,
  })
}
