/** The whole job by hand, over the page's own API: from `/offboard` to the report; and what each persona sees of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Seen } from '../../../src/sandbox/page/shapes.ts'
import {
  ask,
  button,
  card,
  type Desk,
  form,
  general,
  modal,
  offboardingRoom,
  openDesk,
  press,
  room,
  sees,
  who,
} from './page-support.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk({ tasks: [{ title: 'Final pay', area: 'records', owner: 'hr', due: '3d' }] })
  await desk.vendors()
})
afterAll(() => desk.close())

const reports = (seen: Seen) => room(seen, offboardingRoom).messages.flatMap((one) => one.files ?? [])

describe('one offboarding', () => {
  test('a form that lacks something stays open, with the sentence under the field', async () => {
    const line = '/offboard @jo.miller'
    const done = await desk.act(who.manager, { do: 'command', conversation: general, line })
    expect(done).toMatchObject({ ok: true })
    const view = await form(desk, who.manager)
    expect(JSON.stringify(view.blocks)).toContain('Jo Miller')
    const refused = await desk.act(who.manager, { do: 'submit', view: view.id, values: { kind: 'resignation' } })
    expect(refused).toMatchObject({ ok: false, errors: { when: expect.stringMatching(/\w/) } })
    const [still] = (await desk.seen(who.manager)).modals
    expect(still).toMatchObject({ id: view.id, errors: refused.errors })
    // What was chosen before is still chosen.
    expect(JSON.stringify(still?.state.kind)).toContain('resignation')
    const past = { when: 'at', 'time-date': '2020-01-01', 'time-time': '09:00' }
    const fields = new Set(still?.blocks.map((block) => block.block_id))
    const values = Object.fromEntries(Object.entries(past).filter(([name]) => fields.has(name)))
    expect(await desk.act(who.manager, { do: 'submit', view: view.id, values })).toMatchObject({ ok: false })
    expect(await desk.act(who.manager, { do: 'close', view: view.id })).toMatchObject({ ok: true })
    expect((await desk.seen(who.manager)).modals).toEqual([])
  })

  test('asked for, it stands as a card where HR and IT see it, and nobody else', async () => {
    expect(await ask(desk)).toMatchObject({ ok: true })
    const on = await sees(desk, who.hr, (seen) => button(seen, offboardingRoom, 'sign-hr'))
    const hr = await desk.seen(who.hr)
    expect(room(hr, offboardingRoom)).toMatchObject({ kind: 'private', unread: 1 })
    expect(card(hr)?.text).toContain('Jo Miller')
    for (const persona of [who.manager, who.other, who.leaver, who.guest]) {
      const seen = await desk.seen(persona)
      expect(seen.conversations.map((one) => one.id)).not.toContain(offboardingRoom)
      expect(await desk.act(persona, { do: 'click', ...on })).toMatchObject({
        ok: false,
        shown: expect.stringContaining('is not in'),
      })
    }
  })

  test('the leaver and a guest see not a word of it', async () => {
    for (const persona of [who.leaver, who.guest, who.other]) {
      const seen = await desk.seen(persona)
      expect(seen.conversations.flatMap((one) => one.messages)).toEqual([])
      expect([...seen.whispers, ...seen.modals]).toEqual([])
    }
    const guest = await desk.seen(who.guest)
    expect(guest.conversations.filter((one) => one.kind === 'public').map((one) => one.name)).toEqual([
      'partner-launch',
    ])
    expect(guest.knows).not.toContain(who.hr)
    expect(guest.knows).toContain(who.manager)
  })

  test('it is signed by two, and each system gives back what it held', async () => {
    const before = (await desk.vendors()).vendors.find((one) => one.use === 'zoom')
    expect(before).toMatchObject({ title: 'Zoom', temper: 'normal', held: 11, heldBefore: 11 })
    await press(desk, who.hr, 'sign-hr')
    await press(desk, who.it, 'sign-it')
    await press(desk, who.hr, 'task-done')
    await sees(desk, who.it, (seen) => reports(seen).length >= 2)
    const after = (await desk.vendors()).vendors.find((one) => one.use === 'zoom')
    expect(after?.held).toBeLessThan(before?.held ?? 0)
    expect(after?.rows.find((row) => row.what === 'Account')).toMatchObject({
      before: { state: 'active', held: true },
      now: { state: 'inactive', held: false },
    })
    expect(after?.rows.find((row) => row.what.startsWith('Assistant of'))?.now).toBeUndefined()
  })

  test('the report can be fetched by those who see it, and by nobody else', async () => {
    const files = reports(await desk.seen(who.it))
    const html = files.find((one) => one.name.endsWith('.html'))
    const got = await fetch(new URL(html?.url ?? '', desk.url))
    expect(got.headers.get('content-disposition')).toContain('attachment')
    const bytes = await got.arrayBuffer()
    expect(bytes.byteLength).toBe(html?.size)
    expect(Buffer.from(bytes).toString()).toContain('Jo Miller')
    for (const persona of [who.leaver, who.guest, who.manager]) {
      const url = new URL((html?.url ?? '').replace(who.it, persona), desk.url)
      expect((await fetch(url)).status).toBe(404)
    }
  })

  test('who asked was told by direct message, and it is unread until they look', async () => {
    const app = `D${who.manager.slice(1)}`
    const told = await sees(desk, who.manager, (seen) => room(seen, app).messages.length > 0 && room(seen, app))
    expect(told).toMatchObject({ kind: 'app', name: 'Latchkey', readOnly: true })
    expect(told.mentions).toBe(told.unread)
    expect(told.unread).toBeGreaterThan(0)
    await desk.act(who.manager, { do: 'read', conversation: app })
    expect(room(await desk.seen(who.manager), app)).toMatchObject({ unread: 0, mentions: 0 })
    const written = await desk.act(who.manager, { do: 'write', conversation: app, text: 'thanks' })
    expect(written).toMatchObject({ ok: false, shown: 'Sending messages to this app has been turned off.' })
  })

  test('only what changed comes again', async () => {
    const { version } = await desk.seen(who.it)
    const idle = await desk.seen(who.it, version)
    expect(idle.conversations.flatMap((one) => one.messages)).toEqual([])
    expect(room(idle, offboardingRoom).order.length).toBeGreaterThan(1)
    await desk.act(who.hr, { do: 'write', conversation: offboardingRoom, text: 'thank you @ivo.novak' })
    const news = await desk.seen(who.it, version)
    const messages = room(news, offboardingRoom).messages
    expect(messages).toMatchObject([{ user: who.hr, text: `thank you <@${who.it}|ivo.novak>`, v: news.version }])
    expect(room(news, offboardingRoom).mentions).toBeGreaterThan(0)
  })
})

describe('the other gestures', () => {
  test('the home tab is there once it was opened', async () => {
    expect((await desk.seen(who.it)).home).toBeUndefined()
    expect(await desk.act(who.it, { do: 'home' })).toMatchObject({ ok: true })
    const home = await sees(desk, who.it, (seen) => seen.home)
    expect(home.blocks.length).toBeGreaterThan(1)
  })

  test('the shortcut opens a picker, and who is chosen there is asked about', async () => {
    expect(await desk.act(who.hr, { do: 'shortcut', shortcut: 'offboard' })).toMatchObject({ ok: true })
    const picker = await modal(desk, who.hr, (one) => one.submit !== null)
    const field = picker.blocks.find((block) => JSON.stringify(block).includes('users_select'))?.block_id ?? ''
    const lena = await desk.act(who.hr, { do: 'submit', view: picker.id, values: { [field]: who.other } })
    expect(lena).toMatchObject({ ok: true })
    const filled = await form(desk, who.hr)
    expect(JSON.stringify(filled.blocks)).toContain('Lena Fischer')
    await desk.act(who.hr, { do: 'close', view: filled.id })
  })

  test('a message that only one person sees is there until they put it away or reload', async () => {
    const help = { do: 'command', conversation: general, line: '/offboard help' } as const
    await desk.act(who.other, help)
    const [whisper] = await sees(desk, who.other, (seen) => seen.whispers.length > 0 && seen.whispers)
    expect(whisper).toMatchObject({ conversation: general })
    expect((await desk.seen(who.it)).whispers).toEqual([])
    await desk.act(who.other, { do: 'dismiss', ts: whisper?.ts ?? '' })
    expect((await desk.seen(who.other)).whispers).toEqual([])
    await desk.act(who.other, help)
    await sees(desk, who.other, (seen) => seen.whispers.length > 0)
    await desk.act(who.other, { do: 'reload' })
    expect((await desk.seen(who.other)).whispers).toEqual([])
  })

  test('whoever is deactivated is signed out', async () => {
    await desk.room().sandbox.slack.admin.changePerson(who.other, { deleted: true })
    const seen = await desk.seen(who.other)
    expect(seen).toMatchObject({ signedOut: true, conversations: [], whispers: [], modals: [] })
    expect(seen.home).toBeUndefined()
    const written = { do: 'write', conversation: general, text: 'still here' } as const
    expect(await desk.act(who.other, written)).toMatchObject({ ok: false })
    const { people } = await desk.start()
    expect(people.find((one) => one.id === who.other)).toMatchObject({ gone: true })
  })

  test('every persona is somebody in the workspace, and the commands are those of the manifest', async () => {
    const { personas, people, commands, shortcuts, mode } = await desk.start()
    expect(personas.map((one) => one.part)).toEqual([
      'requester',
      'hr',
      'it',
      'hr-substitute',
      'it-substitute',
      'employee',
      'leaver',
      'guest',
    ])
    for (const { id, name } of personas) expect(people.find((one) => one.id === id)?.name).toBe(name)
    expect(commands).toMatchObject([{ command: '/offboard', hint: expect.stringContaining('@person') }])
    expect(shortcuts).toMatchObject([{ id: 'offboard', type: 'global' }])
    expect(mode).toBe('socket')
  })
})
