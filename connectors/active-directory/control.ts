/** Setting `userAccountControl`, of people and of computers, without undoing what somebody else sets meanwhile. */
import { Rejected } from '../../src/connector.ts'
import { change, type Directory } from './directory.ts'
import { number } from './entry.ts'
import { code } from './errors.ts'
import { guidDn } from './values.ts'

/** How often somebody else may be quicker. */
const tries = 3

/**
 * Old value out, new value in, in one order: a controller refuses it (16) where the value is another one by now. Samba
 * takes it all the same. `wanted` answers the value it should have, the same one where nothing is to do.
 */
export async function setControl(directory: Directory, guid: string, wanted: (now: number) => number): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    const entry = await directory.read(guidDn(guid), ['userAccountControl'])
    const now = entry && number(entry, 'userAccountControl')
    if (now === undefined)
      throw new Rejected(
        'userAccountControl cannot be read: IT delegates reading all properties to the service account',
        {
          code: 'unreadable',
        },
      )
    const next = wanted(now)
    if (next === now) return
    const changes = [
      change('delete', 'userAccountControl', String(now)),
      change('add', 'userAccountControl', String(next)),
    ]
    if (!(await directory.modify(guidDn(guid), changes, [code.noSuchAttribute]))) return
  }
  throw new Rejected(`userAccountControl was changed by somebody else ${tries} times while it was being set; try again`)
}
