/**
 * Moving to the OU for leavers, where the settings name one. Last of all, after Microsoft 365 is finished: where that OU
 * is outside what Entra Connect synchronises, the move deletes the cloud user, and the mailbox with it.
 */
import { type At, type AutomaticStep, Rejected } from '../../src/connector.ts'
import type { Directory } from './directory.ts'
import { code } from './errors.ts'
import { goneFact, obstacle, targetOf, userOf } from './user.ts'
import { guidDn, isBelow, splitDn } from './values.ts'

export const moveToDisabled: AutomaticStep<Directory> = {
  id: 'move',
  title: 'Move to the OU for leavers',
  area: 'directory',
  phase: 'reclaim',
  // The move may delete the cloud user: what is not handed over by then is gone with it.
  needs: ['microsoft-365/convert-mailbox', 'microsoft-365/onedrive-access'],
  after: ['microsoft-365/licences', 'microsoft-365/device-licences'],
  async find(at) {
    if (!at.client.settings.disabledOu) return []
    const user = await userOf(at)
    const finding = { id: 'parent', label: at.account.label }
    if (!user) return [{ ...finding, state: 'unknown', fact: goneFact }]
    const target = await targetOu(at)
    const { parent } = splitDn(user.dn)
    const fact = `in ${parent}`
    if (isBelow(user.dn, target)) return [{ ...finding, state: 'done', fact }]
    // A move writes cn and name; of the two, allowedAttributesEffective lists cn only, since name is systemOnly.
    const why = obstacle(user, 'cn')
    if (why) return [{ ...finding, state: 'blocked', fact: `${fact}: ${why}` }]
    return [{ ...finding, state: 'open', fact, before: { parent } }]
  },
  async apply(at) {
    const target = await targetOu(at)
    if (!isBelow((await targetOf(at)).dn, target)) await moveTo(at, target)
  },
  async undo(at, { before }) {
    const { parent } = before as { parent: string }
    await moveTo(at, parent)
  },
}

/** As the directory writes it: names are compared in its spelling. */
async function targetOu(at: At<Directory>): Promise<string> {
  const { disabledOu = '' } = at.client.settings
  const ou = await at.client.read(disabledOu, ['objectClass'])
  if (ou) return ou.dn
  throw new Rejected(`the setting 'disabledOu' names ${disabledOu}, which is not there or not shown: IT corrects it`, {
    code: 'noSuchObject',
  })
}

async function moveTo(at: At<Directory>, parent: string): Promise<void> {
  const user = await targetOf(at)
  const { rdn } = splitDn(user.dn)
  const isThere = (dn: string) => splitDn(dn).parent.toLowerCase() === parent.toLowerCase()
  if (isThere(user.dn)) return
  const look = [code.insufficientAccess, code.unwilling, code.alreadyExists]
  const refused = await at.client.move(guidDn(user.guid), `${rdn},${parent}`, look)
  if (!refused || isThere((await targetOf(at)).dn)) return
  throw explained(refused.code, refused.error, { rdn, parent })
}

function explained(answer: number, error: Rejected, { rdn, parent }: { rdn: string; parent: string }): Rejected {
  if (answer === code.alreadyExists)
    return new Rejected(`${parent} has another ${rdn} already: IT renames one of them, then tries again`, {
      status: answer,
      code: 'entryAlreadyExists',
      cause: error,
    })
  if (answer !== code.insufficientAccess) return error
  return new Rejected(
    `Latchkey may not move the account to ${parent}: IT delegates creating and deleting users in both places, and writing their cn and name`,
    { status: answer, code: 'insufficientAccessRights', cause: error },
  )
}
