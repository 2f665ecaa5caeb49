/** A pretend machine's inside: users, groups, files, processes. Commands read and change it; tests look at the truth. */
export interface User {
  uid: number
  name: string
  home: string
  shell: string
  /** Linux: the password's state. */
  locked: boolean
  /** Linux: days since 1970 when the account expires. */
  expires: number | null
  /** macOS: AuthenticationAuthority. */
  authority: string
  /** Known by a directory, not by this machine. */
  fromDirectory?: true
}

export interface File {
  type: 'f' | 'd' | 'l'
  uid: number
  text: string
  /** Also for root: on a share where root is nobody. */
  unreadable?: true
}

export interface Process {
  pid: number
  uid: number
  /** Who signed in, through su and sudo. */
  loginUid: number
  tty: string
  command: string
}

export interface Machine {
  platform: 'linux' | 'macos'
  users: Map<string, User>
  groups: Map<string, string[]>
  files: Map<string, File>
  processes: Process[]
  /** macOS: who unlocks the disk. */
  fileVault: string[]
}

export function userOf(uid: number, login: string, name: string, more: Partial<User> = {}): User {
  return {
    uid,
    name,
    home: `/home/${login}`,
    shell: '/bin/bash',
    locked: false,
    expires: null,
    authority: ';ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>',
    ...more,
  }
}

/** With every folder above it. */
export function put(machine: Machine, path: string, text: string, uid = 0): void {
  const names = path.split('/').slice(1, -1)
  for (const [index] of names.entries()) {
    const folder = `/${names.slice(0, index + 1).join('/')}`
    if (!machine.files.has(folder)) machine.files.set(folder, { type: 'd', uid: 0, text: '' })
  }
  machine.files.set(path, { type: 'f', uid, text })
}

export function nameOf(machine: Machine, uid: number): string {
  return [...machine.users].find(([, user]) => user.uid === uid)?.[0] ?? String(uid)
}

export interface Said {
  code: number
  out: string
  err: string
}

export function said(out: string, code = 0, err = ''): Said {
  return { code, out: out === '' || out.endsWith('\n') ? out : `${out}\n`, err: err === '' ? '' : `${err}\n` }
}

export type Tool = (machine: Machine, args: readonly string[]) => Said
