import { afterEach, describe, expect, test } from 'vitest'
import { latest } from '../../src/offboarding/give-back.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import type { Report } from '../../src/offboarding/report.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { View } from '../../src/sandbox/slack/index.ts'
import { bed, holdings, orders, recorded } from '../support/story-bed.ts'
import {
  ask,
  cardOf,
  formFor,
  keysPosted,
  offers,
  patience,
  person,
  press,
  read,
  refusedAt,
  says,
  signBoth,
  storyOf,
  threadOf,
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

const minutes = 180_000

/** Jo is offboarded, and `held` says what Jo had before. */
async function offboarded(options: SandboxOptions = {}) {
  const box = await bed(options)
  open = box
  const held = memberships(box)
  const id = await ask(box, cast.manager, '/offboard @jo.miller')
  await signBoth(box, id)
  await workOff(box, id)
  return { box, id, held }
}

/** What the vendors say that Jo is a member of, and as what. */
function memberships({ vendors }: Sandbox): unknown {
  const google = vendors.google.world.truth()
  const jo = google.users.find((user) => user.primaryEmail === cast.leaver)
  const groups = google.members.filter((member) => member.user === jo?.id).map((one) => JSON.stringify(one))
  const aws = Object.values(vendors.aws.world.truth().accounts).map(({ users }) => {
    const user = users.find(({ name }) => name.startsWith('jo.miller'))
    return { groups: user?.groups.toSorted(), inline: user?.inline, boundary: user?.boundary, keys: user?.accessKeys }
  })
  return structuredClone({ suspended: jo?.suspended, groups: groups.sort(), aws })
}

async function form(box: Sandbox, who: string, line: string): Promise<View> {
  const asker = person(box, who)
  await (await asker.slash(line)).opened(patience)
  const filled = () => {
    const view = asker.view()
    return view?.callback_id === 'give-back' ? view : undefined
  }
  return box.slack.until(filled, patience, `the form for ${line}`)
}

/** Opens the form, leaves everything chosen, and sends it; answers with what it said. */
async function askBack(box: Sandbox, who: string, line: string): Promise<string> {
  const view = await form(box, who, line)
  const words = read(box, view as never)
  const { errors } = await person(box, who).submit(view, { words: 'Jo stays.' })
  expect(errors).toEqual({})
  await box.slack.until(() => /is asked for/.test(read(box, person(box, who).view() as never)), patience, 'the words')
  await person(box, who).close()
  return words
}

async function heard(box: Sandbox, who: string, words: RegExp): Promise<string> {
  const news = () => box.slack.dms(employee(who).slackId).map((post) => `${post.text}\n${read(box, post)}`)
  return box.slack.until(() => news().find((one) => words.test(one)), minutes, `${who} to hear ${words}`)
}

/** Typed, and answered in the modal that opens. */
async function refusedFor(box: Sandbox, who: string, line: string): Promise<string> {
  await (await person(box, who).slash(line)).opened(patience)
  const words = () => {
    const view = person(box, who).view()
    const said = view ? read(box, view as never) : ''
    return said && !said.includes('One moment') ? said : undefined
  }
  const said = await box.slack.until(words, patience, `an answer to ${line}`)
  await person(box, who).close()
  return said
}

const backIs = (state: string) => (one: Offboarding) => latest(one)?.state === state

describe('what an offboarding took', { timeout: minutes }, () => {
  test('is given back with two signatures, read back from the systems, and told to whom it concerns', async () => {
    const { box, id, held } = await offboarded()
    expect(memberships(box)).not.toEqual(held)
    const words = await askBack(box, cast.hrSubstitute, '/offboard undo @jo.miller')
    expect(words).toMatch(/never run: AWS \(111122223333\): Delete the IAM user/)
    expect(words).toMatch(/Replace the password .*: nobody knows the old password/)
    expect(words).toMatch(/Take back the laptop: done by hand by Ivo Novak/)
    const before = orders(box)
    const home = () => JSON.stringify(person(box, cast.hr).visible().home ?? '')
    await person(box, cast.hr).openHome()
    await box.slack.until(() => home().includes('sign giving back for HR'), minutes, 'Home to say so')
    expect(await refusedAt(box, id, cast.hrSubstitute, 'give-back-sign-hr')).toMatch(/You asked for this/)
    expect(await refusedAt(box, id, cast.hr, 'give-back-sign-it')).toMatch(/Only IT approvers/)
    await press(box, id, cast.hr, 'give-back-sign-hr')
    expect(await refusedFor(box, cast.it, `/offboard undo ${id}`)).toMatch(/Bruno Costa has asked for that already/)
    await recorded(box, id, (one) => latest(one)?.signOffs.hr !== undefined)
    expect(orders(box)).toEqual(before)
    await press(box, id, cast.it, 'give-back-sign-it')
    const one = await recorded(box, id, backIs('done'))
    expect(memberships(box)).toEqual(held)
    await told(box, one)
    await evidence(box, one)
  })

  test('is given back all the same when the bot is restarted meanwhile, and each thing once', async () => {
    const { box, id, held } = await offboarded({
      systems: ['google-workspace'],
      settling: { inFlight: 4000 },
      patience: { attemptTimeoutMs: 3500 },
    })
    await askBack(box, cast.hrSubstitute, `/offboard undo ${id}`)
    await press(box, id, cast.hr, 'give-back-sign-hr')
    await press(box, id, cast.it, 'give-back-sign-it')
    await recorded(box, id, (one) => Object.values(latest(one)?.steps ?? {}).some((run) => run.ending === 'verified'))
    await box.restart()
    expect(latest(box.bot().ledger.get(id)!)?.state).toBe('running')
    await recorded(box, id, backIs('done'))
    expect(memberships(box)).toEqual(held)
    const history = (await box.bot().ledger.history(id)) ?? []
    const ends = history.flatMap((event) => (event.type === 'give-back-ended' ? [event.stepKey] : []))
    expect(new Set(ends).size).toBe(ends.length)
  })

  test('stays taken where that is declined, and nobody without a role or in the middle of it can ask', async () => {
    const box = await bed({ systems: ['google-workspace'] })
    open = box
    const id = await ask(box, cast.manager, '/offboard @jo.miller')
    expect(await refusedFor(box, cast.hr, `/offboard undo ${id}`)).toMatch(/Nothing was taken away yet/)
    await signBoth(box, id)
    await recorded(box, id, ({ state }) => state === 'running')
    expect(await refusedFor(box, cast.hr, `/offboard undo ${id}`)).toMatch(/still running/)
    await workOff(box, id)
    const held = holdings(box)
    expect(await refusedFor(box, cast.manager, `/offboard undo ${id}`)).toMatch(/Only HR and IT/)
    expect(await refusedFor(box, cast.leaver, `/offboard undo ${id}`)).toMatch(/no offboarding .* that you can see/)
    await askBack(box, cast.hr, `/offboard undo ${id}`)
    await withWords(box, id, cast.it, 'give-back-decline', 'Jo left for good.')
    await recorded(box, id, backIs('declined'))
    expect(await heard(box, cast.hr, /Giving back was declined/)).toMatch(/Ivo Novak: Jo left for good/)
    expect(await says(box, id, /Giving back was declined/)).not.toMatch(/Sign giving back/)
    expect(holdings(box)).toEqual(held)
    expect(offers(cardOf(box, id), 'give-back')).toBe(true)
    expect((await formFor(box, cast.manager, '/offboard @jo.miller')).callback_id).toBe('request')
  })
})

/** On the card, in the thread each once, to the requester in person; never to the leaver. */
async function told(box: Sandbox, one: Offboarding): Promise<void> {
  const all = Object.values(latest(one)?.steps ?? {}).flatMap((run) => run.findings).length
  const ending = `Given back: ${all} of ${all} given back and read back`
  await says(box, one.id, new RegExp(ending))
  await box.slack.until(() => storyOf(box, one.id).split(`${all} of ${all} given back`).length > 2, minutes, 'the end')
  expect(await heard(box, cast.manager, /is given back/)).toContain(`${all} of ${all} given back and read back`)
  const keys = keysPosted(threadOf(box, one.id))
  expect(new Set(keys).size).toBe(keys.length)
  const results = keys.filter((key) => /^back\/1\/.*\/verified$/.test(key))
  expect(results).toHaveLength(Object.keys(latest(one)?.steps ?? {}).length)
  expect(storyOf(box, one.id)).toMatch(/Delete the IAM user · skipped by @Ivo Novak: called off/)
  expect(one.steps['aws/delete-user@111122223333']).toMatchObject({ state: 'ended', ending: 'skipped' })
  expect(await type(box, cast.leaver, '/offboard list')).toMatch(/No offboarding is open/)
  expect(person(box, cast.leaver).visible().direct).toEqual([])
}

/** The second report says what was given back, and is signed as the first one is. */
async function evidence(box: Sandbox, one: Offboarding): Promise<void> {
  const files = () => box.slack.files().filter(({ name }) => name === `${one.id}.json`)
  await box.slack.until(() => files().length === 2 && files().every((file) => file.bytes), minutes, 'a second report')
  const given = (file: { bytes?: Buffer | undefined }) => (JSON.parse(String(file.bytes)) as Report).givenBack
  const last = files().find((file) => given(file)?.[0]?.state === 'done')
  expect(given(last!)?.[0]).toMatchObject({ state: 'done', by: { name: 'Bruno Costa' }, reason: 'Jo stays.' })
  expect(given(last!)?.[0]?.signOffs.map(({ by }) => by.name)).toEqual(['Hana Sato', 'Ivo Novak'])
  const posted = threadOf(box, one.id).find((post) => post.metadata?.event_payload?.key === 'anchor')
  const key = String(posted?.metadata?.event_payload.signing_key)
  expect(verifierSays(last?.bytes ?? Buffer.alloc(0), last?.name, key)).toMatchObject({ code: 0 })
  const pages = box.slack.files().filter(({ name }) => name === `${one.id}.html`)
  expect(pages.some((file) => /Given back \(1\)[\s\S]*read back/.test(String(file.bytes)))).toBe(true)
}
