/** How a run ended: what AWS holds, what is on record, what people see. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { summarize } from '../../src/bot.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { type Verified, verifyJournal } from '../../src/store/verify.ts'
import { actionOf } from '../support/story-bed.ts'
import { isCard, keysPosted, read, storyOf, threadOf } from '../support/story-people.ts'
import type { FixedWorld } from './fixed-run.ts'
import type { Life } from './fixed-run-life.ts'

export interface Ended {
  journal: Verified
  /** What AWS holds in truth. */
  held: unknown
  /** What was changed at AWS, by action and target, and how often AWS did it. */
  changes: Readonly<Record<string, number>>
  cards: number
  each: readonly EndedOne[]
}

export interface EndedOne {
  id: string
  offboarding: Offboarding
  history: readonly Event[]
  /** Keys of the messages below the card. */
  told: readonly string[]
  story: string
  /** Names of the files that are shared below the card, one entry a share. */
  files: readonly string[]
}

/** Real time, ms: from the last start to the report, on a busy machine. */
const longest = 90_000

function idsOf({ options }: FixedWorld): string[] {
  return options.leavers.map((_one, index) => `off-fixed${String(index + 1).padStart(2, '0')}`)
}

/** Resolves when everything is done and shown, or when the process has ended before. */
export async function overOrEnded(world: FixedWorld, life: Life, patience = longest): Promise<'over' | 'ended'> {
  const look = () => (life.end() ? 'ended' : isAllOver(world) ? 'over' : undefined)
  try {
    const seen = await world.slack.until(look, patience, 'the end of the run')
    return seen === 'over' ? await recordedOrEnded(world, life, patience) : seen
  } catch (error) {
    const seen = idsOf(world).map((id) => storyOf(world, id))
    throw new Error([(error as Error).message, ...seen, life.printed()].join('\n'), { cause: error })
  }
}

export function isAllOver(world: FixedWorld): boolean {
  // The files come last, and are quickly counted; the cards are read at every change otherwise.
  return idsOf(world).every((id) => filesOf(world, id).length >= 2 && hasDoneCard(world, id))
}

/** Any card: where it is doubled, one of them is never drawn again, and that is for the verdict to say. */
function hasDoneCard(world: FixedWorld, id: string): boolean {
  const ours = (post: Post) => post.metadata?.event_payload.id === id && isCard(post)
  return world.slack.messages(world.channel).some((post) => ours(post) && /^Done( ·|$)/m.test(read(world, post)))
}

/** Slack has it all by now; that this is on record, too, only the journal shows. And who is asked to stop must listen. */
async function recordedOrEnded(world: FixedWorld, life: Life, patience: number): Promise<'over' | 'ended'> {
  const until = Date.now() + patience
  while (!life.end()) {
    if (world.slack.sockets.open >= 2 && idsOf(world).every((id) => isOnRecord(world, id))) return 'over'
    if (Date.now() > until) throw new Error('the end of the run is shown, and not on record')
    await wait(20)
  }
  return 'ended'
}

function isOnRecord({ data }: FixedWorld, id: string): boolean {
  const lines = readFileSync(join(data, 'journal', '000001.jsonl'), 'utf8').split('\n')
  return lines.some(
    (line) => line.includes('"type":"posted"') && line.includes('"key":"report"') && line.includes(`"${id}"`),
  )
}

function filesOf({ slack }: FixedWorld, id: string): string[] {
  const files = slack.files().filter((file) => file.name.startsWith(`${id}.`))
  return files.flatMap((file) => file.shares.map(() => file.name))
}

/** As a supervisor does. Throws where it does not end well. */
export async function stopped(life: Life): Promise<void> {
  life.stop()
  const { code, signal } = await life.ended
  if (code !== 0) throw new Error(`the bot did not stop in order (${code ?? signal}): ${life.printed()}`)
}

/** The process has ended by now. */
export async function readEnd(world: FixedWorld): Promise<Ended> {
  const { data, aws, slack, channel, clock } = world
  const journal = await verifyJournal(data, realDisk)
  const store = await openEmbeddedStore({ folder: data, disk: realDisk, clock, summarize, onFatal: () => undefined })
  const ledger = openLedger(store, { newId: () => 'off-none', now: () => clock.now() })
  const each: EndedOne[] = []
  for (const id of idsOf(world)) {
    const offboarding = ledger.get(id)
    if (!offboarding) throw new Error(`${id} is not on record any more; there are ${readdirSync(join(data, 'open'))}`)
    const history = (await ledger.history(id)) ?? []
    const told = keysPosted(threadOf(world, id))
    each.push({ id, offboarding, history, told, story: storyOf(world, id), files: filesOf(world, id) })
  }
  await store.stop()
  return { journal, held: aws.world.truth(), changes: changesOf(world), cards: slack.messages(channel).length, each }
}

function changesOf({ aws }: FixedWorld): Record<string, number> {
  const changes: Record<string, number> = {}
  for (const { asked, status } of aws.calls) {
    const action = actionOf(asked)
    if (status < 200 || status > 299 || /^(Get|List|Assume|Simulate)/.test(action)) continue
    const { UserName, PolicyName, AccessKeyId, GroupName } = asked.body as Record<string, string | undefined>
    const what = [action, UserName, PolicyName, AccessKeyId, GroupName].filter((one) => one !== undefined).join(' ')
    changes[what] = (changes[what] ?? 0) + 1
  }
  return changes
}
