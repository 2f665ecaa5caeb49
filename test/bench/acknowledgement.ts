/** How soon `/offboard` is acknowledged over HTTP, against a bare Bolt app with the same receiver that only says yes. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { cast, employee } from '../../src/sandbox/company.ts'
import { signed } from '../../src/sandbox/slack/http-delivery.ts'
import { type Child, startChild } from './child.ts'
import { type Figure, figure, type Measure, quantile, timed } from './figure.ts'

const rounds = 5
const each = 30
/** So that what the bot does after it has answered does not slow the one that is asked next. */
const restMs = 8

export default {
  name: 'acknowledgement',
  async measure() {
    const sink = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
    const responseUrl = () => `http://127.0.0.1:${(sink.address() as AddressInfo).port}/response`
    const bot = startChild(['test/bench/sandbox-bot.ts'])
    const bare = startChild(['test/bench/bare-bolt.ts'])
    try {
      const ask = { bot: asking(await place(bot), responseUrl()), bare: asking(await place(bare), responseUrl()) }
      await round(ask)
      const idle = await many(ask)
      const running = once(bot.process, 'message')
      bot.process.send('run')
      await running
      const busy = await many(ask)
      return [against('idle', idle), against('while somebody is offboarded', busy)]
    } finally {
      sink.close()
      sink.closeAllConnections()
      await Promise.all([bot.stop(), bare.stop()])
    }
  },
} satisfies Measure

interface Place {
  url: string
  secret: string
}
type Ask = () => Promise<void>
interface Times {
  bot: number[]
  bare: number[]
}

async function place(child: Child): Promise<Place> {
  return (await child.said) as Place
}

async function many(ask: { bot: Ask; bare: Ask }): Promise<Times[]> {
  const found: Times[] = []
  for (let index = 0; index < rounds; index += 1) found.push(await round(ask))
  return found
}

async function round(ask: { bot: Ask; bare: Ask }): Promise<Times> {
  const times: Times = { bot: [], bare: [] }
  for (let index = 0; index < each; index += 1) {
    times.bot.push(await timed(ask.bot))
    await wait(restMs)
    times.bare.push(await timed(ask.bare))
    await wait(restMs)
  }
  return times
}

function against(when: string, found: readonly Times[]): Figure {
  const at = (share: number, who: keyof Times) =>
    quantile(
      found.flatMap((one) => one[who]),
      share,
    ).toFixed(1)
  const told = [`p50 ${at(0.5, 'bot')} and ${at(0.5, 'bare')} ms, p99 ${at(0.99, 'bot')} and ${at(0.99, 'bare')} ms`]
  const ratios = found.map((one) => quantile(one.bot, 0.5) / quantile(one.bare, 0.5))
  return figure(`a command’s acknowledgement against bare Bolt, ${when}`, ratios, { goal: { atMost: 2 }, told })
}

/** As Slack sends it, signed; resolves with the whole answer. Each has a trigger of its own, as Slack's have. */
function asking({ url, secret }: Place, responseUrl: string): Ask {
  let count = 0
  return async () => {
    count += 1
    const { slackId, name } = employee(cast.hr)
    const fields = {
      token: 'bench',
      team_id: 'T0BENCH',
      team_domain: 'bench',
      channel_id: 'D0BENCH',
      channel_name: 'directmessage',
      user_id: slackId,
      user_name: name,
      command: '/offboard',
      text: 'help',
      api_app_id: 'A0BENCH',
      is_enterprise_install: 'false',
      response_url: responseUrl,
      trigger_id: `bench.${process.pid}.${count}`,
    }
    const body = new URLSearchParams(fields).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...signed(secret, body) }
    const answer = await fetch(url, { method: 'POST', headers, body })
    await answer.text()
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  }
}
