import { afterEach, describe, expect, it } from 'vitest'
import { InDoubt } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import { eventually, openWorld, userIn, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('mail', () => {
  it('stops leaving the company, and what goes to the receiver stays', async () => {
    const world = await openWorld({
      lagMs: 30,
      prepare(state) {
        const id = userIn(state, cast.leaver).id
        state.mailboxes[id]?.filters.push({
          id: 'toReceiver',
          criteria: { from: 'crm' },
          action: { forward: cast.manager },
        })
      },
    })
    for (const step of ['mail-programs', 'forwarding', 'forwarding-filters']) {
      await world.applyAll(step)
      await eventually(world, step, [])
    }
    const mailbox = world.state.mailboxes[world.user(cast.leaver).id]
    expect(mailbox?.filters.map((one) => one.id)).toEqual(['ANe1Bmj6001', 'toReceiver'])
    expect(mailbox?.imap).toMatchObject({ enabled: false, expungeBehavior: 'archive' })
  })

  it('is answered with the text of the form, to everybody and without an end', async () => {
    const world = await openWorld(
      {
        prepare(state) {
          const vacation = { enableAutoReply: true, responseBodyHtml: '<p>Back soon</p>', restrictToDomain: true }
          Object.assign(state.mailboxes[userIn(state, cast.leaver).id] ?? {}, { vacation })
        },
      },
      { suspend: false },
      { autoReply: 'Jo has left.\nPlease write to sales@example.com.' },
    )
    const [finding] = await world.find('auto-reply')
    expect(finding).toMatchObject({ state: 'open', fact: expect.stringContaining('another text') })
    await world.apply('auto-reply', finding!)
    expect((await world.find('auto-reply'))[0]?.state).toBe('done')
    const mailbox = world.state.mailboxes[world.user(cast.leaver).id]
    expect(mailbox?.vacation).toEqual({
      enableAutoReply: true,
      responseBodyPlainText: 'Jo has left.\nPlease write to sales@example.com.',
      restrictToContacts: false,
      restrictToDomain: false,
    })
    await world.undo('auto-reply', finding!)
    expect(mailbox?.vacation).toEqual({
      enableAutoReply: true,
      responseBodyHtml: '<p>Back soon</p>',
      restrictToDomain: true,
    })
  })

  it('is not called answered while the reply ends, or goes to colleagues only', async () => {
    const world = await openWorld({}, { suspend: false })
    await world.applyAll('auto-reply')
    const mailbox = world.state.mailboxes[world.user(cast.leaver).id]
    for (const change of [
      { endTime: '1900000000000' },
      { restrictToDomain: true },
      { responseBodyHtml: '<p>Hi</p>' },
    ]) {
      const before = { ...mailbox?.vacation }
      Object.assign(mailbox?.vacation ?? {}, change)
      expect((await world.find('auto-reply'))[0]?.state).toBe('open')
      Object.assign(mailbox ?? {}, { vacation: before })
    }
  })

  it('is open to the receiver once, also where the order is repeated', async () => {
    const world = await openWorld({ lagMs: 30 }, { suspend: false })
    const [finding] = await world.find('mail-delegate')
    await world.apply('mail-delegate', finding!)
    await world.apply('mail-delegate', finding!)
    await eventually(world, 'mail-delegate', ['done'])
    expect(world.state.mailboxes[world.user(cast.leaver).id]?.delegates).toEqual([
      { delegateEmail: cast.manager, verificationStatus: 'accepted' },
    ])
  })

  it('is left alone where Gmail is off for this user, and IT is told', async () => {
    const world = await openWorld({}, { suspend: false })
    const error = { code: 400, message: 'Mail service not enabled', errors: [{ reason: 'failedPrecondition' }] }
    world.fault(/GET .*\/gmail\//, { status: 400, body: { error } }, 10)
    for (const step of ['mail-programs', 'forwarding', 'forwarding-filters']) expect(await world.find(step)).toEqual([])
    expect((await world.find('mail-delegate'))[0]?.fact).toContain('Gmail is off for this user')
  })

  it('is handed to nobody who is suspended, and to nobody at all where nobody was chosen', async () => {
    const world = await openWorld(
      {
        prepare: (state) => Object.assign(userIn(state, cast.manager), { suspended: true }),
      },
      { suspend: false },
    )
    for (const step of ['mail-delegate', 'transfer-files'])
      expect((await world.find(step))[0]).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining('Choose another receiver'),
      })
    const alone = await openWorld({}, { suspend: false }, { handOverTo: undefined })
    for (const step of ['mail-delegate', 'transfer-files']) expect(await alone.find(step)).toEqual([])
  })
})

