/** The user itself: AWS deletes it only once nothing belongs to it any more. */
import { type AutomaticStep, Rejected } from '../../src/connector.ts'
import { isCode, unlessGone } from './answers.ts'
import type { Aws } from './client.ts'
import { attachedOf, deleteInline, detach, groupsOf, inlineNames, leaveGroup } from './grants.ts'
import { keyKinds } from './keys.ts'
import { devicesOf, putDenyAll, removeDenyAll, removeDevice, removePassword } from './sign-in.ts'
import { isoDay, type On, userStep } from './step.ts'

export function deleteUser(before: readonly string[]): AutomaticStep<Aws> {
  return userStep({
    id: 'delete-user',
    title: 'Delete the IAM user',
    phase: 'reclaim',
    irreversible: true,
    needs: before.map((id) => `aws/${id}`),
    async look(_on, user) {
      const used = user.PasswordLastUsed ? `, last signed in ${isoDay(user.PasswordLastUsed)}` : ''
      const fact = `${user.Arn} created ${isoDay(user.CreateDate)}${used}`
      return [{ id: user.UserId ?? '', label: user.UserName, state: 'open', fact }]
    },
    act: (on) => clearAndDelete(on),
  })
}

/** IAM's lists may lag behind what was just made, so the refusal "must delete … first" sends us round again. */
const rounds = 4

async function clearAndDelete(on: On, left = rounds): Promise<void> {
  // A list may still show a user that is gone already; whether it is, the order to delete it says.
  await unlessGone(clear(on))
  await removeDenyAll(on)
  try {
    await unlessGone(on.realm.send(new on.realm.iam.DeleteUserCommand({ UserName: on.userName }), on.signal))
  } catch (error) {
    // A clear no: the user lives on, and must not do so without the denial.
    if (isRefusal(error)) await putDenyAll(on)
    if (left <= 1 || !isCode(error, 'DeleteConflict')) throw error
    await clearAndDelete(on, left - 1)
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Rejected
}

/** In the order of the phases; the permissions boundary goes with the user. */
async function clear(on: On): Promise<void> {
  for (const kind of keyKinds) for (const key of await kind.list(on)) await unlessGone(kind.delete(on, key.id))
  await removePassword(on)
  for (const device of await devicesOf(on)) await removeDevice(on, device.id)
  for (const group of await groupsOf(on)) await leaveGroup(on, group)
  for (const policy of await attachedOf(on)) await detach(on, policy)
  for (const name of await inlineNames(on)) await deleteInline(on, name)
}
