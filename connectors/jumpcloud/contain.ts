/** Keeping the leaver out at once: suspended, then everything that would let somebody in again. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { blocked, changeUser, sourceOf, userOf } from './person.ts'

type Step = AutomaticStep<Client>

/** How far JumpCloud's clock and ours may be apart. */
export const skewMs = 60_000

/** JumpCloud, "Suspend a user": logged out of devices and all resources; bindings stay as they are. */
const suspend: Step = {
  id: 'suspend',
  title: 'Suspend the account',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = { id: 'suspend', label: user.username || user.email, before: { state: user.state } }
    const fact = `state=${user.state}`
    if (user.state === 'SUSPENDED') return [{ ...finding, state: 'done', fact }]
    const source = sourceOf(user)
    return [{ ...finding, state: 'open', fact: source ? `${fact}, kept in ${source}: to be disabled there too` : fact }]
  },
  async apply(at) {
    await changeUser(at, 'suspend the user', { state: 'SUSPENDED' })
  },
  async undo(at, finding) {
    const { state } = finding.before as { state: string }
    if (state === 'ACTIVATED') await changeUser(at, 'lift the suspension', { state })
  },
}

const password: Step = {
  id: 'password',
  title: 'Replace the password with one that nobody knows',
  area: 'directory',
  phase: 'contain',
  // They write the same user record, and the suspension is what counts.
  after: ['jumpcloud/suspend'],
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const finding = { id: 'password', label: 'Password' }
    const source = sourceOf(user)
    if (source) return [blocked(finding, `Kept in ${source}. IT replaces it there.`)]
    const changed = user.password_date ? Date.parse(user.password_date) : Number.NaN
    const fact = `password_date=${user.password_date ?? 'none'}`
    // Without an answer it may be anybody's: then it is simply replaced again.
    const answered = at.applied(finding.id)?.answeredAt
    if (answered && changed >= answered.getTime() - skewMs) return [{ ...finding, state: 'done', fact }]
    return [{ ...finding, state: 'open', fact }]
  },
  async apply(at) {
    await changeUser(at, 'replace the password', { password: `${randomBytes(30).toString('base64url')}aA1!` })
  },
}

const SshKey = z.looseObject({ _id: z.string().min(1), name: z.string().nullish(), public_key: z.string().nullish() })

/** The agent takes them out of authorized_keys on every bound device. */
const sshKeys: Step = {
  id: 'ssh-keys',
  title: 'Remove SSH keys',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    if (!(await userOf(at))) return []
    const where = path`/api/systemusers/${at.account.id}/sshkeys`
    const keys = await at.client.api.ask('list SSH keys', where, z.array(SshKey))
    return keys.map(
      ({ _id, name, public_key: key }): Finding => ({
        id: _id,
        label: name || `Key ${_id}`,
        state: 'open',
        fact: `${key?.split(' ')[0] ?? 'a key'} …${key?.split(' ')[1]?.slice(-8) ?? ''}`,
        before: { name: name ?? '', public_key: key ?? '' },
      }),
    )
  },
  async apply(at, finding) {
    const where = path`/api/systemusers/${at.account.id}/sshkeys/${finding.id}`
    await unlessStatus([404], at.client.api.order('remove an SSH key', where, { method: 'DELETE' }))
  },
  async undo(at, finding) {
    const where = path`/api/systemusers/${at.account.id}/sshkeys`
    const there = await at.client.api.ask('list SSH keys', where, z.array(SshKey))
    const { public_key: key } = finding.before as { public_key: string }
    if (there.some((one) => one.public_key === key)) return
    await at.client.api.order('give an SSH key back', where, { method: 'POST', json: finding.before })
  },
}

const PushEndpoint = z.looseObject({ id: z.string().min(1), name: z.string().nullish(), state: z.string().nullish() })

const mfa: Step = {
  id: 'mfa',
  title: 'Reset the second factors',
  area: 'directory',
  phase: 'contain',
  // Whoever still gets in with the password alone would be asked to enrol again.
  needs: ['jumpcloud/suspend'],
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const found: Finding[] = []
    if (user.totp_enabled)
      found.push({ id: 'totp', label: 'Codes from an app', state: 'open', fact: 'totp_enabled=true' })
    const where = path`/api/v2/users/${at.account.id}/pushendpoints`
    for (const { id, name, state } of await at.client.api.ask('list push devices', where, z.array(PushEndpoint)))
      found.push({
        id: `push/${id}`,
        label: `Push to ${name || 'a phone'}`,
        state: 'open',
        fact: `state=${state ?? 'none'}`,
      })
    if (user.mfaEnrollment?.webAuthnStatus === 'ENROLLED')
      found.push(blocked({ id: 'webauthn', label: 'Security keys' }, `webAuthnStatus=ENROLLED; ${webAuthnFact}`))
    return found
  },
  async apply(at, finding) {
    const { api } = at.client
    if (finding.id === 'totp') {
      const where = path`/api/systemusers/${at.account.id}/resetmfa`
      await api.order('reset the second factor', where, { method: 'POST', json: { exclusion: false } })
    } else {
      const where = path`/api/v2/users/${at.account.id}/pushendpoints/${finding.id.slice('push/'.length)}`
      await unlessStatus([404], api.order('remove a push device', where, { method: 'DELETE' }))
    }
  },
}

const webAuthnFact =
  'JumpCloud publishes no way to remove them. IT does it (Users > the person > User Security Settings and Permissions > Multi-Factor Authentication > WebAuthn), then tries again.'

const privileges: Step = {
  id: 'privileges',
  title: 'Take administrator rights on devices back',
  area: 'infrastructure',
  phase: 'contain',
  // They write the same user record.
  after: ['jumpcloud/password'],
  async find(at) {
    const user = await userOf(at)
    if (!user?.sudo) return []
    const fact = `sudo=true${user.passwordless_sudo ? ', passwordless_sudo=true' : ''}`
    return [{ id: 'sudo', label: 'Administrator on all bound devices', state: 'open', fact, before: { sudo: true } }]
  },
  async apply(at) {
    await changeUser(at, 'take administrator rights', { sudo: false })
  },
  async undo(at) {
    await changeUser(at, 'give administrator rights back', { sudo: true })
  },
}

export const containSteps: readonly Step[] = [suspend, password, sshKeys, mfa, privileges]
