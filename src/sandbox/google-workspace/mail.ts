/** Gmail API: a mailbox's settings, for its own user only. */
import type { Answer } from '../server.ts'
import { mailOff, nothing, ok, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { emptyMailbox, findUser, type Mailbox, mailboxOf, nextSerial, type State } from './state.ts'

const base = '/gmail/v1/users/{user}/settings'
const basic = ['gmail.settings.basic']
const sharing = ['gmail.settings.sharing']

type Setting = 'vacation' | 'pop' | 'imap' | 'autoForwarding'

export const mailMethods: readonly Method[] = [
  ...setting('vacation', basic),
  ...setting('pop', basic),
  ...setting('imap', basic),
  ...setting('autoForwarding', sharing),
  {
    method: 'GET',
    path: `${base}/filters`,
    scopes: basic,
    answer: (call) => look(call, (box) => ok(listed('filter', box.filters))),
  },
  {
    method: 'POST',
    path: `${base}/filters`,
    scopes: basic,
    answer: (call) => change(call, (box, state) => addFilter(box, state, call)),
  },
  {
    method: 'DELETE',
    path: `${base}/filters/{filter}`,
    scopes: basic,
    answer: (call) => change(call, (box) => deleteFilter(box, call)),
  },
  {
    method: 'GET',
    path: `${base}/delegates`,
    scopes: basic,
    answer: (call) => look(call, (box) => ok(listed('delegates', box.delegates))),
  },
  {
    method: 'POST',
    path: `${base}/delegates`,
    scopes: sharing,
    answer: (call) => change(call, (box, state) => addDelegate(box, state, call)),
  },
  {
    method: 'DELETE',
    path: `${base}/delegates/{delegate}`,
    scopes: sharing,
    answer: (call) => change(call, (box) => removeDelegate(box, call)),
  },
]

function setting(name: Setting, update: readonly string[]): Method[] {
  return [
    { method: 'GET', path: `${base}/${name}`, scopes: basic, answer: (call) => look(call, (box) => ok(box[name])) },
    {
      method: 'PUT',
      path: `${base}/${name}`,
      scopes: update,
      answer: (call) => change(call, (box) => replace(box, name, call.body)),
    },
  ]
}

function listed(name: string, items: readonly unknown[]): Record<string, unknown> {
  return items.length > 0 ? { [name]: items } : {}
}

/** Google lets nobody into another mailbox, and into none that is suspended or was never set up. */
function refused(call: Call, state: State): Answer | undefined {
  const { user: key = '' } = call.params
  if (key !== 'me' && findUser(state, key)?.id !== call.subject.id)
    return refusal(403, 'forbidden', `Delegation denied for ${call.subject.primaryEmail}`, 'PERMISSION_DENIED')
  const user = findUser(state, call.subject.id)
  return !user || user.suspended || !user.mailbox ? mailOff : undefined
}

function look(call: Call, show: (mailbox: Mailbox) => Answer): Answer {
  const state = call.world.read()
  return refused(call, state) ?? show(state.mailboxes[call.subject.id] ?? emptyMailbox())
}

function change(call: Call, act: (mailbox: Mailbox, state: State) => Answer): Answer {
  return call.world.write((state) => refused(call, state) ?? act(mailboxOf(state, call.subject.id), state))
}

function replace(mailbox: Mailbox, name: Setting, body: Record<string, unknown>): Answer {
  const address = String(body.emailAddress ?? '')
  if (name === 'autoForwarding' && body.enabled && !mailbox.forwardingAddresses.includes(address))
    return refusal(400, 'failedPrecondition', 'Unrecognized forwarding address', 'FAILED_PRECONDITION')
  if (
    name === 'vacation' &&
    body.enableAutoReply &&
    !body.responseSubject &&
    !body.responseBodyPlainText &&
    !body.responseBodyHtml
  )
    return refusal(400, 'invalidArgument', 'Invalid vacation settings', 'INVALID_ARGUMENT')
  mailbox[name] = { ...body }
  return ok(mailbox[name])
}

/** "Filter already exists" for what an earlier one says (Gmail API, settings.filters.create). */
function addFilter(mailbox: Mailbox, state: State, call: Call): Answer {
  const { criteria = {}, action = {} } = call.body as Partial<Mailbox['filters'][number]>
  const { forward } = action
  if (forward !== undefined && !mailbox.forwardingAddresses.includes(String(forward)))
    return refusal(400, 'failedPrecondition', 'Unrecognized forwarding address', 'FAILED_PRECONDITION')
  const same = JSON.stringify([criteria, action])
  if (mailbox.filters.some((one) => JSON.stringify([one.criteria, one.action]) === same))
    return refusal(400, 'failedPrecondition', 'Filter already exists', 'FAILED_PRECONDITION')
  const made = { id: `ANe1Bmk${nextSerial(state)}`, criteria, action }
  mailbox.filters.push(made)
  return ok(made)
}

function deleteFilter(mailbox: Mailbox, call: Call): Answer {
  const at = mailbox.filters.findIndex((one) => one.id === call.params.filter)
  if (at < 0) return refusal(404, 'notFound', 'Not Found', 'NOT_FOUND')
  mailbox.filters.splice(at, 1)
  return nothing
}

function addDelegate(mailbox: Mailbox, state: State, call: Call): Answer {
  const delegateEmail = String(call.body.delegateEmail ?? '').toLowerCase()
  const user = state.users.find((one) => one.primaryEmail === delegateEmail)
  // An alias is no delegate (Gmail API, delegates.create).
  if (!user || user.id === call.subject.id)
    return refusal(400, 'invalidArgument', 'Invalid delegate', 'INVALID_ARGUMENT')
  if (user.suspended) return refusal(400, 'failedPrecondition', 'Precondition check failed.', 'FAILED_PRECONDITION')
  if (mailbox.delegates.some((one) => one.delegateEmail === delegateEmail))
    return refusal(409, 'alreadyExists', 'Delegate already exists', 'ALREADY_EXISTS')
  const made = { delegateEmail, verificationStatus: 'accepted' }
  mailbox.delegates.push(made)
  return ok(made)
}

function removeDelegate(mailbox: Mailbox, call: Call): Answer {
  const at = mailbox.delegates.findIndex((one) => one.delegateEmail === call.params.delegate?.toLowerCase())
  if (at < 0) return refusal(404, 'notFound', 'Invalid delegate', 'NOT_FOUND')
  mailbox.delegates.splice(at, 1)
  return nothing
}
