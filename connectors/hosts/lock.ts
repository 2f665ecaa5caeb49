/** Nobody signs in any more: the password locked and the account expired (Linux), disabled and without a shell (macOS). */
import type { AutomaticStep } from '../../src/connector.ts'
import type { Hosts } from './host.ts'
import { hereOf, targetOf } from './person.ts'
import { platformOf } from './platform.ts'

/** `usermod -L` alone leaves keys working; expiry refuses both. A session that is open goes on, and is the next step's. */
export const lock: AutomaticStep<Hosts> = {
  id: 'lock',
  title: 'Lock the account and let it expire',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const here = await hereOf(at)
    // A directory's user is ended there; a task says so.
    if (!here?.person.local) return []
    return platformOf(here.host).lockState(here.host, here.person.login)
  },
  async apply(at, { id }) {
    const { host, person } = await targetOf(at)
    if (person.local) await platformOf(host).lock(host, person.login, id)
  },
  async undo(at, { id, before = null }) {
    const { host, person } = await targetOf(at)
    await platformOf(host).unlock(host, person.login, id, before)
  },
}
