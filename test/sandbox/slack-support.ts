/** A pretend Slack for tests, and a small Bolt app built as the product builds its own. */
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { cast, employee, employees } from '../../src/sandbox/company.ts'
import { type PretendSlack, pretendSlack, type SlackOptions } from '../../src/sandbox/slack/index.ts'

export const scopes = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'groups:read',
  'channels:read',
  'groups:history',
  'files:write',
  'files:read',
]

export const who = {
  leaver: employee(cast.leaver).slackId,
  manager: employee(cast.manager).slackId,
  hr: employee(cast.hr).slackId,
  it: employee(cast.it).slackId,
  other: employee(cast.other).slackId,
}

export const room = 'C0OFFBOARD'
export const lobby = 'C0GENERAL'
export const tokens = { botToken: 'xoxb-pretend', appToken: 'xapp-pretend', signingSecret: 'pretend-secret' }

export function start(more: Partial<SlackOptions> = {}): Promise<PretendSlack> {
  return pretendSlack({
    employees,
    mode: 'socket',
    ...tokens,
    scopes,
    commands: ['/offboard'],
    channels: [
      { id: room, name: 'offboarding', private: true, members: [who.hr, who.it] },
      { id: lobby, name: 'general', members: employees.map((one) => one.slackId), bot: false },
    ],
    userGroups: [{ id: 'S0HR', handle: 'hr-approvers', users: [who.hr] }],
    shareMs: 5,
    ...more,
  })
}

/** As the interactive client is built: no waiting on 429, few tries. */
export function client(slack: PretendSlack, token = tokens.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    timeout: 2500,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
    logger: quiet,
  })
}

/** The error name that Slack answered with. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    return (error as { data?: { error?: string } }).data?.error ?? String(error)
  }
}

export async function messagesOf(call: Promise<unknown>): Promise<string[]> {
  try {
    await call
    return []
  } catch (error) {
    return (error as { data?: { response_metadata?: { messages?: string[] } } }).data?.response_metadata?.messages ?? []
  }
}

export const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}

export interface Running {
  app: App
  stop(): Promise<void>
}

/** Bolt 5 as it is, with the construction that the product uses. */
export async function bolt(slack: PretendSlack, mode: 'socket' | 'http', listen: (app: App) => void): Promise<Running> {
  const slackApiUrl = slack.apiUrl
  const me = await client(slack).auth.test()
  const receiver =
    mode === 'socket'
      ? new SocketModeReceiver({
          appToken: tokens.appToken,
          logger: quiet,
          clientPingTimeout: 5000,
          installerOptions: { clientOptions: { slackApiUrl, retryConfig: { forever: true, maxTimeout: 10_000 } } },
        })
      : new HTTPReceiver({ signingSecret: tokens.signingSecret, logger: quiet, port: 0 })
  const app = new App({
    token: tokens.botToken,
    botId: me.bot_id as string,
    botUserId: me.user_id as string,
    tokenVerificationEnabled: false,
    receiver,
    attachFunctionToken: false,
    convoStore: false,
    extendedErrorHandler: true,
    logger: quiet,
    clientOptions: {
      slackApiUrl,
      timeout: 2500,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 800 },
    },
  })
  listen(app)
  const server = (await app.start()) as { address?: () => { port: number } }
  if (mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${server.address?.().port}/slack/events`)
  await slack.connected()
  return { app, stop: async () => void (await app.stop()) }
}

/** A clock that stands still until it is moved. */
export function manualClock(at = '2026-11-22T16:00:00Z') {
  let now = new Date(at).getTime()
  const sleepers: { due: number; wake: () => void }[] = []
  return {
    now: () => new Date(now),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake, fail) => {
        sleepers.push({ due: now + ms, wake })
        signal?.addEventListener('abort', () => fail(signal.reason))
      }),
    /** Milliseconds until each sleeper wakes. */
    sleeping: () => sleepers.filter((one) => one.due >= now).map((one) => one.due - now),
    advance(ms: number) {
      now += ms
      for (const one of sleepers.filter((sleeper) => sleeper.due <= now)) one.wake()
    },
  }
}
