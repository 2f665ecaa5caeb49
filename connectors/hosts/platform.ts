/** What differs between Linux and macOS, as the steps need it. */
import type { Finding, Json } from '../../src/connector.ts'
import type { Host } from './host.ts'
import { linux } from './linux.ts'
import { macos } from './macos.ts'

export interface Entry {
  login: string
  uid: number
  home: string
  shell: string
}

export interface Person extends Entry {
  /** As GECOS or RealName has it. */
  name?: string
  /** In the host's own data base, not in a directory's. */
  local: boolean
}

export interface Locked {
  id: string
  label: string
  state: Extract<Finding['state'], 'open' | 'done'>
  fact: string
  before: Json
}

export interface Platform {
  /** Below it are accounts of the system. */
  firstUid: number
  /** `person` is undefined where the host knows no such user; `others` are all other users of its own data base. */
  who(host: Host, login: string): Promise<{ person?: Person; others: readonly Entry[] }>
  lockState(host: Host, login: string): Promise<readonly Locked[]>
  lock(host: Host, login: string, id: string): Promise<void>
  unlock(host: Host, login: string, id: string, before: Json): Promise<void>
  /** Ends what the system keeps of sessions; whatever is left is killed by the step. */
  endSessions(host: Host, person: Entry): Promise<void>
  /** The host's own groups that name this user as a member. */
  groups(host: Host, login: string): Promise<readonly string[]>
  leave(host: Host, login: string, group: string): Promise<void>
  join(host: Host, login: string, group: string): Promise<void>
  /** Folders of crontabs and at jobs, without links on the way. */
  scheduleFolders: readonly string[]
  sudoers: { file: string; folder: string }
}

export function platformOf(host: Host): Platform {
  return host.settings.platform === 'macos' ? macos : linux
}
