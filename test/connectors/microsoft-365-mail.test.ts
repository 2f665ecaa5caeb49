import { afterEach, describe, expect, it } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { idOf } from '../../src/sandbox/microsoft-365/index.ts'
import { type Circumstances, closeWorlds, leaverId, leaverOf, openWorld, taskOf, user } from './microsoft-365-world.ts'

afterEach(closeWorlds)

const nobody: Circumstances = { handOverTo: null }

describe('mail', () => {
  it('is answered with the words of the form, or with neutral ones that name the receiver', async () => {
    const world = await openWorld()
    const setting = () => world.tenant.mailboxes[leaverId]?.settings.automaticRepliesSetting
    await world.apply('auto-reply', [await world.only('auto-reply')])
    expect(JSON.stringify(setting())).toContain(
      'Jo Miller no longer works here. Please write to Ada Okafor (ada.okafor@example.com) instead.',
    )
    expect(await world.only('auto-reply')).toMatchObject({ state: 'done' })
    const own: Circumstances = { choices: { autoReply: 'Gone <fishing> & well\nAsk "sales"' } }
    expect(await world.only('auto-reply', own)).toMatchObject({ state: 'open' })
    await world.apply('auto-reply', [await world.only('auto-reply', own)], own)
    expect(await world.only('auto-reply', own)).toMatchObject({ state: 'done' })
  })

  it('is not answered yet where our words stand there, but switched off or for colleagues only', async () => {
    const world = await openWorld()
    await world.apply('auto-reply', [await world.only('auto-reply')])
    const setting = world.tenant.mailboxes[leaverId]?.settings.automaticRepliesSetting as Record<string, unknown>
    for (const change of [{ status: 'disabled' }, { status: 'alwaysEnabled', externalAudience: 'none' }]) {
      Object.assign(setting, change)
      expect(await world.only('auto-reply')).toMatchObject({ state: 'open' })
    }
  })

  it('is answered also where the leaver left an answer that takes long to read for one who looks twice', async () => {
    const world = await openWorld()
    const settings = world.tenant.mailboxes[leaverId]?.settings ?? {}
    for (const text of ['<'.repeat(300_000), '<head>'.repeat(200_000)]) {
      const hostile = { status: 'alwaysEnabled', externalAudience: 'all', externalReplyMessage: text }
      Object.assign(settings, { automaticRepliesSetting: { ...hostile, internalReplyMessage: text } })
      expect(await world.only('auto-reply')).toMatchObject({ state: 'open' })
    }
  })

  it('gets its old answer back by undo', async () => {
    const world = await openWorld()
    const old = {
      status: 'scheduled',
      externalAudience: 'none',
      internalReplyMessage: 'On leave',
      externalReplyMessage: '',
    }
    Object.assign(world.tenant.mailboxes[leaverId]?.settings ?? {}, { automaticRepliesSetting: old })
    const finding = await world.only('auto-reply')
    await world.apply('auto-reply', [finding])
    await world.undo('auto-reply', [finding])
    const now = JSON.stringify(world.tenant.mailboxes[leaverId]?.settings)
    expect(now).toContain('"status":"scheduled"')
    expect(now).toContain('On leave')
  })

  it('no longer leaves by inbox rules, and what leaves the company is named', async () => {
    const world = await openWorld()
    const findings = await world.find('inbox-rules')
    expect(findings.map((one) => one.fact)).toEqual([
      'sends mail to jo@home.example.org (outside)',
      'sends mail to lena.fischer@example.com',
      'sends mail to jo.m@mail.example.net (outside)',
    ])
    await world.apply('inbox-rules', findings)
    expect(world.tenant.mailboxes[leaverId]?.rules.map((one) => one.displayName)).toEqual(['Newsletters'])
    await world.undo('inbox-rules', findings.slice(0, 1))
    expect(world.tenant.mailboxes[leaverId]?.rules.map((one) => one.displayName)).toEqual(['Newsletters', 'Copy home'])
  })

  it('has read-only rules that only Exchange removes', async () => {
    const world = await openWorld()
    for (const rule of world.tenant.mailboxes[leaverId]?.rules ?? []) rule.isReadOnly = true
    const [finding] = await world.find('inbox-rules')
    expect(finding).toMatchObject({ state: 'blocked' })
    expect(finding?.fact).toContain("Remove-InboxRule -Mailbox 'jo.miller@example.com' -Identity 'Copy home'")
  })

  it('without a mailbox asks for nothing, of nobody', async () => {
    const world = await openWorld()
    delete world.tenant.mailboxes[leaverId]
    for (const step of ['auto-reply', 'inbox-rules', 'address-lists']) expect(await world.find(step), step).toEqual([])
    const at = await world.at()
    for (const task of ['convert-mailbox', 'mailbox-access', 'calendar-events', 'mail-devices', 'mailbox-forwarding'])
      expect(await taskOf(task).applies?.(at), task).toBe(false)
  })

  it('keeps the list entry where the settings leave it to Exchange', async () => {
    const world = await openWorld({}, { hideFromAddressLists: false })
    expect(await world.find('address-lists')).toEqual([])
  })
})

