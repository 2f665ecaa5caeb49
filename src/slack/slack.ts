/** Slack, put together: what is heard, what is shown, and when it starts and stops. */
import { audiences } from './audience.ts'
import { type Bolt, createBolt } from './bolt.ts'
import type { Tools } from './gesture.ts'
import { type Ears, listen } from './hear.ts'
import { createHomes } from './homes.ts'
import type { Health, SlackOptions } from './options.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { type People, slackPeople } from './people.ts'
import { apology, inFlight } from './perform.ts'
import { seen } from './seen.ts'
import { createTools } from './tools.ts'
import { connectWeb, troubleOf, type Web } from './web.ts'

export interface Slack {
  /**
   * Signs in, listens and brings Slack up to date. Waits as long as Slack is away, so who must not wait for Slack does
   * not await it; rejects where the settings are wrong (a token that Slack refuses).
   */
  start(): Promise<void>
  /** Hears nothing more, waits up to 25 s for what is under way, and sends nothing more. */
  stop(): Promise<void>
  outbox: Outbox
  people: People
  health(): Health
  /** What is still to be posted, and for how many milliseconds the oldest of it has waited. */
  waiting(): { posts: number; oldestMs: number }
  /** The port of the health pages, and over HTTP of Slack's requests. */
  port(): number | undefined
}

interface Parts {
  options: SlackOptions
  web: Web
  /** Set once Slack told who we are. */
  me: { team?: string; botId?: string; botUserId?: string }
  people: People
  outbox: Outbox
  homes: ReturnType<typeof createHomes>
  ears: Ears
  bolt?: Bolt
  stopping: AbortController
}

export async function createSlack(options: SlackOptions): Promise<Slack> {
  checkTokens(options.settings)
  const parts = put(options)
  options.ledger.onChange((one, event) => {
    if (event.type === 'posting' || event.type === 'posted') return
    parts.outbox.touch(one.id)
    parts.homes.changed()
  })
  return {
    start: () => start(parts),
    stop: () => stop(parts),
    outbox: parts.outbox,
    people: parts.people,
    health: () => healthOf(parts),
    waiting: () => parts.outbox.waiting(),
    port: () => parts.bolt?.port(),
  }
}

/** Says what is missing before anything is tried. */
function checkTokens({ mode, tokens }: SlackOptions['settings']): void {
  if (mode === 'socket' && !tokens.app)
    throw new Error('Socket Mode needs an app-level token (connections:write): set SLACK_APP_TOKEN.')
  if (mode === 'http' && !tokens.signingSecret)
    throw new Error('Over HTTP the signing secret of the app is needed: set SLACK_SIGNING_SECRET.')
}

function put(options: SlackOptions): Parts {
  const { ledger, settings, clock, log, report, anchor } = options
  const web = connectWeb({ apiUrl: settings.apiUrl, token: settings.tokens.bot, log })
  const me: Parts['me'] = {}
  const people = slackPeople({ web: web.quick, clock, roles: settings.roles, team: () => me.team })
  const who = audiences({ web: web.slow, people, clock, log, self: () => me.botUserId })
  const outbox = createOutbox({ ledger, web: web.slow, audiences: who, clock, log, report, anchor })
  const stopping = new AbortController()
  const homes = createHomes({ ledger, web: () => web.quick, clock, log, readerOf: who.readerOf, link: who.link })
  const tools: Tools = createTools({
    options,
    people,
    web,
    signal: stopping.signal,
    publishHome: (user) => homes.publish(user),
    audienceChanged(channel) {
      who.changed(channel)
      if (channel === settings.channel) outbox.touchAll()
    },
  })
  const ears: Ears = { gestures: options.gestures, tools, web: () => web, seen: seen(), log, inFlight: inFlight() }
  return { options, web, me, people, outbox, homes, ears, stopping }
}

/** What no waiting mends: somebody has to correct a token. */
const fatal = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'org_login_required',
  'team_access_not_granted',
])
const longestPauseMs = 30_000

