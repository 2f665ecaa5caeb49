import type { AutomaticStep } from '../../src/connector.ts'
import { type Hosts, isPlain } from './host.ts'
import { hereOf, targetOf } from './person.ts'
import { platformOf } from './platform.ts'

/** Groups of the host's own data base; those of a directory are left there. */
export const groups: AutomaticStep<Hosts> = {
  id: 'groups',
  title: 'Leave the groups of the host',
  area: 'infrastructure',
  phase: 'remove',
  async find(at) {
    const here = await hereOf(at)
    if (!here) return []
    const names = await platformOf(here.host).groups(here.host, here.person.login)
    return names.map((name) => {
      const named = { id: name, label: `Group ${name}` }
      if (isPlain(name) && !name.startsWith('-')) return { ...named, state: 'open', fact: 'a member' }
      return { ...named, state: 'blocked', fact: 'a member; its name does not go into a command: IT does it by hand' }
    })
  },
  async apply(at, { id }) {
    const { host, person } = await targetOf(at)
    await platformOf(host).leave(host, person.login, id)
  },
  async undo(at, { id }) {
    const { host, person } = await targetOf(at)
    await platformOf(host).join(host, person.login, id)
  },
}
