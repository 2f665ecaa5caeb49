/**
 * Computers that name the leaver as their manager. Disabling one's account ends its sign-in to the domain and can be
 * given back; locking or wiping the machine itself is for the system that manages devices.
 */
import { AndFilter, EqualityFilter } from 'ldapts'
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { setControl } from './control.ts'
import type { Directory } from './directory.ts'
import { buffer, type Entry, number, text } from './entry.ts'
import { goneFact, targetOf, userOf, writableOf } from './user.ts'
import { flag, guidDn, guidOf, isDisabled, withDisabled, withoutDisabled } from './values.ts'

const attributes = ['objectGUID', 'cn', 'userAccountControl', 'operatingSystem', 'allowedAttributesEffective']

export const computers: AutomaticStep<Directory> = {
  id: 'computers',
  title: 'Disable accounts of managed computers',
  area: 'devices',
  phase: 'remove',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const user = await userOf(at)
    if (!user) return [{ id: 'computers', label: at.account.label, state: 'unknown', fact: goneFact }]
    const { namingContext } = await at.client.root()
    const filter = new AndFilter({
      filters: [
        new EqualityFilter({ attribute: 'objectCategory', value: 'computer' }),
        new EqualityFilter({ attribute: 'managedBy', value: user.dn }),
      ],
    })
    return (await at.client.search({ base: namingContext, filter, attributes })).map(standing)
  },
  async apply(at, { id }) {
    const computer = await managedComputer(at, id)
    if (!computer) return
    const why = dutiful(computer)
    if (why) throw new Rejected(why, { code: 'server' })
    await controlled(at, id, computer, withDisabled)
  },
  async undo(at, { id }) {
    const computer = await at.client.read(guidDn(id), attributes)
    if (computer) await controlled(at, id, computer, withoutDisabled)
  },
}

/** Read afresh; undefined where it is gone, or has another manager by now. */
async function managedComputer(at: At<Directory>, id: string): Promise<Entry | undefined> {
  const user = await targetOf(at)
  const computer = await at.client.read(guidDn(id), [...attributes, 'managedBy'])
  const manager = computer && text(computer, 'managedBy')
  return manager?.toLowerCase() === user.dn.toLowerCase() ? computer : undefined
}

async function controlled(at: At<Directory>, id: string, computer: Entry, wanted: (now: number) => number) {
  try {
    await setControl(at.client, id, wanted)
  } catch (error) {
    if (!(error instanceof Rejected) || error.status !== 50) throw error
    throw new Rejected(notOurs(computer), { status: 50, code: 'insufficientAccessRights', cause: error })
  }
}

function standing(computer: Entry): Finding {
  const control = number(computer, 'userAccountControl')
  const finding = { id: guidOf(buffer(computer, 'objectGUID')), label: nameOf(computer) }
  if (control === undefined)
    return { ...finding, state: 'unknown', fact: 'userAccountControl cannot be read: IT delegates reading computers' }
  const fact = `userAccountControl=${control}, ${system(computer)}`
  if (isDisabled(control)) return { ...finding, state: 'done', fact }
  const why = dutiful(computer) ?? (writableOf(computer).has('useraccountcontrol') ? undefined : notOurs(computer))
  return why ? { ...finding, state: 'blocked', fact: why } : { ...finding, state: 'open', fact }
}

/** Others may depend on it: whoever manages a server on paper must not take it down by leaving. */
function dutiful(computer: Entry): string | undefined {
  const control = number(computer, 'userAccountControl') ?? 0
  const personal = /^(windows(?!.*server)|mac ?os|os x)/i.test(text(computer, 'operatingSystem') ?? '')
  if (personal && (control & flag.domainController) === 0) return undefined
  return `${nameOf(computer)} (${system(computer)}) may serve others: IT gives it another manager, or disables it by hand`
}

function notOurs(computer: Entry): string {
  return `Latchkey may not write userAccountControl of ${nameOf(computer)}: IT delegates this for computers to the service account, or disables it by hand`
}

function nameOf(computer: Entry): string {
  return text(computer, 'cn') ?? computer.dn
}

function system(computer: Entry): string {
  return text(computer, 'operatingSystem') ?? 'operating system not known'
}