async function signIn({ web, me, options, stopping }: Parts): Promise<void> {
  for (let pause = 1000; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      const { team_id: team, bot_id: botId, user_id: botUserId } = await web.quick.auth.test()
      Object.assign(me, { team, botId, botUserId })
      return
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble.kind === 'refused' && fatal.has(trouble.error))
        throw new Error(
          `Slack refuses the bot token (${trouble.error}). Set SLACK_BOT_TOKEN to the token of the installed app.`,
        )
      options.log.warn({ trouble }, 'Slack cannot be reached; it is tried again')
      await options.clock.sleep(trouble.kind === 'busy' ? trouble.afterMs : pause, stopping.signal)
    }
  }
}

async function start(parts: Parts): Promise<void> {
  try {
    await begin(parts)
  } catch (error) {
    // Whoever stops us while Slack is away gets no failure of it.
    if (!parts.stopping.signal.aborted) throw error
  }
}

async function begin(parts: Parts): Promise<void> {
  const { options, outbox, stopping } = parts
  const bolt = boltOf(parts)
  parts.bolt = bolt
  // A supervisor must not take us for dead, and kill what runs, because Slack is away.
  await bolt.open()
  await signIn(parts)
  await bolt.start().catch((error) => {
    const trouble = troubleOf(error)
    if (trouble.kind !== 'refused') throw error
    throw new Error(
      `Slack refuses a socket connection (${trouble.error}). Set SLACK_APP_TOKEN to an app-level token with connections:write.`,
    )
  })
  stopping.signal.throwIfAborted()
  await outbox.start()
  watch(parts, bolt).catch((error) => {
    if (!stopping.signal.aborted) options.log.error({ error }, 'the watch over the Slack connection failed')
  })
}

function boltOf(parts: Parts): Bolt {
  const { options, ears, me } = parts
  return createBolt({
    settings: options.settings,
    me,
    log: options.log,
    health: () => healthOf(parts),
    ...(options.metrics ? { metrics: options.metrics } : {}),
    listen: (app) => listen(app, ears),
    onError: (error) => void apology(options.log, error, { by: 'bolt' }),
  })
}

const lookMs = 5000
/** The socket client gives up for ever on some answers; then only a new process helps. */
const longestGapMs = 60_000
/** Slack tells of a join or of a channel made public by an event that may be lost, or not at all. */
const whoReadsMs = 5 * 60_000

async function watch({ options, stopping, ears }: Parts, bolt: Bolt): Promise<void> {
  const { clock, settings } = options
  let since = clock.now().getTime()
  let read = since
  for (;;) {
    await clock.sleep(lookMs, stopping.signal)
    if (bolt.connected()) since = clock.now().getTime()
    else if (clock.now().getTime() - since > longestGapMs) {
      options.onFatal?.(new Error('There was no connection to Slack for a minute.'))
      since = clock.now().getTime()
    }
    if (clock.now().getTime() - read > whoReadsMs) {
      read = clock.now().getTime()
      ears.tools.audienceChanged(settings.channel)
    }
  }
}

const drainMs = 25_000

async function stop({ bolt, ears, homes, outbox, stopping, options }: Parts): Promise<void> {
  stopping.abort(new Error('stopping'))
  homes.stop()
  await bolt?.stop().catch((error) => options.log.warn({ error }, 'the connection to Slack did not close in order'))
  const enough = new AbortController()
  const limit = options.clock.sleep(drainMs, enough.signal).catch(() => undefined)
  await Promise.race([ears.inFlight.drained(), limit])
  enough.abort()
  await outbox.stop()
}

function healthOf({ options, bolt, outbox }: Parts): Health {
  const app = options.health()
  const connected = bolt?.connected() ?? false
  const why = [app.why, connected ? undefined : 'There is no connection to Slack.', outbox.problem()]
  const said = why.filter((one) => one !== undefined).join(' ')
  return { live: app.live, ready: app.ready && connected, ...(said ? { why: said } : {}) }
}
