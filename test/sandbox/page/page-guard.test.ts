/** Who may talk to the page's server, and what it takes. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Desk, general, offboardingRoom, openDesk, who } from './page-support.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk({ systems: [] })
})
afterAll(() => desk.close())

interface Got {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** `fetch` forbids some of these headers. */
function send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Got> {
  return new Promise((done, failed) => {
    const { port } = new URL(desk.url)
    const asked: ClientRequest = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      )
    })
    asked.on('error', failed)
    asked.end(body)
  })
}

const json = { 'content-type': 'application/json' }
const deed = JSON.stringify({ do: 'reload', persona: who.hr })

describe('whoever comes from elsewhere is refused', () => {
  test('a name that was made to point here reads nothing', async () => {
    const seen = await send('GET', `/api/seen?persona=${who.hr}`, { host: `rebound.example:${new URL(desk.url).port}` })
    expect(seen).toMatchObject({ status: 403 })
    expect(seen.body).not.toContain('conversations')
    expect(await send('GET', '/', { host: 'rebound.example' })).toMatchObject({ status: 403 })
  })

  test('localhost is as good as 127.0.0.1', async () => {
    const host = `localhost:${new URL(desk.url).port}`
    expect(await send('GET', '/api/start', { host })).toMatchObject({ status: 200 })
    expect(await send('POST', '/api/deeds', { host, origin: `http://${host}`, ...json }, deed)).toMatchObject({
      status: 200,
    })
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'])(
    'nothing is done for a page of %s',
    async (origin) => {
      expect(await send('POST', '/api/deeds', { origin, ...json }, deed)).toMatchObject({ status: 403 })
      const knob = JSON.stringify({ turn: 'clock', ms: 1000 })
      expect(await send('POST', '/api/knobs', { origin, ...json }, knob)).toMatchObject({ status: 403 })
      expect((await desk.knobs()).movedMs).toBe(0)
    },
  )

  test('what a form of another site could send is not taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(await send('POST', '/api/deeds', { 'content-type': type }, deed)).toMatchObject({ status: 403 })
    expect(await send('POST', '/api/deeds', {}, deed)).toMatchObject({ status: 403 })
  })

  test('another site cannot draw on what is here, and can link to it', async () => {
    const cross = { 'sec-fetch-site': 'cross-site' }
    expect(await send('GET', '/api/start', { ...cross, 'sec-fetch-mode': 'no-cors' })).toMatchObject({ status: 403 })
    expect(await send('GET', '/', { ...cross, 'sec-fetch-mode': 'navigate' })).toMatchObject({ status: 200 })
  })

  test('no script runs but the files of the page, and nobody frames it', async () => {
    for (const path of ['/', '/api/start', '/nothing-here']) {
      const { headers } = await send('GET', path)
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe')
      expect(policy).toContain("frame-ancestors 'none'")
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('what is malformed is refused with a sentence', () => {
  const refused = async (path: string, body: string, words: string) => {
    const { status, body: told } = await send('POST', path, json, body)
    expect({ status, told }).toEqual({ status: 400, told: expect.stringContaining(words) })
  }

  test.each([
    ['{', 'the request is not JSON'],
    ['[]', 'the request'],
    [JSON.stringify({ do: 'fly', persona: who.hr }), 'do'],
    [JSON.stringify({ do: 'home' }), 'persona'],
    [JSON.stringify({ do: 'home', persona: 'U00000010' }), 'Invalid option'],
    [JSON.stringify({ do: 'home', persona: who.hr, more: 1 }), 'Unrecognized key'],
    [JSON.stringify({ do: 'command', persona: who.hr, conversation: general, line: 7 }), 'line'],
    [JSON.stringify({ do: 'write', persona: who.hr, conversation: general, text: '' }), 'text'],
    [
      JSON.stringify({ do: 'click', persona: who.hr, on: { in: 'message', ts: 'x' }, action: 'a', block: 'b' }),
      'on.conversation',
    ],
    [JSON.stringify({ do: 'submit', persona: who.hr, view: 'V1', values: [] }), 'values'],
  ])('the deed %s', async (body, words) => {
    await refused('/api/deeds', body, words)
  })

  test.each([
    [{ turn: 'clock', ms: -1 }, 'ms'],
    [{ turn: 'clock', ms: 1e15 }, 'ms'],
    [{ turn: 'vendor', vendor: 'aws', to: 'angry' }, 'to'],
    [{ turn: 'off' }, 'turn'],
  ])('the knob %o', async (knob, words) => {
    await refused('/api/knobs', JSON.stringify(knob), words)
  })

  test('a request without end', async () => {
    await refused('/api/deeds', JSON.stringify({ do: 'home', persona: 'x'.repeat(300_000) }), 'too large')
  })

  test.each([
    ['/api/seen', 'persona'],
    ['/api/seen?persona=U00000010', 'persona'],
    [`/api/seen?persona=${who.hr}&since=-1`, 'since'],
    ['/api/vendors?leaver=nobody@example.com', 'leaver'],
    ['/api/files/F00000001', 'expected'],
  ])('the question %s', async (path, words) => {
    const { status, body } = await send('GET', path)
    expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining(words) })
  })

  test('a method or a path that there is not', async () => {
    expect(await send('GET', '/api/nothing')).toMatchObject({ status: 404 })
    expect(await send('DELETE', '/api/seen', json)).toMatchObject({ status: 404 })
    expect(await send('GET', '/api/files/F00000001?persona=U00000004')).toMatchObject({ status: 404 })
  })
})

test('what cannot be done in Slack is told as Slack tells it, and is no failure of the server', async () => {
  const say = (line: string, more = {}) => desk.act(who.other, { do: 'command', conversation: general, line, ...more })
  expect(await say('/fly @jo.miller')).toEqual({
    ok: false,
    shown: '/fly is not a valid command in the pretend Slack',
    ms: 0,
  })
  expect(await say('/offboard', { thread: '1795420527.030000' })).toMatchObject({
    ok: false,
    shown: '/offboard is not supported in threads. Sorry!',
  })
  const elsewhere = { do: 'write', conversation: offboardingRoom, text: 'hello?' } as const
  expect(await desk.act(who.leaver, elsewhere)).toMatchObject({
    ok: false,
    shown: expect.stringContaining('is not in'),
  })
  expect(await desk.act(who.hr, { do: 'close', view: 'V1' })).toMatchObject({ ok: false })
})
