/** What people do on a host: a directory's user, and ways in that no file of the leaver's stands for. */
import { duration, type ManualStep } from '../../src/connector.ts'
import type { Hosts } from './host.ts'
import { serverOf } from './key-files.ts'
import { hereOf } from './person.ts'

const day = duration().parse('1d')

export const directoryUser: ManualStep<Hosts> = {
  id: 'directory-user',
  title: 'See that the directory ends this sign-in',
  area: 'infrastructure',
  phase: 'contain',
  owner: 'it',
  dueIn: day,
  async applies(at) {
    const here = await hereOf(at)
    return here !== undefined && !here.person.local
  },
  async ask(at) {
    const here = await hereOf(at)
    const login = here?.person.login ?? at.account.label
    return `${login} on ${at.account.realm} comes from a directory, so the account is ended there and not on the host. See that the host knows: sudo sss_cache -u ${login}, then sign in as ${login} must be refused (a host that is offline goes on with what it remembers).`
  },
}

export const otherWaysIn: ManualStep<Hosts> = {
  id: 'other-ways-in',
  title: 'Revoke certificates and keys from elsewhere',
  area: 'infrastructure',
  phase: 'contain',
  owner: 'it',
  dueIn: day,
  async applies(at) {
    const here = await hereOf(at)
    return here !== undefined && (await serverOf(here.host, here.person.login)).also.length > 0
  },
  async ask(at) {
    const here = await hereOf(at)
    const also = here ? (await serverOf(here.host, here.person.login)).also.join('; ') : ''
    return `The SSH server of ${at.account.realm} lets people in by more than key files (${also}). Revoke the leaver's certificates (RevokedKeys in sshd_config) and take their keys out of where that command reads them.`
  },
}
