/** Users, their keys and second factors (v1, and push of v2). */
import type { Answer } from '../server.ts'
import { filterOf, notFound, ok, pageV1, refusal } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { State, User } from './state.ts'

const v1 = '/api/systemusers'
const v2 = '/api/v2/users'

export const userOperations: readonly Operation[] = [
  { method: 'GET', path: v1, answer: list },
  { method: 'GET', path: `${v1}/{id}`, answer: (call) => read(call, (user, state) => ok(shown(user, state))) },
  { method: 'PUT', path: `${v1}/{id}`, answer: update },
  { method: 'DELETE', path: `${v1}/{id}`, answer: remove },
  { method: 'POST', path: `${v1}/{id}/resetmfa`, answer: resetMfa },
  { method: 'GET', path: `${v1}/{id}/sshkeys`, answer: (call) => read(call, (user) => ok(user.sshKeys.map(shownKey))) },
  { method: 'POST', path: `${v1}/{id}/sshkeys`, answer: addKey },
  { method: 'DELETE', path: `${v1}/{id}/sshkeys/{key}`, answer: removeKey },
  {
    method: 'GET',
    path: `${v2}/{id}/pushendpoints`,
    answer: (call) => read(call, (user) => ok(user.push.map(shownPush))),
  },
  { method: 'DELETE', path: `${v2}/{id}/pushendpoints/{push}`, answer: removePush },
]

export function read(call: Call, work: (user: User, state: State) => Answer): Answer {
  const state = call.world.read()
  const user = state.users.find((one) => one.id === call.params.id)
  return user ? work(user, state) : notFound(call.asked)
}

export function change(call: Call, work: (user: User, state: State) => Answer): Answer {
  return call.world.write((state) => {
    const user = state.users.find((one) => one.id === call.params.id)
    return user ? work(user, state) : notFound(call.asked)
  })
}

function shown(user: User, { organization }: State) {
  const { id, email, username, alternateEmail, firstname, lastname, jobTitle, department, manager } = user
  return {
    _id: id,
    organization,
    ...{ email, username, alternateEmail, firstname, lastname, jobTitle, department, manager },
    displayname: `${firstname} ${lastname}`,
    recoveryEmail: { address: user.recoveryEmail, verified: true },
    state: user.state,
    suspended: user.state === 'SUSPENDED',
    activated: user.state !== 'STAGED',
    password_date: user.passwordDate,
    totp_enabled: user.totp,
    mfa: { configured: user.totp, exclusion: false },
    mfaEnrollment: enrollment(user),
    sudo: user.sudo,
    passwordless_sudo: user.passwordlessSudo,
    ldap_binding_user: user.ldapBinding,
    samba_service_user: false,
    delegatedAuthority: user.delegated ? { id: id, name: 'ActiveDirectory' } : null,
    admin: user.admin ?? null,
    ssh_keys: user.sshKeys.map(shownKey),
  }
}

function enrollment({ totp, webAuthn, push }: User) {
  const status = (on: boolean) => (on ? 'ENROLLED' : 'NOT_ENROLLED')
  return {
    totpStatus: status(totp),
    webAuthnStatus: status(webAuthn),
    pushStatus: status(push.length > 0),
    overallStatus: status(totp || webAuthn || push.length > 0),
  }
}

function shownKey({ id, name, publicKey }: User['sshKeys'][number]) {
  return { _id: id, name, public_key: publicKey, create_date: '2025-02-01T08:00:00.000Z' }
}

function shownPush({ id, name }: User['push'][number]) {
  return { id, name, state: 'active', enrollmentDate: '2025-02-01T08:00:00.000Z', device: { make: 'Apple', os: 'iOS' } }
}

function list(call: Call): Answer {
  const fits = filterOf(call.asked)
  if (!fits) return refusal(call.asked, 400, 'Invalid filter')
  const state = call.world.read()
  const found = state.users.filter((user) => fits('email', user.email) && fits('alternateEmail', user.alternateEmail))
  return pageV1(
    call.asked,
    found.map((user) => shown(user, state)),
  )
}

const changes: Readonly<Record<string, (user: User, value: unknown) => boolean>> = {
  state: (user, value) => {
    if (value !== 'ACTIVATED' && value !== 'SUSPENDED') return false
    user.state = value
    return true
  },
  password: (user, value) => {
    if (typeof value !== 'string' || value.length < 12 || user.delegated) return false
    user.passwordDate = new Date().toISOString()
    return true
  },
  sudo: (user, value) => {
    if (typeof value === 'boolean') user.sudo = value
    return typeof value === 'boolean'
  },
}

function update(call: Call): Answer {
  return change(call, (user, state) => {
    for (const [name, value] of Object.entries(call.body))
      if (!changes[name]?.(user, value)) return refusal(call.asked, 400, `Validation error: ${name}`)
    return ok(shown(user, state))
  })
}

/** Everything that the user was bound to goes too. */
function remove(call: Call): Answer {
  return change(call, (user, state) => {
    state.users = state.users.filter((one) => one !== user)
    state.bindings = state.bindings.filter((one) => one.user !== user.id)
    for (const group of state.groups) group.members = group.members.filter((one) => one !== user.id)
    return ok(shown(user, state))
  })
}

function resetMfa(call: Call): Answer {
  return change(call, (user) => {
    user.totp = false
    return { status: 200, body: 'OK' }
  })
}

function addKey(call: Call): Answer {
  const { name, public_key: publicKey } = call.body
  if (typeof name !== 'string' || typeof publicKey !== 'string') return refusal(call.asked, 400, 'Validation error')
  return change(call, (user, state) => {
    state.serial += 1
    const key = { id: `5f8${String(state.serial).padStart(21, '0')}`, name, publicKey }
    user.sshKeys.push(key)
    return { status: 201, body: shownKey(key) }
  })
}

/** Answered with a word, not with JSON. */
function removeKey(call: Call): Answer {
  return change(call, (user) => {
    if (!user.sshKeys.some((one) => one.id === call.params.key)) return notFound(call.asked)
    user.sshKeys = user.sshKeys.filter((one) => one.id !== call.params.key)
    return { status: 200, body: call.params.key }
  })
}

function removePush(call: Call): Answer {
  return change(call, (user) => {
    const push = user.push.find((one) => one.id === call.params.push)
    if (!push) return notFound(call.asked)
    user.push = user.push.filter((one) => one !== push)
    return ok(shownPush(push))
  })
}
