/** Plays one offboarding as people would do it: everything they do goes through the pretend Slack. */
import type { Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { tally, timings } from '../offboarding/report.ts'
import { awsRefusal } from './aws/index.ts'
import { cast, employee } from './company.ts'
import { openSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts'
import { type Post, type PretendSlack, renderChannel, renderThread, type View } from './slack/index.ts'

export interface PlayOptions extends SandboxOptions {
  /** A vendor refuses once, a person tries again, another step is attested. */
  trouble?: boolean
  /** Called for each line of `--json`, as it happens. */
  onEvent?: (event: Record<string, unknown>) => void
}

export interface Played {
  offboarding: Offboarding
  /** The thread as people see it. */
  thread: string
  files: { name: string; content: string }[]
}

/** How long a person looks at a card that does not change, ms. */
const patienceMs = 60_000

export async function play(options: PlayOptions = {}): Promise<Played> {
  // These people click ten times as fast as people do, so Slack counts ten times as fast.
  const sandbox = await openSandbox({ activeDirectory: true, slackSpeed: 10, ...options })
  try {
    if (options.trouble) makeTrouble(sandbox)
    tellEvents(sandbox, options.onEvent)
    await ask(sandbox)
    await sign(sandbox)
    await work(sandbox)
    return await closing(sandbox)
  } catch (error) {
    throw new Error(
      `${(error as Error).message}. The channel shows:\n${renderChannel(sandbox.slack, sandbox.channel)}`,
      { cause: error },
    )
  } finally {
    await sandbox.close()
  }
}

const person = (sandbox: Sandbox, email: string) => sandbox.slack.as(employee(email).slackId)

async function ask(sandbox: Sandbox): Promise<void> {
  const { slack } = sandbox
  const manager = person(sandbox, cast.manager)
  await (await manager.slash('/offboard @jo.miller')).opened()
  const ready = () => {
    const view = manager.view()
    return view?.callback_id === 'request' ? view : undefined
  }
  const form: View = await slack.until(ready, patienceMs, 'the request form')
  const answer = await manager.submit(form, {
    when: 'now',
    kind: 'resignation',
    'hand-over': employee(cast.manager).slackId,
    devices: 'lock',
    note: 'Last day today. Customers go to Ada.',
  })
  if (Object.keys(answer.errors).length > 0) throw new Error(`the form was refused: ${JSON.stringify(answer.errors)}`)
}

/** Both look at the same card; neither waits for it to be drawn again. */
async function sign(sandbox: Sandbox): Promise<void> {
  const { slack, channel } = sandbox
  const shown = () => {
    const post = card(slack, channel)
    return offers(post, 'sign-hr') && offers(post, 'sign-it') ? post : undefined
  }
  const post = await slack.until(shown, patienceMs, 'the buttons to sign on the card')
  await person(sandbox, cast.hr).click(post, 'sign-hr')
  await person(sandbox, cast.it).click(post, 'sign-it')
}

function card(slack: PretendSlack, channel: string): Post | undefined {
  return (
    slack.messages(channel).find((message) => JSON.stringify(message.blocks ?? []).includes('actions')) ??
    slack.messages(channel)[0]
  )
}

function offers(post: Post | undefined, action: string): boolean {
  return JSON.stringify(post?.blocks ?? []).includes(`"action_id":"${action}"`)
}

/** Buttons of one step on the card, by the block they stand in. */
interface Choice {
  block: string
  actions: string[]
  title: string
}

function choices(post: Post | undefined): Choice[] {
  const found: Choice[] = []
  let title = ''
  for (const block of (post?.blocks ?? []) as {
    type: string
    block_id?: string
    elements?: { action_id?: string }[]
  }[]) {
    const actions = (block.elements ?? []).flatMap((element) => (element.action_id ? [element.action_id] : []))
    if (block.type === 'actions' && block.block_id?.startsWith('step-'))
      found.push({ block: block.block_id, actions, title })
    else title = JSON.stringify(block)
  }
  return found
}

/** Until it is done, people do what the card asks them to do. */
async function work(sandbox: Sandbox): Promise<void> {
  const { slack, channel } = sandbox
  const handled = new Map<string, string>()
  for (;;) {
    const next = await slack.until(
      () => {
        const post = card(slack, channel)
        if (isOver(sandbox)) return 'over'
        return choices(post).find((one) => asksNow(one) && handled.get(one.block) !== one.actions.join())
      },
      patienceMs,
      'the card to ask for something, or to be done',
    )
    if (next === 'over') return
    handled.set(next.block, next.actions.join())
    // After a second try the card may ask the same again.
    if ((await act(sandbox, next)) === 'tried again') handled.delete(next.block)
  }
}

/** What a system has only queued offers buttons too, for when it takes too long; here nobody is in such a hurry. */
function asksNow(choice: Choice): boolean {
  return choice.actions.includes('task-done') || choice.actions.includes('try-again')
}

function isOver(sandbox: Sandbox): boolean {
  return sandbox
    .bot()
    .ledger.open()
    .every((one) => one.state === 'done')
}

/** What fails is tried again once; what fails again is done by hand. Tasks are done by whom they belong to. */
async function act(sandbox: Sandbox, choice: Choice): Promise<'tried again' | undefined> {
  const { slack, channel } = sandbox
  const post = card(slack, channel)
  if (!post) return undefined
  const it = person(sandbox, cast.it)
  const options = { blockId: choice.block }
  if (choice.actions.includes('task-done')) {
    await finish(sandbox, post, choice)
    return undefined
  }
  if (choice.actions.includes('try-again') && !tried.has(`${sandbox.folder} ${choice.block}`)) {
    tried.add(`${sandbox.folder} ${choice.block}`)
    await it.click(post, 'try-again', options)
    await slack.until(() => triedAgain(sandbox, post, choice), patienceMs, 'the second try')
    return 'tried again'
  }
  const answer = await it.click(post, 'by-hand', options)
  await it.submit(await answer.opened(), { words: 'Done in the admin console, checked with Mei.' })
  return undefined
}

const tried = new Set<string>()

/** The thread tells each attempt's result, a line each. */
function triedAgain({ slack, channel }: Sandbox, post: Post, choice: Choice): boolean {
  const name = /"text":"([^"]+)","style":\{"bold":true\}/.exec(choice.title)?.[1] ?? ''
  const lines = renderThread(slack, channel, post.ts).split('\n')
  return lines.some((line) => line.includes(name) && line.includes('(attempt 2'))
}

