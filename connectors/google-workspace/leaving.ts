/** What marks an account as that of somebody who left: another unit, another address, no aliases, the archive. */
import type { AutomaticStep } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import {
  barredBySuperAdmin,
  blocked,
  changeUser,
  freshUser,
  type GoogleAt,
  refuseUntouchable,
  type User,
  userOf,
} from './person.ts'

type Step = AutomaticStep<Client>

/** Late, since another unit may switch services off that the hand-over needs. */
const moveUnit: Step = {
  id: 'move-unit',
  title: 'Move to the unit of people who left',
  area: 'directory',
  phase: 'remove',
  // All of these write the same user record.
  after: ['google-workspace/hide'],
  async find(at) {
    const { moveTo } = at.client.settings
    const user = moveTo === undefined ? undefined : await userOf(at)
    if (!user) return []
    const path = user.orgUnitPath ?? ''
    const finding = { id: 'unit', label: `Unit ${moveTo}`, before: { orgUnitPath: path } }
    const fact = `orgUnitPath=${path}`
    if (path.toLowerCase() === moveTo?.toLowerCase()) return [{ ...finding, state: 'done', fact }]
    const why = await barredBySuperAdmin(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact }]
  },
  async apply(at) {
    const { moveTo } = at.client.settings
    await refuseUntouchable(at)
    if (moveTo !== undefined) await changeUser(at, 'move the user', { orgUnitPath: moveTo })
  },
  async undo(at, finding) {
    const { orgUnitPath } = finding.before as { orgUnitPath: string }
    await changeUser(at, 'move the user back', { orgUnitPath })
  },
}

const rename: Step = {
  id: 'rename',
  title: 'Give the account another address',
  area: 'directory',
  phase: 'remove',
  after: ['google-workspace/move-unit'],
  async find(at) {
    const { rename: prefix } = at.client.settings
    const user = prefix === undefined ? undefined : await userOf(at)
    const address = user?.primaryEmail
    if (!user || !address || prefix === undefined) return []
    const fact = `primaryEmail=${address}`
    if (address.toLowerCase().startsWith(prefix)) return [{ id: 'address', label: 'Address', state: 'done', fact }]
    const finding = { id: 'address', label: `Address ${prefix}${address}`, before: { primaryEmail: address } }
    const why = await barredBySuperAdmin(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    const { rename: prefix } = at.client.settings
    const address = (await freshUser(at.client, at.account.id))?.primaryEmail
    if (!address || prefix === undefined || address.toLowerCase().startsWith(prefix)) return
    await changeUser(at, 'rename the user', { primaryEmail: `${prefix}${address}` })
  },
  /** The old address became an alias, which Google wants gone before it is the address again; so does the new one then. */
  async undo(at, finding) {
    const { primaryEmail } = finding.before as { primaryEmail: string }
    const user = await freshUser(at.client, at.account.id)
    if (!user) throw new Rejected('The account is deleted.')
    if (user.primaryEmail !== primaryEmail) {
      await removeAlias(at, primaryEmail)
      await changeUser(at, 'give the user the old address back', { primaryEmail })
    }
    await removeAlias(at, `${at.client.settings.rename ?? ''}${primaryEmail}`)
  },
}

/** Last of all: until then devices and licences are found by an alias, too. */
const aliases: Step = {
  id: 'aliases',
  title: 'Take the aliases away',
  area: 'directory',
  phase: 'reclaim',
  after: [
    'google-workspace/mobile-wipe',
    'google-workspace/chromebook-wipe',
    'google-workspace/computer-wipe',
    'google-workspace/licences',
    'google-workspace/archive',
  ],
  async find(at) {
    const user = at.client.settings.removeAliases ? await userOf(at) : undefined
    if (!user) return []
    const why = await barredBySuperAdmin(at, user)
    return (user.aliases ?? []).map((alias) => {
      const finding = { id: alias.toLowerCase(), label: alias, before: { alias } }
      return why ? blocked(finding, why) : { ...finding, state: 'open', fact: `alias of ${user.primaryEmail}` }
    })
  },
  async apply(at, finding) {
    if (await isAlias(at, finding.id)) await removeAlias(at, finding.id)
  },
  async undo(at, finding) {
    const { alias } = finding.before as { alias: string }
    if (await isAlias(at, alias)) return
    await ask('give an alias back', () =>
      at.client.directory('users').users.aliases.insert({ userKey: at.account.id, requestBody: { alias } }),
    )
  },
}

/** Fresh: by now the address may be somebody else's. */
async function isAlias(at: GoogleAt, address: string): Promise<boolean> {
  const user = await freshUser(at.client, at.account.id)
  return user?.aliases?.some((one) => one.toLowerCase() === address.toLowerCase()) ?? false
}

async function removeAlias(at: GoogleAt, alias: string): Promise<void> {
  const params = { userKey: at.account.id, alias }
  await unlessGone(order('take an alias away', () => at.client.directory('users').users.aliases.delete(params)))
}

/** Google takes an Archived User licence for it, and frees the usual one itself. */
const archive: Step = {
  id: 'archive',
  title: 'Archive the account',
  area: 'directory',
  phase: 'reclaim',
  needs: ['google-workspace/transfer-files'],
  async find(at) {
    const user = at.client.settings.archive ? await userOf(at) : undefined
    if (!user) return []
    const finding = { id: 'archive', label: user.primaryEmail ?? at.account.label, before: before(user) }
    if (user.archived) return [{ ...finding, state: 'done', fact: 'archived=true' }]
    const why = await barredBySuperAdmin(at, user)
    return [why ? blocked(finding, why) : { ...finding, state: 'open', fact: 'archived=false' }]
  },
  async apply(at) {
    await refuseUntouchable(at)
    await changeUser(at, 'archive the account', { archived: true })
  },
  async undo(at) {
    await changeUser(at, 'take the account out of the archive', { archived: false })
  },
}

function before(user: User): { archived: boolean } {
  return { archived: user.archived === true }
}

export const leavingSteps: readonly Step[] = [moveUnit, rename, archive, aliases]
