/** People at their Slack clients, as the stories need them: what they type and press, and what they read then. */
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Answer } from '../../src/sandbox/slack/answer.ts'
import { type Persona, type Post, type PretendSlack, renderThread, type View } from '../../src/sandbox/slack/index.ts'
import { blockLines } from '../../src/sandbox/slack/render.ts'

export interface Room {
  slack: PretendSlack
  channel: string
}

/** How long somebody looks at a Slack that does not change, ms; no figure that anything is held to. */
export const patience = 60_000

/** The least that the form wants to know. */
export const usual = { when: 'now', kind: 'resignation', devices: 'lock' }

export function person({ slack }: Room, email: string): Persona {
  return slack.as(employee(email).slackId)
}

/** A message or a view, as it reads. */
export function read({ slack }: Room, shown: { text?: string; blocks?: Post['blocks'] } | undefined): string {
  if (!shown?.blocks) return shown?.text ?? ''
  return blockLines({ state: slack.state, zone: 'Etc/UTC' }, shown.blocks).join('\n')
}

/** Types the command and waits for the form to fill in. */
export async function formFor(room: Room, who: string, line: string): Promise<View> {
  const asker = person(room, who)
  await (await asker.slash(line)).opened(patience)
  const form = () => {
    const view = asker.view()
    return view?.callback_id === 'request' ? view : undefined
  }
  return room.slack.until(form, patience, `the request form for ${line}`)
}

/** Asks for an offboarding and answers with its id, as the asker reads it. */
export async function ask(
  room: Room,
  who: string,
  line: string,
  values: Record<string, unknown> = {},
): Promise<string> {
  const asker = person(room, who)
  const form = await formFor(room, who, line)
  const answer = await asker.submit(form, { ...usual, ...values })
  if (Object.keys(answer.errors).length > 0) throw new Error(`the form was refused: ${JSON.stringify(answer.errors)}`)
  const told = () => /is asked for \((off-\w+)\)/.exec(read(room, asker.view()))?.[1]
  const id = await room.slack.until(told, patience, `the words that ${line} is asked for`)
  await asker.close()
  return id
}

/** What came back for one pair of eyes: below the command or the button, or in the modal at hand. */
export async function told(room: Room, answer: Answer): Promise<string> {
  return read(room, await answer.ephemeral(patience))
}

/** Types a command and reads what only they see. */
export async function type(room: Room, who: string, line: string): Promise<string> {
  const answer = await person(room, who).slash(line)
  const words = await told(room, answer)
  if (person(room, who).view()) await person(room, who).close()
  return words
}

export function cardOf({ slack, channel }: Room, id: string): Post | undefined {
  return slack.messages(channel).find((post) => post.metadata?.event_payload.id === id && isCard(post))
}

export function isCard(post: Post): boolean {
  return post.metadata?.event_payload.key === 'card'
}

/** Everything below the card, oldest first. */
export function threadOf(room: Room, id: string): Post[] {
  const card = cardOf(room, id)
  return card ? room.slack.thread(room.channel, card.ts).filter((post) => post.ts !== card.ts) : []
}

/** The card with its thread, as people read them. */
export function storyOf(room: Room, id: string): string {
  const card = cardOf(room, id)
  return card ? renderThread(room.slack, room.channel, card.ts) : `(no card of ${id})`
}

/** Waits for a look at an offboarding; where it comes to nothing, the error shows what people saw last. */
export async function until<T>(
  room: Room,
  id: string,
  look: () => T | undefined | null | false,
  what: string,
  timeoutMs = patience,
): Promise<T> {
  try {
    return await room.slack.until(look, timeoutMs, what)
  } catch (error) {
    throw new Error(`${(error as Error).message}. People see:\n${storyOf(room, id)}`, { cause: error })
  }
}