async function finish(sandbox: Sandbox, post: Post, choice: Choice): Promise<void> {
  const ofHr = /"HR"| HR /.test(choice.title)
  const who = person(sandbox, ofHr ? cast.hr : cast.it)
  const before = attested(sandbox)
  // With so many clicks Slack sometimes asks for patience, and Latchkey then asks to press again.
  for (let press = 1; press <= 3 && attested(sandbox) === before; press += 1) {
    await who.click(post, 'task-done', { blockId: choice.block })
    await sandbox.slack.until(() => attested(sandbox) > before, 10_000, 'the task to be done').catch(() => undefined)
  }
}

function attested(sandbox: Sandbox): number {
  const runs = sandbox
    .bot()
    .ledger.open()
    .flatMap((one) => Object.values(one.steps))
  return runs.filter((run) => run.ending === 'attested').length
}

async function closing(sandbox: Sandbox): Promise<Played> {
  const { slack, channel } = sandbox
  const [offboarding] = sandbox.bot().ledger.open()
  const post = slack.messages(channel)[0]
  if (!offboarding || !post) throw new Error('there is no card any more')
  const attached = () => slack.thread(channel, post.ts).some((message) => (message.files ?? []).length >= 2)
  await slack.until(attached, patienceMs, 'the report in the thread')
  const files = slack.files().map((file) => ({ name: file.name, content: file.bytes?.toString('utf8') ?? '' }))
  return { offboarding, thread: renderThread(slack, channel, post.ts), files }
}

/** One refusal that a second try gets past, and one that stays. */
function makeTrouble(sandbox: Sandbox): void {
  const { microsoft365, aws } = sandbox.vendors
  const denied = {
    error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' },
  }
  microsoft365.faults.push({
    when: (asked) => asked.method === 'PATCH' && asked.path.includes('/users/'),
    as: { status: 403, body: denied },
  })
  aws.faults.push({
    when: (asked) => (asked.body as { Action?: string } | null)?.Action === 'UpdateSSHPublicKey',
    times: 1_000,
    as: awsRefusal(403, 'AccessDenied', 'User is not authorized to perform: iam:UpdateSSHPublicKey'),
  })
}

function tellEvents(sandbox: Sandbox, tell: PlayOptions['onEvent']): void {
  if (!tell) return
  sandbox.bot().ledger.onChange((one, event) => {
    if (event.type !== 'step-ended' && event.type !== 'attested' && event.type !== 'skipped') return
    const run = one.steps[event.step]
    if (run) tell(stepEvent(run))
  })
}

export function stepEvent(run: StepRun): Record<string, unknown> {
  const { connector, step, area, phase } = run.plan
  const ms = run.ms ?? (run.endedAt && run.waitingSince ? Date.parse(run.endedAt) - Date.parse(run.waitingSince) : 0)
  return {
    type: 'step',
    connector,
    step,
    realm: run.plan.realm,
    area,
    phase,
    ending: run.ending,
    findings: run.findings.length,
    fact: run.fact,
    ms,
  }
}

export function doneEvent(one: Offboarding): Record<string, unknown> {
  const { verified, acknowledged, attested, skipped, failed, unknown, findings } = tally(one)
  const { containedMs, totalMs } = timings(one)
  return {
    type: 'done',
    offboarding: one.id,
    verified,
    acknowledged,
    attested,
    skipped,
    failed,
    unknown,
    findings,
    containedMs,
    totalMs,
  }
}
