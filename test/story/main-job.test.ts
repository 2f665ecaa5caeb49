import { afterEach, describe, expect, test } from 'vitest'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { endedWell } from '../../src/offboarding/order.ts'
import type { Report } from '../../src/offboarding/report.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { realDisk } from '../../src/store/disk.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { bed, holdings, orders, recorded } from '../support/story-bed.ts'
import {
  ask,
  cardOf,
  keysPosted,
  offers,
  person,
  press,
  read,
  says,
  signBoth,
  storyOf,
  threadOf,
  timesTold,
  type,
  withWords,
  workOff,
} from '../support/story-people.ts'
import { verifierSays } from '../support/verifier.ts'

let open: Sandbox | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  open = await bed(options)
  return open
}

const minutes = 180_000
const idOf = (email: string) => employee(email).slackId

/** What the bot told somebody in person, oldest first. */
function news(box: Sandbox, who: string): string[] {
  return box.slack.dms(idOf(who)).map((post) => `${post.text}\n${read(box, post)}`)
}

async function heard(box: Sandbox, who: string, words: RegExp): Promise<string> {
  const found = () => news(box, who).find((one) => words.test(one))
  return box.slack.until(found, minutes, `${who} to hear ${words}`)
}

async function health(box: Sandbox, path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${box.bot().slack.port()}${path}`)
  return { status: answer.status, body: await answer.json() }
}

/** Everything that somebody of HR or IT reads about what was found and done. */
function findingWords(one: Offboarding): string[] {
  const runs = Object.values(one.steps).filter((run) => !run.plan.task)
  const words = runs.flatMap((run) => [run.plan.title, ...run.findings.map((finding) => finding.label)])
  const { name, emails } = one.leaver
  return [...new Set(words)].filter((word) => ![name, ...emails].includes(word))
}

/** Asks every way there is, and learns nothing. */
async function seesNothing(box: Sandbox, who: string, one: Offboarding): Promise<void> {
  const curious = person(box, who)
  await curious.openHome()
  await box.slack.until(() => curious.visible().home, minutes, 'a home tab')
  expect(await type(box, who, '/offboard list')).toMatch(/No offboarding is open/)
  expect(await type(box, who, '/offboard status')).toMatch(/No offboarding is open/)
  expect(await type(box, who, `/offboard status ${one.id}`)).toMatch(/no offboarding .* that you can see/)
  expect(await type(box, who, `/offboard report ${one.id}`)).toMatch(/no offboarding .* that you can see/)
  curious.reload()
  const seen = curious.visible()
  expect(seen.direct).toEqual([])
  expect(seen.views).toEqual([])
  expect(seen.channels.flatMap((channel) => channel.messages)).toEqual([])
  for (const word of [one.id, one.leaver.name, 'Hana Sato', 'HR', ...findingWords(one)])
    expect(curious.sees(word), word).toBe(false)
}

describe.each(['socket', 'http'] as const)('an offboarding over %s', (mode) => {
  test('goes from the command to the report, and each sees what is theirs to see', { timeout: minutes }, async () => {
    const box = await start({ mode })
    expect(await health(box, '/healthz')).toMatchObject({ status: 200, body: { live: true } })
    expect(await health(box, '/readyz')).toMatchObject({ status: 200, body: { ready: true } })
    expect(await type(box, cast.manager, '/offboard help')).toMatch(/\/offboard @person[\s\S]*\/offboard status/)
    const id = await ask(box, cast.manager, '/offboard @jo.miller', { 'hand-over': idOf(cast.manager) })
    expect(await type(box, cast.manager, '/offboard status')).toMatch(/Waiting for sign-off[\s\S]*HR: not signed/)
    await signBoth(box, id)
    await workOff(box, id)
    await box.slack.until(() => box.slack.files().length >= 2, minutes, 'the report in the thread')
    const told = await heard(box, cast.manager, /you asked for is done/)
    const one = await recorded(box, id, ({ state }) => state === 'done')
    thread(box, one)
    await files(box, one)
    await evidence(box, one)
    expect(told).toMatch(/\d+ of \d+ verified/)
    const heads = news(box, cast.manager).map((one) => one.split('\n')[0])
    for (const words of [/request is in/, /HR signed/, /IT signed/, /has started/, /handed over/, /is done/])
      expect(
        heads.filter((head) => words.test(head ?? '')),
        String(words),
      ).toHaveLength(1)
    expect(heads[0]).toMatch(/request is in/)
    for (const word of findingWords(one)) expect(person(box, cast.manager).sees(word), word).toBe(false)
    expect(await type(box, cast.manager, `/offboard status ${id}`)).toMatch(/Done/)
    expect(await type(box, cast.manager, `/offboard report ${id}`)).toMatch(/only HR and IT get it/)
    await seesNothing(box, cast.leaver, one)
    await seesNothing(box, cast.namesake, one)
  })
})

/** Every step's result stands once below the one card. */
function thread(box: Sandbox, one: Offboarding): void {
  const ended = Object.values(one.steps).filter((run) => run.state === 'ended')
  expect(ended.every(endedWell)).toBe(true)
  const keys = keysPosted(threadOf(box, one.id))
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.filter((key) => key.startsWith('step/'))).toHaveLength(ended.length)
  const story = storyOf(box, one.id)
  for (const { plan } of ended) {
    const same = ended.filter((run) => run.plan.title === plan.title).length
    expect(timesTold(story, plan.title), plan.title).toBe(same)
  }
  expect(box.slack.messages(box.channel)).toHaveLength(1)
}

/** The report for machines and the page for people say the same as the record. */
async function files(box: Sandbox, one: Offboarding): Promise<void> {
  const made = (kind: string) => box.slack.files().find((file) => file.name === `${one.id}.${kind}`)
  // Slack shares a file a moment after it took it.
  const shared = () => ['json', 'html'].every((kind) => (made(kind)?.shares.length ?? 0) > 0)
  await box.slack.until(shared, 30_000, 'both files in the thread')
  const [json, html] = [made('json'), made('html')]
  for (const file of [json, html])
    expect(file?.shares.map((share) => share.thread_ts)).toEqual([cardOf(box, one.id)?.ts])
  const report = JSON.parse(json?.bytes?.toString() ?? '') as Report
  const page = html?.bytes?.toString() ?? ''
  const runs = Object.values(one.steps)
  const steps = report.areas.flatMap((area) => area.steps)
  expect(steps.map((step) => step.key).sort()).toEqual(runs.map((run) => run.key).sort())
  for (const step of steps)
    expect([step.state, step.ending]).toEqual([one.steps[step.key]?.state, one.steps[step.key]?.ending])
  expect(report.signOffs.map((signed) => [signed.role, signed.by.name])).toEqual([
    ['hr', 'Hana Sato'],
    ['it', 'Ivo Novak'],
  ])
  expect(report.state).toBe('done')
  const { verified, steps: all, later } = report.counts
  expect(verified).toBe(runs.filter((run) => run.ending === 'verified').length)
  expect(page).toContain(`${verified} of ${all - later} steps verified`)
  expect(storyOf(box, one.id)).toContain(`${verified} of ${all - later} verified`)
  for (const words of ['Jo Miller', 'Hana Sato', 'Ivo Novak', one.id]) expect(page).toContain(words)
  for (const step of steps) expect(page, step.key).toContain(step.title.replaceAll('&', '&amp;'))
}

/** What lies in Slack is proof by itself, and is found again in the record on the host. */
async function evidence(box: Sandbox, one: Offboarding): Promise<void> {
  const posted = threadOf(box, one.id).find((post) => post.metadata?.event_payload?.key === 'anchor')
  const { seq, hash, signing_key: key } = posted?.metadata?.event_payload ?? {}
  for (const kind of ['json', 'html']) {
    const file = box.slack.files().find(({ name }) => name === `${one.id}.${kind}`)
    expect(verifierSays(file?.bytes ?? Buffer.alloc(0), file?.name, String(key))).toMatchObject({ code: 0 })
  }
  const entries = new Map<number, string>()
  const { bad } = await verifyJournal(box.folder, realDisk, (entry) => entries.set(entry.seq, entry.hash))
  expect(bad).toBeUndefined()
  expect(entries.get(Number(seq))).toBe(hash)
}

describe('an offboarding that is interrupted', { timeout: minutes }, () => {
  test('by a restart goes on where it was', async () => {
    // What was on its way when the bot stopped is waited for, in full: here that shall not take half a minute.
    const box = await start({ settling: { inFlight: 6000 }, patience: { attemptTimeoutMs: 5000 } })
    const id = await ask(box, cast.hr, '/offboard @lena.fischer')
    await press(box, id, cast.hrSubstitute, 'sign-hr')
    await press(box, id, cast.it, 'sign-it')
    await recorded(box, id, ({ steps }) => Object.values(steps).some((run) => run.ending === 'verified'))
    await box.restart()
    const before = box.bot().ledger.get(id)
    expect(Object.values(before?.steps ?? {}).some((run) => run.state !== 'ended')).toBe(true)
    await workOff(box, id)
    const one = await recorded(box, id, ({ state }) => state === 'done')
    const history = (await box.bot().ledger.history(id)) ?? []
    const ends = history.flatMap((event) => (event.type === 'step-ended' ? [event.step] : []))
    expect(new Set(ends).size).toBe(ends.length)
    await box.slack.until(() => box.slack.files().length >= 2, minutes, 'the report in the thread')
    thread(box, one)
  })

  test('by a restart before it is signed can still be signed', async () => {
    const box = await start()
    const id = await ask(box, cast.hr, '/offboard @omar.haddad', { systems: ['manual'] })
    await press(box, id, cast.hrSubstitute, 'sign-hr')
    await recorded(box, id, ({ signOffs }) => signOffs.hr !== undefined)
    await box.restart()
    await press(box, id, cast.it, 'sign-it')
    await workOff(box, id)
    expect(box.slack.messages(box.channel)).toHaveLength(1)
  })
})

describe('an offboarding that is not to be', { timeout: minutes }, () => {
  test('is withdrawn by who asked, or declined with a reason that they read; nothing is done', async () => {
    const box = await start()
    const held = holdings(box)
    const first = await ask(box, cast.manager, '/offboard @jo.miller')
    await press(box, first, cast.hr, 'sign-hr')
    await recorded(box, first, ({ signOffs }) => signOffs.hr !== undefined)
    expect(await type(box, cast.manager, `/offboard cancel ${first}`)).toMatch(/is withdrawn. Nothing was done/)
    await heard(box, cast.manager, /was withdrawn[\s\S]*Nothing was done/)
    expect(await says(box, first, /^Withdrawn/m)).not.toMatch(/Sign off for/)
    const second = await ask(box, cast.manager, '/offboard @jo.miller')
    await withWords(box, second, cast.it, 'decline', 'Jo moves to another team.')
    expect(await heard(box, cast.manager, /was declined/)).toMatch(
      /Ivo Novak: Jo moves to another team\.[\s\S]*Nothing was done/,
    )
    expect(await says(box, second, /^Declined/m)).not.toMatch(/Sign off for/)
    await box.slack.until(() => /Declined by/.test(storyOf(box, second)), minutes, 'the reason in the thread')
    expect(orders(box)).toEqual([])
    expect(holdings(box)).toEqual(held)
  })

  test('is reminded of, and expires unsigned', async () => {
    const box = await start({ policy: { remindEvery: 1500, signOffWithin: 7000 } })
    const id = await ask(box, cast.manager, '/offboard @jo.miller')
    await press(box, id, cast.hr, 'sign-hr')
    const called = () => /Still waits for sign-off by IT, until/.test(storyOf(box, id))
    await box.slack.until(called, minutes, 'a reminder in the thread')
    expect(storyOf(box, id)).toContain('@it-approvers')
    await recorded(box, id, ({ state }) => state === 'expired')
    await heard(box, cast.manager, /was not signed in time[\s\S]*Nothing was done/)
    expect(await says(box, id, /^Expired/m)).toMatch(/nothing was done/)
    expect(offers(cardOf(box, id), 'sign-it')).toBe(false)
    expect(orders(box)).toEqual([])
    const keys = keysPosted(threadOf(box, id))
    expect(new Set(keys).size).toBe(keys.length)
  })
})
