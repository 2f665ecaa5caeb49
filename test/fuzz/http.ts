/** Raw requests to the real receiver over HTTP: signed or not, of every type and size; each is answered, none ends the process. */
import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import fc from 'fast-check'
import { silentLog } from '../../src/log.ts'
import { createBolt } from '../../src/slack/bolt.ts'
import { type Door, type Held, hold, inLanes, must, type Task } from './door.ts'
import { anything } from './json.ts'
import { ids, listenTo, names, team } from './slack-bench.ts'
import { shortText, text } from './texts.ts'

const secret = 'pretend-secret'

interface Sent {
  method: string
  path: string
  type: string
  body: string
  signed: boolean
  stale: boolean
}

const honest = [
  { type: 'url_verification', challenge: 'x' },
  { ssl_check: '1' },
  {
    command: '/offboard',
    text: 'help',
    user_id: ids.hr,
    team_id: team,
    trigger_id: '1',
    response_url: 'http://127.0.0.1:1/',
  },
  {
    type: 'block_actions',
    user: { id: ids.hr },
    team: { id: team },
    trigger_id: '1',
    actions: [{ type: 'button', action_id: names.action[0] }],
  },
  {
    type: 'view_submission',
    user: { id: ids.hr },
    team: { id: team },
    view: { id: 'V', type: 'modal', callback_id: 'pick' },
  },
  {
    type: 'event_callback',
    team_id: team,
    event_id: 'E',
    event: { type: 'app_home_opened', user: ids.hr, tab: 'home' },
  },
]
const json = fc
  .oneof({ weight: 3, arbitrary: anything }, { weight: 2, arbitrary: fc.constantFrom<unknown>(...honest, null) })
  .map((value) => JSON.stringify(value) ?? '')
const form = fc.oneof(
  json.map((payload) => new URLSearchParams({ payload }).toString()),
  fc.constant(new URLSearchParams(honest[2] as unknown as Record<string, string>).toString()),
  shortText.map((words) => `payload=${encodeURIComponent(words.toWellFormed())}&ssl_check=1`),
  text,
)
/** Up to three times of what is let in. */
const large = fc.nat(3_000_000).map((size) => 'x'.repeat(size))
const head = {
  method: fc.constantFrom('POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE'),
  path: fc.constantFrom(
    '/slack/events',
    '/slack/events',
    '/slack/events',
    '/slack/events',
    '/healthz',
    '//',
    '/%',
    '/../x',
    '/slack/events?x=1',
  ),
  type: fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-8',
    'text/plain',
    '',
  ),
}

const sentWith = (body: fc.Arbitrary<string>): fc.Arbitrary<Sent> =>
  fc.record({ ...head, body, signed: fc.boolean(), stale: fc.boolean() })

function headersOf({ body, type, signed, stale }: Sent): Record<string, string> {
  const at = String(Math.floor(Date.now() / 1000) - (stale ? 3600 : 0))
  const key = signed ? secret : 'another'
  const signature = `v0=${createHmac('sha256', key).update(`v0:${at}:`).update(body).digest('hex')}`
  return {
    ...(type ? { 'content-type': type } : {}),
    // Node leaves it out for GET and DELETE, whose body would then be taken for the next request on the connection.
    'content-length': String(Buffer.byteLength(body)),
    'x-slack-request-timestamp': at,
    'x-slack-signature': signature,
  }
}

function send(port: number, one: Sent, agent: Agent): Promise<number> {
  const { method, path, body } = one
  return new Promise((done, failed) => {
    const outgoing = request(
      { port, host: '127.0.0.1', method, path, headers: headersOf(one), agent, timeout: 15_000 },
      (answer) => {
        answer.resume().on('end', () => done(answer.statusCode ?? 0))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      // Too much of it: the door is shut while we are still talking.
      body.length > 1 << 20 && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? done(413) : failed(error),
    )
    outgoing.end(body)
  })
}

async function withServer<T>(work: (port: number) => Promise<T>): Promise<T> {
  const errors: unknown[] = []
  const tokens = { bot: 'xoxb-pretend', signingSecret: secret }
  const settings = { mode: 'http', port: 0, host: '127.0.0.1', apiUrl: 'http://127.0.0.1:1/', tokens } as never
  const bolt = createBolt({
    settings,
    me: { botId: 'B1', botUserId: 'U1' },
    log: silentLog,
    health: () => ({ live: true, ready: true }),
    listen: listenTo,
    onError: (error) => void errors.push(error),
  })
  await bolt.open()
  await bolt.start()
  try {
    const result = await work(bolt.port()!)
    if (errors[0]) throw errors[0]
    return result
  } finally {
    await bolt.stop()
  }
}

async function answered(port: number, one: Sent, agent: Agent): Promise<void> {
  const status = await send(port, one, agent)
  must(status >= 200 && status <= 500, `status ${status}`)
  const tooLarge = one.method === 'POST' && one.body.length > 1 << 20
  must(!tooLarge || status === 413, `status ${status} for ${one.body.length} bytes`)
}

/**
 * Many at once: what Bolt has no listener for, it answers after three seconds. Fewer than Node lets wait for their
 * connection (511): the system drops what is more, and asks again seconds later.
 */
const lanes = 300

function held(task: Task, body: fc.Arbitrary<string>): Promise<Held> {
  const agent = new Agent({ keepAlive: true })
  const inputs = sentWith(body)
  return withServer((port) => inLanes(task, lanes, (mine) => hold(mine, inputs, (one) => answered(port, one, agent))))
}

/** Each of them costs more than a hundred others. */
const withLarge = fc.oneof({ weight: 1, arbitrary: large }, { weight: 2, arbitrary: form })

export const http: Door = {
  name: 'http',
  parts: [
    { name: 'raw', share: 0.99, hold: (task: Task) => held(task, fc.oneof(json, form)) },
    { name: 'large', share: 0.01, hold: (task: Task) => held(task, withLarge) },
  ],
}
