import { createHmac } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { checkSlack } from '../../src/slack/check.ts'
import { asked, bedOn, ids, room } from './bed.ts'
import { beds, card, suspend } from './hands.ts'

const start = beds()

describe('the connection to Slack', () => {
  test('refuses to start with a token that Slack refuses, and says which variable holds it', async () => {
    const it = await start({ start: false })
    it.slack.faults.next('auth.test', { as: 'error', error: 'invalid_auth', times: 9 })
    await expect(it.app.start()).rejects.toThrow('SLACK_BOT_TOKEN')
    it.slack.faults.next('auth.test', { as: 'error', error: 'account_inactive' })
  })

  test('refuses to start without the tokens of its mode', async () => {
    const bot = { bot: 'xoxb-pretend' }
    await expect(start({ start: false, settings: { tokens: bot } })).rejects.toThrow('SLACK_APP_TOKEN')
    await expect(start({ start: false, settings: { tokens: bot, mode: 'http' } })).rejects.toThrow(
      'SLACK_SIGNING_SECRET',
    )
  })

  test('waits for a Slack that is away, and starts when it is back', async () => {
    const it = await start({ start: false })
    it.slack.faults.next('auth.test', { as: 'unavailable', times: 4 })
    await it.app.start()
    await it.slack.connected(2)
    expect(it.app.health()).toEqual({ live: true, ready: true })
  })

  test.each(['socket', 'http'] as const)(
    'answers the health pages while Slack is away (%s): the process is sound, and not ready',
    async (mode) => {
      const it = await start({ mode, start: false })
      it.slack.faults.next('auth.test', { as: 'unavailable', times: 1000 })
      const started = it.app.start()
      await expect.poll(() => it.app.port()).toBeDefined()
      const at = `http://127.0.0.1:${it.app.port()}`
      expect((await fetch(`${at}/healthz`)).status).toBe(200)
      expect(await (await fetch(`${at}/readyz`)).json()).toMatchObject({ ready: false, why: expect.any(String) })
      await it.app.stop()
      await started
    },
  )

  test('ends without a complaint where it is stopped before Slack has greeted it', async () => {
    const it = await start({ start: false })
    it.slack.sockets.silent = true
    const started = it.app.start()
    await it.slack.until(() => it.slack.sockets.open === 2)
    await it.app.stop()
    await started
    expect(it.fatal).toEqual([])
  })

  test('is stopped between its two connections: no error is logged for what it was told to do', async () => {
    const said: string[] = []
    const keep = (_fields: object, message: string) => void said.push(message)
    const it = await start({ start: false, slack: { log: { ...silentLog, warn: keep, error: keep } } })
    const started = it.app.start()
    await it.slack.until(() => it.slack.sockets.open === 1)
    await it.app.stop()
    await started
    expect(said).toEqual([])
  })

  test('is stopped while it asks Slack for its connections: none is made any more', async () => {
    const it = await start({ start: false })
    const started = it.app.start()
    while (!it.slack.calls.some((call) => call.method === 'apps.connections.open')) await setImmediate()
    await it.app.stop()
    await started
    // Whoever connected after all would be there by the time that somebody else is.
    const next = await bedOn(it.slack, it.clock, {}, it.store)
    expect(it.slack.sockets.open).toBe(2)
    await next.app.stop()
  })

  test('answers every command while Slack refreshes one of the two connections', async () => {
    const it = await start()
    const one = it.slack.sockets.open
    expect(one).toBe(2)
    it.slack.sockets.refresh()
    for (let n = 0; n < 5; n += 1) expect((await it.slack.as(ids.hr).slash('/offboard help')).acked).toBe(true)
  })

  test('hears a click that is delivered twice once', async () => {
    const it = await start()
    await asked(it, [suspend])
    const shown = await card(it)
    it.slack.faults.deliverTwice(1)
    await it.slack.as(ids.hr).click(shown, 'sign-hr')
    await it.slack.until(() => it.ledger.get('off-1')?.signOffs.hr)
    await it.app.outbox.idle()
    const signs = it.store.kept.get('off-1')?.filter((event) => event.type === 'signed' || event.type === 'refused')
    expect(signs).toHaveLength(1)
    expect(it.slack.ephemerals(ids.hr)).toEqual([])
  })

  test('answers /healthz and /readyz in both modes, and nothing else', async () => {
    for (const mode of ['socket', 'http'] as const) {
      const it = await start({
        mode,
        slack: { health: () => ({ live: true, ready: false, why: 'The store is behind.' }) },
      })
      const at = `http://127.0.0.1:${it.app.port()}`
      expect((await fetch(`${at}/healthz`)).status).toBe(200)
      const ready = await fetch(`${at}/readyz`)
      expect(ready.status).toBe(503)
      expect(await ready.json()).toMatchObject({ ready: false, why: 'The store is behind.' })
      expect((await fetch(`${at}/metrics`)).status).toBe(404)
    }
  })

  test('answers /metrics beside them in both modes, and says so in the log where it cannot', async () => {
    for (const mode of ['socket', 'http'] as const) {
      let broken = false
      const metrics = async () => {
        if (broken) throw new Error('no figures today')
        return 'latchkey_ready 1\n'
      }
      const it = await start({ mode, slack: { metrics } })
      const at = `http://127.0.0.1:${it.app.port()}/metrics`
      const answer = await fetch(at)
      expect([answer.status, await answer.text()]).toEqual([200, 'latchkey_ready 1\n'])
      expect(answer.headers.get('content-type')).toContain('version=0.0.4')
      expect((await fetch(at, { method: 'POST' })).status).toBeGreaterThanOrEqual(400)
      broken = true
      expect((await fetch(at)).status).toBe(500)
    }
  })

  test('in socket mode shows its pages to this machine alone, unless an address is asked for', async () => {
    const answers = (port: number | undefined) =>
      fetch(`http://127.0.0.2:${port}/healthz`).then(
        (answer) => answer.status,
        () => 'nobody there',
      )
    expect(await answers((await start({})).app.port())).toBe('nobody there')
    expect(await answers((await start({ settings: { host: '0.0.0.0' } })).app.port())).toBe(200)
    expect(await answers((await start({ mode: 'http', settings: { host: '127.0.0.1' } })).app.port())).toBe(
      'nobody there',
    )
  })

  test('over HTTP hears a copied request no second time, and a forged one not at all', async () => {
    const it = await start({ mode: 'http' })
    await asked(it, [suspend])
    await card(it)
    const withdraw = signedCommand('/offboard cancel off-1')
    const url = `http://127.0.0.1:${it.app.port()}/slack/events`
    const forged = { ...withdraw.headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` }
    expect((await fetch(url, { method: 'POST', body: withdraw.body, headers: forged })).status).toBe(401)
    expect(it.ledger.get('off-1')?.state).toBe('awaiting-sign-off')
    expect((await fetch(url, { method: 'POST', ...withdraw })).status).toBe(200)
    await it.slack.until(() => it.ledger.get('off-1')?.state === 'withdrawn')
    expect((await fetch(url, { method: 'POST', ...withdraw })).status).toBe(200)
    const heard = it.store.kept.get('off-1')?.filter((event) => event.type === 'withdrawn' || event.type === 'refused')
    expect(heard).toHaveLength(1)
  })

  test('lets what is under way finish when it stops', async () => {
    const it = await start()
    await asked(it, [suspend])
    const shown = await card(it)
    const click = it.slack.as(ids.hr).click(shown, 'sign-hr')
    await click
    await it.app.stop()
    expect(it.ledger.get('off-1')?.signOffs.hr?.by.id).toBe(ids.hr)
  })

  test('tells doctor of missing scopes, lonely roles and a channel that is not private', async () => {
    const it = await start({
      start: false,
      pretend: {
        scopes: ['chat:write', 'users:read', 'groups:read', 'channels:read', 'usergroups:read'],
        channels: [{ id: room, name: 'open', members: [ids.hr] }],
      },
    })
    const settings = {
      apiUrl: it.slack.apiUrl,
      tokens: { bot: 'xoxb-pretend' },
      roles: { hr: { group: 'S0HR' }, it: { users: [ids.it] } },
      channel: room,
    }
    const { problems } = await checkSlack(settings, { clock: systemClock, log: silentLog })
    expect(problems.join(' ')).toContain('files:write')
    expect(problems.join(' ')).toContain('is public')
  })
})

/** A command as Slack signs it (docs.slack.dev/authentication/verifying-requests-from-slack). */
function signedCommand(line: string) {
  const [command = '', ...words] = line.split(' ')
  const fields = {
    command,
    text: words.join(' '),
    user_id: ids.manager,
    team_id: 'T0EXAMPLE',
    trigger_id: 'trigger-1',
    channel_id: room,
  }
  const body = new URLSearchParams({
    ...fields,
    response_url: 'http://127.0.0.1:9/none',
    api_app_id: 'A0LATCHKEY',
    token: 'x',
  }).toString()
  const at = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', 'pretend-secret').update(`v0:${at}:${body}`).digest('hex')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${signature}`,
  }
  return { body, headers }
}
