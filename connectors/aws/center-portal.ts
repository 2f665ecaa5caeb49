/** AWS publishes no call that disables a user of Identity Center, nor one that ends a session of the access portal. */
import type { ManualStep } from '../../src/connector.ts'
import { currentUser, here, sourceOf } from './center-user.ts'
import type { Aws } from './client.ts'

const day = 24 * 3_600_000

export const centerPortal: ManualStep<Aws> = {
  id: 'center-portal',
  title: 'Disable the Identity Center user and end its portal sessions',
  area: 'infrastructure',
  phase: 'contain',
  owner: 'it',
  dueIn: day,
  async applies(at) {
    const on = await here(at)
    const user = on && (await currentUser(on))
    return user !== undefined && user.UserStatus !== 'DISABLED'
  },
  async ask(at) {
    const on = await here(at)
    const user = on && (await currentUser(on))
    const source = user && sourceOf(user)
    const there = source
      ? ` ${source} provisions this user: disable it there too, or the next sync enables it again.`
      : ''
    return `In the AWS console, IAM Identity Center > Users > ${user?.UserName ?? at.account.label}: Disable user access, then Active sessions > select all > Delete session.${there} Latchkey takes away what the portal shows, which AWS has no call to close.`
  },
}