/** Waits until the card says something. */
export function says(room: Room, id: string, words: RegExp): Promise<string> {
  const found = () => {
    const text = read(room, cardOf(room, id))
    return words.test(text) ? text : undefined
  }
  return until(room, id, found, `the card of ${id} to say ${words}`)
}

export function offers(post: { blocks?: unknown } | undefined, action: string): boolean {
  return JSON.stringify(post?.blocks ?? []).includes(`"action_id":"${action}"`)
}

/** Waits until the card offers a button, or does not any more. */
export function offered(room: Room, id: string, action: string): Promise<Post> {
  const card = () => {
    const post = cardOf(room, id)
    return offers(post, action) ? post : undefined
  }
  return until(room, id, card, `the button ${action} on the card of ${id}`)
}

export async function press(room: Room, id: string, who: string, action: string, options = {}): Promise<Answer> {
  return person(room, who).click(await offered(room, id, action), action, options)
}

/** Presses, and reads the refusal. */
export async function refusedAt(room: Room, id: string, who: string, action: string, options = {}): Promise<string> {
  return told(room, await press(room, id, who, action, options))
}

/** HR and IT sign the card that is there. */
export async function signBoth(room: Room, id: string): Promise<void> {
  await press(room, id, cast.hr, 'sign-hr')
  await press(room, id, cast.it, 'sign-it')
}

/** A form that asks for a few words: by hand, skip, decline. */
export async function withWords(room: Room, id: string, who: string, action: string, words: string): Promise<Answer> {
  const answer = await press(room, id, who, action)
  return person(room, who).submit(await answer.opened(patience), { words })
}

/** Buttons of one step on the card: the block they stand in, and what the card says above them. */
export interface Wish {
  block: string
  actions: string[]
  says: string
}

/** What the card asks people to act on at this moment. */
export function wishes(room: Room, post: Post | undefined): Wish[] {
  const found: Wish[] = []
  let above = ''
  for (const block of post?.blocks ?? []) {
    const shown = read(room, { blocks: [block] })
    const isStep = block.type === 'actions' && block.block_id?.startsWith('step-')
    if (!isStep) above = shown
    else if (block.type === 'actions') {
      const actions = block.elements.flatMap((one) => ('action_id' in one && one.action_id ? [one.action_id] : []))
      found.push({ block: block.block_id ?? '', actions, says: above })
    }
  }
  return found
}

export function isOver(room: Room, id: string): boolean {
  return /^Done( ·|$)/m.test(read(room, cardOf(room, id)))
}

/** Whose task it is does it, as often as the card asks, until the card says that it is done. */
export async function workOff(room: Room, id: string): Promise<void> {
  const handled = new Set<string>()
  for (;;) {
    const look = () => isOver(room, id) || tasksOf(room, id).find((wish) => !handled.has(wish.block))
    const next = await until(room, id, look, `the card of ${id} to ask for something, or to be done`)
    if (next === true) return
    handled.add(next.block)
    const card = cardOf(room, id)
    if (card) await person(room, ownerOf(next)).click(card, 'task-done', { blockId: next.block })
  }
}

export function tasksOf(room: Room, id: string): Wish[] {
  return wishes(room, cardOf(room, id)).filter((wish) => wish.actions.includes('task-done'))
}

export function ownerOf(wish: Wish): string {
  return / · HR\b/.test(wish.says) ? cast.hr : cast.it
}

/** The keys of all that the bot has posted about an offboarding below the card, one entry a message and key. */
export function keysPosted(posts: readonly Post[]): string[] {
  return posts.flatMap((post) => {
    const { key, keys } = post.metadata?.event_payload ?? {}
    if (typeof keys === 'string') return JSON.parse(keys) as string[]
    return typeof key === 'string' ? [key] : []
  })
}

/** How often the result of a step with this title stands in the story: on a line of its own, or among those with nothing found. */
export function timesTold(story: string, title: string): number {
  const literally = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return story.match(new RegExp(`: ${literally}(?= · |; |$)`, 'gm'))?.length ?? 0
}
