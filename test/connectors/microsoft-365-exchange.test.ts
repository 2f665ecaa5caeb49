import { afterEach, describe, expect, it } from 'vitest'
import microsoft365 from '../../connectors/microsoft-365/index.ts'
import type { AutomaticStep, Connector } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, pretendMicrosoft365 } from '../../src/sandbox/microsoft-365/index.ts'
import type { ExchangeMailbox } from '../../src/sandbox/microsoft-365/tenant.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { testConnector } from '../support/test-connector.ts'
import {
  type Circumstances,
  closeWorlds,
  group,
  leaverId,
  leaverOf,
  openWorld,
  user,
  withoutLeaver,
} from './microsoft-365-world.ts'

afterEach(closeWorlds)

const on = microsoft365.settings.parse({
  tenant: 't',
  clientId: 'c',
  clientSecret: (await pretend()).settings.clientSecret,
  exchange: true,
})
const withExchange: Connector = { ...microsoft365, ...microsoft365.configured?.(on) }
const own = ['mailbox-forwarding', 'mail-protocols', 'mailbox-access', 'convert-mailbox', 'address-lists']

async function pretend() {
  const server = await pretendMicrosoft365()
  await server.close()
  return server
}

testConnector(withExchange, {
  steps: [...own, 'groups'],
  bed: async () => {
    const server = await pretendMicrosoft365({ lagMs: 20, pageSize: 2, exchange: true })
    return {
      settings: server.settings,
      transport: loopback([server]),
      servers: [server],
      leaver: leaverOf(cast.leaver),
      stranger: { id: 'U0', name: 'Nobody Known', emails: ['nobody.known@example.com'] },
      handOverTo: leaverOf(cast.manager),
      choices: { devices: 'nothing' },
      state: () => server.world.truth(),
      untouchable: () => withoutLeaver(server.world.truth(), idOf(cast.manager)),
      secrets: [server.settings.clientSecret.reveal()],
      pageSize: 'two a page of everything that Graph pages',
      close: () => server.close(),
    }
  },
})

function stepOf(id: string): AutomaticStep {
  const step = withExchange.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`with Exchange there is no automatic step ${id}`)
  return step
}

async function open() {
  const world = await openWorld({ exchange: true }, { exchange: true })
  const find = async (id: string, how?: Circumstances) => stepOf(id).find(await world.at(how))
  const only = async (id: string, how?: Circumstances) => {
    const [finding, ...more] = await find(id, how)
    if (!finding || more.length > 0) throw new Error(`${id} has ${more.length + 1} findings, or none`)
    return finding
  }
  return {
    ...world,
    find,
    only,
    apply: async (id: string, how?: Circumstances) => stepOf(id).apply(await world.at(how), await only(id, how)),
    mailbox: () => world.tenant.mailboxes[leaverId]?.exchange as ExchangeMailbox,
  }
}

