/** What somebody on the network can try at the address that Slack posts to. A copied request: test/slack/connection. */
import { describe, expect, test } from 'vitest'
import { asked, ids, room } from '../slack/bed.ts'
import { beds, card, suspend } from '../slack/hands.ts'
import { post, type Sent, sign, signedForm } from './forge.ts'

const start = beds()

/** `/offboard cancel off-1` by the requester, as Slack would sign it at this moment. */
function genuine(at = Math.floor(Date.now() / 1000)): Sent {
  const who = { user_id: ids.manager, team_id: 'T0EXAMPLE', channel_id: room }
  const more = { trigger_id: `trigger-${at}`, response_url: 'http://127.0.0.1:9/none', api_app_id: 'A0', token: 'x' }
  return signedForm({ command: '/offboard', text: 'cancel off-1', ...who, ...more }, at)
}

describe('over HTTP', () => {
  // bolt.ts, overHttp: the signing secret; Bolt's HTTPReceiver checks it, the age of five minutes and the body as sent.
  test('nothing that Slack did not sign just now is heard, and what it did sign is', async () => {
    const bed = await start({ mode: 'http' })
    await asked(bed, [suspend])
    await card(bed)
    const good = genuine()
    const old = genuine(Math.floor(Date.now() / 1000) - 6 * 60)
    const forged: [string, Sent][] = [
      ['another secret', { ...good, signature: sign(good.body, good.at, 'guessed') }],
      ['an empty secret', { ...good, signature: sign(good.body, good.at, '') }],
      ['another body', { ...good, body: good.body.replace(ids.manager, ids.hr) }],
      ['six minutes old', old],
      ['an old signature with a new time', { ...old, at: good.at }],
      ['another version', { ...good, signature: good.signature.replace('v0=', 'v1=') }],
      ['the signature in capitals', { ...good, signature: good.signature.toUpperCase().replace('V0', 'v0') }],
      ['no signature', { ...good, signature: '' }],
      ['no time', { ...good, at: Number.NaN }],
    ]
    for (const [what, sent] of forged) expect([what, await post(bed, sent)]).toEqual([what, 401])
    // Slack's own test of the certificate comes unsigned; whatever else it carries is not heard.
    const asTest = { ...good, body: `${good.body}&ssl_check=1`, signature: '' }
    expect(await post(bed, asTest)).toBe(200)
    expect(bed.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
    expect(await post(bed, good)).toBe(200)
    await bed.slack.until(() => bed.ledger.get('off-1')?.state === 'withdrawn')
  })

  // bolt.ts, overHttp: `endpoints` and `customRoutes` name all there is.
  test('other paths and methods are not there', async () => {
    const bed = await start({ mode: 'http' })
    const ask = async (path: string, method: string) =>
      (await fetch(`http://127.0.0.1:${bed.app.port()}${path}`, { method })).status
    expect(await ask('/slack/events', 'GET')).toBe(404)
    for (const path of ['/', '/slack/install', '/slack/oauth_redirect', '/admin', '/../latchkey.yaml'])
      expect([path, await ask(path, 'GET')]).toEqual([path, 404])
  })
})
