/** Bad weather by seed: what else than the usual odds can become of requests, for how long, and to whom. */
import { type Chance, chanceFrom, pick } from './chance.ts'
import type { Scene } from './scene.ts'
import type { SlackRequest } from './slack.ts'
import * as time from './time.ts'
import type { World } from './world.ts'

/** What a system may be like for a while. `refused` by the network: nobody listens. */
const moods = ['slow down', 'error', 'reset', 'stall', 'half', 'html', 'refused', 'denied'] as const
type Mood = (typeof moods)[number]

interface Spell {
  /** A vendor's name, or `slack`. */
  to: string
  mood: Mood
  /** Milliseconds from the beginning of the world. */
  from: number
  till: number
  /** How many of the requests it hits; 0 to 1. */
  share: number
}

export interface Weather {
  spells: readonly Spell[]
  /** The clock is set forward or back by so many milliseconds, so many after the beginning. */
  jumps: readonly { at: number; by: number }[]
}

const minute = 60_000

/** `kind` says what alone happens, for storms that something else must not feel. */
export function weatherOf(scene: Scene, kind: 'all' | 'slack away' | 'one vendor away'): Weather {
  const chance = chanceFrom(scene.seed * 104_729 + 3)
  if (kind === 'slack away')
    return { spells: [{ to: 'slack', mood: 'refused', from: 0, till: 60 * minute, share: 1 }], jumps: [] }
  if (kind === 'one vendor away')
    return {
      spells: [{ to: scene.vendors[0] ?? '', mood: 'refused', from: 2_000, till: 60 * minute, share: 1 }],
      jumps: [],
    }
  const spells = Array.from({ length: 1 + Math.floor(chance() * 5) }, () => spellOf(scene, chance))
  const jumps = Array.from({ length: Math.floor(chance() * 3) }, () => ({
    at: chance() * 5 * minute,
    by: pick(chance, [-90_000, -5_000, 5_000, 90_000, 45 * minute]),
  }))
  return { spells, jumps }
}

function spellOf(scene: Scene, chance: Chance): Spell {
  const to = pick(chance, [...scene.vendors, ...scene.vendors, 'slack'])
  const from = chance() * 3 * minute
  const long = pick(chance, [5_000, 30_000, 4 * minute, 60 * minute])
  // What is refused for an hour is soon left to people; a shorter spell is the harder one.
  return {
    to,
    mood: pick(chance, moods),
    from,
    till: from + long * (0.5 + chance()),
    share: pick(chance, [0.3, 0.7, 1]),
  }
}

/** From here on this world has that weather. */
export function brew(world: World, { spells, jumps }: Weather): void {
  const begun = time.now()
  const mood = (to: string): Mood | undefined => {
    const at = time.now() - begun
    return spells.find((one) => one.to === to && at >= one.from && at < one.till && world.chance() < one.share)?.mood
  }
  for (const { at, by } of jumps) time.after(at, () => time.skip(by))
  const [send, slack] = [world.send, world.slack.bind(world)]
  world.send = (sent) => {
    const now = mood(new URL(sent.url).hostname.replace('.test', ''))
    return now ? spoilt(now, world.chance, sent, () => send(sent)) : send(sent)
  }
  world.slack = async (request: SlackRequest) => {
    const now = mood('slack')
    if (!now) return slack(request)
    if (now === 'slow down' || now === 'denied') return 'busy'
    const arrives = now !== 'refused' && world.chance() < 0.5
    if (arrives) await slack(request)
    await time.sleep(now === 'stall' ? 10_000 : 100)
    throw broken(now === 'refused' ? 'ECONNREFUSED' : 'ECONNRESET')
  }
}

/** In half of the cases it is done first, where the mood leaves that open. */
async function spoilt(mood: Mood, chance: Chance, sent: Request, send: () => Promise<Response>): Promise<Response> {
  await time.sleep(5 + 50 * chance(), sent.signal)
  if (mood === 'slow down') return new Response('{}', { status: 429, headers: { 'retry-after': '7' } })
  if (mood === 'denied') return new Response('{"error":"invalid_token"}', { status: 401 })
  if (mood === 'refused') throw broken('ECONNREFUSED')
  const answer = chance() < 0.5 ? await send() : undefined
  if (mood === 'stall') return time.sleep(1e12, sent.signal) as Promise<never>
  if (mood === 'reset') throw broken('ECONNRESET')
  // 503 says that nothing was done (RFC 9110, 15.6.4).
  if (mood === 'error')
    return new Response('{"error":"internal"}', {
      status: answer ? pick(chance, [500, 502, 504]) : pick(chance, [500, 502, 503, 504]),
    })
  if (mood === 'html')
    return new Response('<html>Sign in to the network</html>', { headers: { 'content-type': 'text/html' } })
  return halfOf(answer ? await answer.text() : '{"disabled": tr')
}

function halfOf(text: string): Response {
  const body = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode(text.slice(0, Math.ceil(text.length / 2))))
      stream.error(broken('ECONNRESET'))
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

function broken(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
}