describe('the transfer of files', () => {
  it('moves private files and reports too, frees rooms, and waits until Google says completed', async () => {
    const world = await openWorld({ transferMs: 3_600_000 })
    await world.applyAll('transfer-files')
    expect((await world.find('transfer-files'))[0]?.state).toBe('pending')
    expect(world.state.transfers.at(-1)?.applicationDataTransfers).toEqual([
      {
        applicationId: '55656082996',
        applicationTransferParams: [{ key: 'PRIVACY_LEVEL', value: ['PRIVATE', 'SHARED'] }],
      },
      { applicationId: '435070579839', applicationTransferParams: [{ key: 'RELEASE_RESOURCES', value: ['TRUE'] }] },
      { applicationId: '810260081642', applicationTransferParams: [] },
    ])
    world.server.settle()
    expect((await world.find('transfer-files'))[0]).toMatchObject({
      state: 'done',
      fact: expect.stringContaining('completed'),
    })
  })

  it('of an earlier leaving is not this one', async () => {
    const world = await openWorld()
    expect(world.state.transfers.map((one) => one.id)).toEqual(['AKrEtIYrehire2024'])
    expect((await world.find('transfer-files'))[0]?.state).toBe('open')
    world.applied.set('transfer-files transfer', { intentAt: new Date() })
    expect((await world.find('transfer-files'))[0]?.state).toBe('open')
  })

  it('is found again by pair and time where the answer was lost, and not ordered twice', async () => {
    const world = await openWorld({ transferMs: 3_600_000 })
    const [finding] = await world.find('transfer-files')
    world.fault(/^POST .*\/transfers$/, 'lost')
    await expect(world.apply('transfer-files', finding!)).rejects.toBeInstanceOf(InDoubt)
    expect((await world.find('transfer-files'))[0]?.state).toBe('pending')
    await world.apply('transfer-files', finding!)
    expect(world.state.transfers).toHaveLength(2)
  })

  it('is known by its time where a restored backup does not know of the order, and not ordered twice', async () => {
    const world = await openWorld({ transferMs: 3_600_000 })
    const [finding] = await world.find('transfer-files')
    await world.apply('transfer-files', finding!)
    world.applied.clear()
    expect((await world.find('transfer-files'))[0]?.state).toBe('pending')
    await world.apply('transfer-files', finding!)
    expect(world.state.transfers).toHaveLength(2)
  })

  it('that failed is open with the likely reason, and trying again orders a new one', async () => {
    const world = await openWorld({ transferMs: 0, failTransfers: true })
    await world.applyAll('transfer-files')
    expect((await world.find('transfer-files'))[0]).toMatchObject({
      state: 'open',
      fact: expect.stringContaining('legal hold'),
    })
    await world.applyAll('transfer-files')
    expect(world.state.transfers).toHaveLength(3)
  })
})

describe('groups', () => {
  it('get the receiver as owner before their only owner leaves', async () => {
    const world = await openWorld({ lagMs: 30 })
    const mine = (await world.find('groups')).find((one) => one.label.startsWith('deal-desk'))
    await expect(world.apply('groups', mine!)).rejects.toThrow('Nobody else owns this group')
    await world.applyAll('owned-groups')
    await eventually(world, 'owned-groups', [])
    await world.applyAll('groups')
    await eventually(world, 'groups', [])
    const owners = world.state.members.filter((one) => one.group === mine?.id && one.role === 'OWNER')
    expect(owners.map((one) => one.user)).toEqual([world.user(cast.manager).id])
  })

  it('make an owner of a receiver who was a member already', async () => {
    const world = await openWorld()
    const group = world.state.groups.find((one) => one.name === 'deal-desk')
    world.state.members.push({
      group: group!.id,
      user: world.user(cast.manager).id,
      role: 'MEMBER',
      delivery: 'ALL_MAIL',
    })
    await world.applyAll('owned-groups')
    expect(
      world.state.members.find((one) => one.group === group?.id && one.user === world.user(cast.manager).id)?.role,
    ).toBe('OWNER')
  })

  it('lose the receiver again, but never their last owner', async () => {
    const world = await openWorld()
    const [finding] = await world.find('owned-groups')
    const mine = (await world.find('groups')).find((one) => one.id === finding?.id)
    const before = structuredClone(world.state.members)
    await world.apply('owned-groups', finding!)
    await world.apply('groups', mine!)
    await expect(world.undo('owned-groups', finding!)).rejects.toThrow('no other owner yet')
    await world.undo('groups', mine!)
    for (const _ of [1, 2]) await world.undo('owned-groups', finding!)
    expect(sorted(world.state.members)).toEqual(sorted(before))
  })

  it('make a member of a receiver again who was one', async () => {
    const world = await openWorld()
    const [finding] = await world.find('owned-groups')
    const member = {
      group: finding!.id,
      user: world.user(cast.manager).id,
      role: 'MEMBER',
      delivery: 'ALL_MAIL',
    } as const
    world.state.members.push({ ...member })
    const [again] = await world.find('owned-groups')
    await world.apply('owned-groups', again!)
    await world.undo('owned-groups', again!)
    expect(world.state.members.at(-1)).toEqual(member)
  })

  it('keep their only owner where nobody receives, and IT is told', async () => {
    const world = await openWorld({}, {}, { handOverTo: undefined })
    for (const step of ['owned-groups', 'groups'])
      expect((await world.find(step)).find((one) => one.label.startsWith('deal-desk'))).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining('IT names another owner'),
      })
  })

  it('are joined again with the same role and mail setting', async () => {
    const world = await openWorld()
    const finding = (await world.find('groups')).find((one) => one.label.startsWith('all-hands'))
    const before = structuredClone(world.state.members)
    await world.apply('groups', finding!)
    await world.undo('groups', finding!)
    expect(sorted(world.state.members)).toEqual(sorted(before))
  })

  const sorted = (members: State['members']) => members.map((one) => JSON.stringify(one)).sort()
})