describe("IT's tasks in Exchange", () => {
  it('name the mailbox in a command that can be pasted', async () => {
    const world = await openWorld()
    user(world.tenant, cast.leaver).userPrincipalName = "jo.o'miller@example.com"
    const at = { ...(await world.at()), account: { realm: 'example', id: leaverId, label: "jo.o'miller@example.com" } }
    const said = (id: string) => {
      const { ask } = taskOf(id)
      return typeof ask === 'string' ? ask : ask(at)
    }
    expect(said('convert-mailbox')).toContain("Set-Mailbox -Identity 'jo.o''miller@example.com' -Type Shared")
    expect(said('mailbox-access')).toContain("-User 'ada.okafor@example.com' -AccessRights FullAccess")
    expect(said('calendar-events')).toContain('-CancelOrganizedMeetings -QueryWindowInDays 730')
    expect(said('mailbox-forwarding')).toContain('-ForwardingAddress $null -ForwardingSmtpAddress $null')
    expect(said('mail-devices')).not.toContain('Clear-MobileDevice')
  })

  it('wipe the mail from phones only where the form says wipe', async () => {
    const world = await openWorld()
    const { ask } = taskOf('mail-devices')
    const said = typeof ask === 'string' ? ask : ask(await world.at({ choices: { devices: 'wipe' } }))
    expect(said).toContain('Clear-MobileDevice')
  })

  it('do not ask to convert what is shared already, nor to give access to nobody', async () => {
    const world = await openWorld()
    expect(await taskOf('convert-mailbox').applies?.(await world.at())).toBe(true)
    expect(await taskOf('mailbox-access').applies?.(await world.at(nobody))).toBe(false)
    const mailbox = world.tenant.mailboxes[leaverId]
    if (mailbox) mailbox.purpose = 'shared'
    expect(await taskOf('convert-mailbox').applies?.(await world.at())).toBe(false)
  })
})

describe('OneDrive', () => {
  it('is opened to the receiver once, and closed again by undo', async () => {
    const world = await openWorld()
    const finding = await world.only('onedrive-access')
    const [receipt] = (await world.apply('onedrive-access', [finding])) as { permission: string }[]
    const drive = world.tenant.drives.find((one) => one.ownerId === leaverId)
    expect(drive?.permissions.map((one) => one.id)).toContain(receipt?.permission)
    const done = await world.only('onedrive-access')
    expect(done).toMatchObject({ state: 'done' })
    expect(done.fact).toContain('https://example-my.sharepoint.com/personal/jo_miller_example_com')
    await world.undo('onedrive-access', [finding])
    expect(await world.only('onedrive-access')).toMatchObject({ state: 'open' })
  })

  it('is still closed to a receiver who may only read', async () => {
    const world = await openWorld()
    const drive = world.tenant.drives.find((one) => one.ownerId === leaverId)
    const user = { id: idOf(cast.manager), displayName: 'Ada Okafor' }
    drive?.permissions.push({ id: 'reads', roles: ['read'], grantedToV2: { user } })
    expect(await world.only('onedrive-access')).toMatchObject({ state: 'open' })
  })

  it('needs a receiver and a drive', async () => {
    const world = await openWorld()
    expect(await world.find('onedrive-access', nobody)).toEqual([])
    world.tenant.drives = world.tenant.drives.filter((one) => one.ownerId !== leaverId)
    expect(await world.find('onedrive-access', { choices: { handOverTo: leaverOf(cast.manager) } })).toEqual([])
  })
})
