/** Requests as Slack signs them, with whatever in them: over HTTP, so that they go the whole way through Bolt. */
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import type { Bed } from '../slack/bed.ts'

export interface Sent {
  body: string
  /** Epoch seconds. */
  at: number
  signature: string
}

export function sign(body: string, at: number, key = 'pretend-secret'): string {
  return `v0=${createHmac('sha256', key).update(`v0:${at}:${body}`).digest('hex')}`
}

export function signedForm(fields: Record<string, string>, at = Math.floor(Date.now() / 1000)): Sent {
  const body = new URLSearchParams(fields).toString()
  return { body, at, signature: sign(body, at) }
}

export async function post(bed: Bed, { body, at, signature }: Sent): Promise<number> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': signature,
  }
  return (await fetch(`http://127.0.0.1:${bed.app.port()}/slack/events`, { method: 'POST', body, headers })).status
}

let made = 0

/** A click or a form. */
export function interact(bed: Bed, payload: object): Promise<number> {
  made += 1
  const usual = { team: { id: 'T0EXAMPLE' }, api_app_id: 'A0LATCHKEY', token: 'x', trigger_id: `forged-${made}` }
  return post(bed, signedForm({ payload: JSON.stringify({ ...usual, ...payload }) }))
}

export function click(user: object, action: object, more: object = {}): object {
  made += 1
  const actions = [{ type: 'button', block_id: 'forged', action_ts: `${made}.1`, ...action }]
  return { type: 'block_actions', user, actions, container: { type: 'message', message_ts: '1.1' }, ...more }
}

export function form(user: object, callback: string, memo: string, values: Record<string, object>): object {
  made += 1
  const view = {
    id: `V0FORGED${made}`,
    type: 'modal',
    hash: `${made}.h`,
    callback_id: callback,
    private_metadata: memo,
  }
  const state = Object.entries(values).map(([name, value]) => [name, { [name]: value }])
  return { type: 'view_submission', user, view: { ...view, blocks: [], state: { values: Object.fromEntries(state) } } }
}

/** An address for answers, and what came to it. */
export async function answers(): Promise<{ url: string; heard(words: RegExp): Promise<void> }> {
  const said: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    said.push(Buffer.concat(chunks).toString())
    response.end('ok')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard: (words) =>
      vi.waitFor(() => {
        if (!words.test(said.at(-1) ?? '')) throw new Error(`nobody was told ${words}, only: ${said.join('\n')}`)
      }, 8000),
  }
}
