/** The account: signed out, deactivated, and in the end set free or deleted with everything handed over. */
import { type AutomaticStep, type Finding, path, Rejected, unlessStatus } from '../../src/connector.ts'
import type { Zoom, ZoomAt } from './client.ts'
import { barred, freshUser, type User, userToActOn } from './person.ts'

type Step = AutomaticStep<Zoom>

/** Zoom shows no session, and the one method that reads tokens hands a working one out: what counts is the answer. */
export const sessions: Step = {
  id: 'sessions',
  title: 'Revoke the sign-in token',
  area: 'applications',
  phase: 'contain',
  proof: 'none',
  async find(at) {
    const user = await freshUser(at.client, at.account.id)
    // Whoever only was invited never signed in.
    if (!user || user.status === 'pending') return []
    const head = { id: 'token', label: at.account.label }
    const why = barred(user)
    if (why) return [{ ...head, state: 'blocked', fact: why }]
    const ordered = at.applied('token')?.answeredAt
    if (!ordered) return [{ ...head, state: 'open', fact: 'Zoom does not show who is signed in' }]
    return [{ ...head, state: 'done', fact: 'Zoom took the order, and does not show who is signed in' }]
  },
  async apply(at) {
    if (!(await userToActOn(at))) return
    await at.client.rest.order('revoke the sign-in token', path`/users/${at.account.id}/token`, { method: 'DELETE' })
  },
}

export const deactivate: Step = {
  id: 'deactivate',
  title: 'Deactivate the account',
  area: 'applications',
  phase: 'contain',
  after: ['zoom/sessions'],
  async find(at) {
    const user = await freshUser(at.client, at.account.id)
    if (!user) return []
    const head = { id: 'status', label: at.account.label, before: { status: user.status, type: user.type } }
    if (user.status === 'inactive') return [{ ...head, state: 'done', fact: 'status=inactive' }]
    const why = barred(user)
    if (why) return [{ ...head, state: 'blocked', fact: why }]
    return [{ ...head, state: 'open', fact: factOf(user, at.applied('status')?.answeredAt !== undefined) }]
  },
  async apply(at) {
    const user = await userToActOn(at)
    if (user?.status === 'active') await setStatus(at, 'deactivate')
    else if (user?.status === 'pending') await remove(at, 'withdraw the invitation', { action: 'disassociate' })
  },
  /** Deactivating takes the licence away, so it is given back besides. */
  async undo(at, finding) {
    const user = await freshUser(at.client, at.account.id)
    if (!user) throw new Rejected(`The Zoom account ${at.account.label} is gone: IT invites them again.`)
    if (user.status === 'inactive') await setStatus(at, 'activate')
    const { type } = (finding.before ?? {}) as { type?: number }
    if (type !== 2) return
    const order = { method: 'PATCH', json: { type } } as const
    await at.client.rest.order('give the licence back', path`/users/${at.account.id}`, order)
  },
}

/** An invitation can be taken up until it is withdrawn, holds nothing, and can be sent again. */
function factOf(user: User, ordered: boolean): string {
  if (user.status === 'pending') return 'status=pending: the invitation is withdrawn'
  return ordered
    ? 'status=active, though it was deactivated: where an identity provider keeps Zoom up to date, IT takes it away there, or it comes back'
    : `status=active, ${licenceOf(user)}`
}

function licenceOf(user: User): string {
  return user.type === 2 ? 'with a licence, which deactivating takes away' : 'without a licence'
}

async function setStatus(at: ZoomAt, action: 'activate' | 'deactivate'): Promise<void> {
  const order = { method: 'PUT', json: { action } } as const
  await at.client.rest.order(`${action} the account`, path`/users/${at.account.id}/status`, order)
}

const named = {
  meetings: 'transfer_meeting',
  webinars: 'transfer_webinar',
  recordings: 'transfer_recording',
  whiteboards: 'transfer_whiteboard',
} as const

/** Zoom hands over in the same call that ends the account, and at no other time. */
export const end: Step = {
  id: 'end',
  title: 'Hand over meetings, webinars and recordings, and end the account',
  area: 'applications',
  phase: 'reclaim',
  irreversible: true,
  needs: ['zoom/deactivate'],
  async find(at) {
    const { end: how } = at.client.settings
    if (how === 'keep') return []
    const user = await freshUser(at.client, at.account.id)
    // An invitation is withdrawn at once, not in the end.
    if (!user || user.status === 'pending') return []
    const head = { id: 'user', label: at.account.label }
    const why = barred(user)
    if (why) return [{ ...head, state: 'blocked', fact: why }]
    return [{ ...head, ...(await ending(at, user)) }]
  },
  async apply(at) {
    const user = await userToActOn(at)
    if (!user) return
    const to = await receiverOf(at, user)
    if ('barred' in to) throw new Rejected(to.barred)
    const { end: how, transfer } = at.client.settings
    const handed = { transfer_email: to.email, ...Object.fromEntries(transfer.map((one) => [named[one], true])) }
    await remove(at, `${how} the account`, { action: how, ...handed })
  },
}

/** 404 of a user that was read a moment ago: somebody else was quicker. */
async function remove(at: ZoomAt, what: string, query: Record<string, string | boolean>): Promise<void> {
  const order = { method: 'DELETE', query } as const
  await unlessStatus([404], at.client.rest.order(what, path`/users/${at.account.id}`, order))
}

async function ending(at: ZoomAt, user: User): Promise<Pick<Finding, 'state' | 'fact'>> {
  const to = await receiverOf(at, user)
  if ('barred' in to) return { state: 'blocked', fact: to.barred }
  const { end: how, transfer } = at.client.settings
  const what = how === 'delete' ? 'deleted' : 'set free'
  return { state: 'open', fact: `${what}; ${transfer.join(', ') || 'nothing'} to ${to.email}` }
}

/** Zoom wants the receiver's address: it is read from the pinned id at this very moment. */
async function receiverOf(at: ZoomAt, user: User): Promise<{ email: string } | { barred: string }> {
  const lost = at.client.settings.end === 'delete' ? 'would be deleted with the account' : 'would leave with them'
  const what = `Their meetings and recordings ${lost}`
  if (!at.handOverTo) {
    const who = at.choices.handOverTo
      ? `${at.choices.handOverTo.name} has no Zoom account`
      : 'nobody was chosen to receive them'
    return { barred: `${what}: ${who}. IT hands over by hand, or ends the account by hand.` }
  }
  if (at.handOverTo.id === user.id) return { barred: `${what}: nobody hands over to themselves.` }
  const receiver = await freshUser(at.client, at.handOverTo.id)
  if (receiver?.status === 'active') return { email: receiver.email }
  return { barred: `${what}: ${at.handOverTo.label} is not active in Zoom. IT names somebody else.` }
}
