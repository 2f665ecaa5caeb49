/** How mail leaves the company: mail programs (POP, IMAP), forwarding, filters that forward, others who may read it. */
import { isDeepStrictEqual } from 'node:util'
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { ask, order, unlessGone, unlessThere } from './ask.ts'
import type { Client } from './client.ts'
import { kept, mailboxOf, openMailbox } from './mailbox.ts'
import { type GoogleAt, receiverOf } from './person.ts'
import { Delegates, Filters, Forwarding, Pop } from './shapes.ts'

type Step = AutomaticStep<Client>
const me = { userId: 'me' }

const mailPrograms: Step = {
  id: 'mail-programs',
  title: 'Turn off POP and IMAP',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'google-workspace/suspend',
  async find(at) {
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return []
    const { imap } = mailbox
    const pop = await ask('read the POP setting', () => mailbox.settings.getPop(me), Pop)
    const found: Finding[] = []
    if (pop.accessWindow !== 'disabled')
      found.push({
        id: 'pop',
        label: 'POP',
        state: 'open',
        fact: `accessWindow=${pop.accessWindow}`,
        before: kept(pop, ['accessWindow', 'disposition']),
      })
    if (imap.enabled) {
      const before = kept(imap, ['enabled', 'autoExpunge', 'expungeBehavior', 'maxFolderSize'])
      found.push({ id: 'imap', label: 'IMAP', state: 'open', fact: 'enabled=true', before })
    }
    return found
  },
  async apply(at, finding) {
    const settings = await openMailbox(at)
    const before = (finding.before ?? {}) as object
    if (finding.id === 'pop') {
      const requestBody = { ...before, accessWindow: 'disabled' }
      await ask('turn POP off', () => settings.updatePop({ ...me, requestBody }))
    } else {
      const requestBody = { ...before, enabled: false }
      await ask('turn IMAP off', () => settings.updateImap({ ...me, requestBody }))
    }
  },
  async undo(at, finding) {
    const settings = await openMailbox(at)
    const requestBody = finding.before as object
    if (finding.id === 'pop') await ask('turn POP on', () => settings.updatePop({ ...me, requestBody }))
    else await ask('turn IMAP on', () => settings.updateImap({ ...me, requestBody }))
  },
}

const forwarding: Step = {
  id: 'forwarding',
  title: 'Stop the forwarding of all mail',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'google-workspace/suspend',
  async find(at) {
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return []
    const forwards = await ask('read the forwarding', () => mailbox.settings.getAutoForwarding(me), Forwarding)
    if (!forwards.enabled || (await isForReceiver(at, forwards.emailAddress))) return []
    const label = `To ${forwards.emailAddress}`
    const before = kept(forwards, ['enabled', 'emailAddress', 'disposition'])
    return [{ id: 'auto-forwarding', label, state: 'open', fact: 'enabled=true', before }]
  },
  async apply(at) {
    const settings = await openMailbox(at)
    await ask('stop the forwarding', () => settings.updateAutoForwarding({ ...me, requestBody: { enabled: false } }))
  },
  async undo(at, finding) {
    const settings = await openMailbox(at)
    const requestBody = finding.before as gmail_v1.Schema$AutoForwarding
    await ask('forward mail again', () => settings.updateAutoForwarding({ ...me, requestBody }))
  },
}

const filters: Step = {
  id: 'forwarding-filters',
  title: 'Delete mail filters that forward',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'google-workspace/suspend',
  async find(at) {
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return []
    const list = await ask('list mail filters', () => mailbox.settings.filters.list(me), Filters)
    const found: Finding[] = []
    for (const { id, action, criteria } of list.filter ?? []) {
      if (!id || !action?.forward || (await isForReceiver(at, action.forward))) continue
      const before = filterOf({ criteria, action })
      const fact = `Where ${described(before.criteria)}`
      found.push({ id, label: `To ${action.forward}`, state: 'open', fact, before })
    }
    return found
  },
  async apply(at, finding) {
    const settings = await openMailbox(at)
    await unlessGone(order('delete a mail filter', () => settings.filters.delete({ ...me, id: finding.id })))
  },
  /** A filter that is written again has a number of its own, so what it says tells whether it is there. */
  async undo(at, finding) {
    const settings = await openMailbox(at)
    const requestBody = finding.before as gmail_v1.Schema$Filter
    const list = await ask('list mail filters', () => settings.filters.list(me), Filters)
    const there = list.filter?.some((one) => isDeepStrictEqual(filterOf(one), requestBody))
    if (!there) await ask('write a mail filter again', () => settings.filters.create({ ...me, requestBody }))
  },
}

/** Late: until then they may be needed. Who receives the mail stays. */
const delegates: Step = {
  id: 'mail-delegates',
  title: 'Take others off the mailbox',
  area: 'applications',
  phase: 'remove',
  supersededBy: 'google-workspace/suspend',
  async find(at) {
    const mailbox = await mailboxOf(at)
    if ('closed' in mailbox) return []
    const list = await ask('list mail delegates', () => mailbox.settings.delegates.list(me), Delegates)
    const found: Finding[] = []
    for (const { delegateEmail, verificationStatus } of list.delegates ?? []) {
      if (!delegateEmail || (await isForReceiver(at, delegateEmail))) continue
      const fact = `verificationStatus=${verificationStatus}`
      found.push({ id: delegateEmail, label: delegateEmail, state: 'open', fact, before: { delegateEmail } })
    }
    return found
  },
  async apply(at, finding) {
    const settings = await openMailbox(at)
    const params = { ...me, delegateEmail: finding.id }
    await unlessGone(order('remove a mail delegate', () => settings.delegates.delete(params)))
  },
  async undo(at, finding) {
    const settings = await openMailbox(at)
    const requestBody = finding.before as { delegateEmail: string }
    await unlessThere(ask('add a mail delegate', () => settings.delegates.create({ ...me, requestBody })))
  },
}

async function isForReceiver(at: GoogleAt, address: string | null | undefined): Promise<boolean> {
  const receiver = await receiverOf(at)
  return receiver !== undefined && 'address' in receiver && receiver.address.toLowerCase() === address?.toLowerCase()
}

function filterOf({ criteria, action }: gmail_v1.Schema$Filter) {
  return {
    criteria: kept(criteria ?? {}, filterCriteria),
    action: kept(action ?? {}, ['forward', 'addLabelIds', 'removeLabelIds']),
  }
}

const filterCriteria = [
  'from',
  'to',
  'subject',
  'query',
  'negatedQuery',
  'hasAttachment',
  'excludeChats',
  'size',
  'sizeComparison',
] as const

function described(criteria: object): string {
  const said = Object.entries(criteria).map(([name, value]) => `${name}=${value}`)
  return said.length > 0 ? said.join(', ').slice(0, 80) : 'anything comes in'
}

export const mailAccessSteps: readonly Step[] = [mailPrograms, forwarding, filters, delegates]