describe('with Exchange switched on', () => {
  it('its steps take the place of the tasks, and the rest stays as it is', () => {
    const kinds = (connector: Connector) => connector.steps.filter((one) => 'ask' in one).map((one) => one.id)
    const gone = kinds(microsoft365).filter((id) => !kinds(withExchange).includes(id))
    expect(gone).toEqual(['mailbox-forwarding', 'mailbox-access', 'convert-mailbox'])
    expect(withExchange.steps.map((one) => one.id)).toEqual([
      ...microsoft365.steps.map((one) => one.id),
      'mail-protocols',
    ])
  })

  it('forwarding that nobody sees in Graph is found, switched off, and can be had back', async () => {
    const world = await open()
    const finding = await world.only('mailbox-forwarding')
    expect(finding).toMatchObject({ state: 'open', fact: 'forwards to smtp:home@example.org' })
    await world.apply('mailbox-forwarding')
    expect(await world.find('mailbox-forwarding')).toEqual([])
    await stepOf('mailbox-forwarding').undo?.(await world.at(), finding)
    expect(world.mailbox().ForwardingSmtpAddress).toBe('smtp:home@example.org')
  })

  it('a way that follows the organisation is shut, and follows it again after undo', async () => {
    const world = await open()
    const smtp = (await world.find('mail-protocols')).find((one) => one.id === 'SmtpClientAuthenticationDisabled')
    if (!smtp) throw new Error('SMTP is not among the ways')
    expect(smtp.fact).toBe('SmtpClientAuthenticationDisabled=as the organisation has it')
    const at = await world.at()
    await stepOf('mail-protocols').apply(at, smtp)
    expect(world.mailbox().access).toMatchObject({ SmtpClientAuthenticationDisabled: true, ImapEnabled: true })
    await stepOf('mail-protocols').undo?.(at, smtp)
    expect(world.mailbox().access.SmtpClientAuthenticationDisabled).toBeNull()
  })

  it.each([
    ['is larger than a shared one may be', { bytes: 60 * 1024 ** 3 }, 'holds 60 GB'],
    ['is on litigation hold', { LitigationHoldEnabled: true }, 'litigation hold'],
    ['has an archive', { ArchiveStatus: 'Active' as const }, 'with an archive'],
  ])('a mailbox that %s is not converted: it would lose its licence and more', async (_what, change, why) => {
    const world = await open()
    Object.assign(world.mailbox(), change)
    const finding = await world.only('convert-mailbox')
    expect(finding.state).toBe('blocked')
    expect(finding.fact).toContain(why)
    const asPlanned = { ...finding, state: 'open' as const }
    await expect(stepOf('convert-mailbox').apply(await world.at(), asPlanned)).rejects.toThrow(why)
    expect(world.tenant.mailboxes[leaverId]?.purpose).toBe('user')
  })

  it('a mailbox whose size cannot be read is not converted', async () => {
    const world = await open()
    Object.assign(world.mailbox(), { bytes: Number.NaN })
    expect((await world.only('convert-mailbox')).fact).toContain('could not be read')
  })

  it("what Exchange answers about another person's mailbox is refused", async () => {
    const world = await open()
    user(world.tenant, cast.leaver).userPrincipalName = 'somebody@example.com'
    user(world.tenant, cast.namesake).userPrincipalName = leaverId
    world.tenant.users.reverse()
    await expect(world.find('convert-mailbox')).rejects.toThrow('does not answer with the one mailbox')
  })

  it('lists are left and joined again, each by its own id though the address went to another list', async () => {
    const world = await open()
    const lists = (await world.find('groups')).filter((one) =>
      ['Fair visitors', 'Contract readers'].includes(one.label),
    )
    expect(lists.map((one) => [one.state, one.fact])).toEqual([
      ['open', 'member of this distribution list'],
      ['open', 'member of this mail-enabled security group'],
    ])
    const [first, second] = lists
    if (!first || !second) throw new Error('the lists are missing')
    const at = await world.at()
    await stepOf('groups').apply(at, first)
    expect(group(world.tenant, 'Fair visitors').members).toEqual([idOf(cast.namesake)])
    await stepOf('groups').apply(at, first)
    await stepOf('groups').undo?.(at, first)
    await stepOf('groups').undo?.(at, first)
    expect(group(world.tenant, 'Fair visitors').members).toContain(leaverId)
    group(world.tenant, 'Contract readers').mail = 'old@example.com'
    group(world.tenant, 'Fair visitors').mail = 'contract-readers@example.com'
    await expect(stepOf('groups').apply(at, second)).rejects.toThrow('does not know contract-readers@example.com')
    expect(group(world.tenant, 'Fair visitors').members).toContain(leaverId)
  })

  it('whoever has no mailbox is asked about nothing', async () => {
    const world = await open()
    delete world.tenant.mailboxes[leaverId]
    for (const id of own) expect(await world.find(id), id).toEqual([])
  })

  it('what is not there is not there, though Exchange calls it an error of its own', async () => {
    const world = await open()
    const message = `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed.`
    const body = { error: { code: 'InternalServerError', message: 'Error executing cmdlet', details: [{ message }] } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/InvokeCommand'), as: { status: 500, body } })
    expect(await world.find('mailbox-forwarding')).toEqual([])
  })

  it('an attribute that Active Directory has the say over is left to it', async () => {
    const world = await open()
    user(world.tenant, cast.leaver).onPremisesSyncEnabled = true
    expect(await world.only('address-lists')).toMatchObject({ state: 'blocked' })
  })

  it('doctor names the right and the role that Exchange wants', async () => {
    const without = await openWorld({}, { exchange: true })
    const health = await microsoft365.check(without.client)
    expect(health.missing.join('\n')).toContain('Exchange.ManageAsApp')
    expect(health.warnings?.join('\n')).toContain('Exchange Recipient Administrator')
    const wide = await open()
    expect((await microsoft365.check(wide.client)).missing).toEqual([])
  })

  it('a refusal without a word is told as one', async () => {
    const world = await openWorld({}, { exchange: true })
    await expect(stepOf('convert-mailbox').find(await world.at())).rejects.toThrow(
      'Exchange Online refused to run Get-Mailbox: without a reason (403).',
    )
  })
})
