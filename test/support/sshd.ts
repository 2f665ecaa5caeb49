/** A real SSH server on loopback with throw-away users: made anew for each bed, the truth read past the server. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Client } from 'ssh2'
import { vi } from 'vitest'

const tools = ['/usr/sbin/sshd', '/usr/bin/sudo', '/usr/sbin/useradd', '/usr/bin/crontab', '/usr/bin/pkill']

/** Why there can be no real server here; undefined where there can. */
export function whyNoSshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make users to sign in as'
  const missing = tools.filter((path) => !existsSync(path))
  return missing.length > 0 ? `${missing.join(', ')}: not installed; .ci/install-real-servers installs it` : undefined
}

export interface RealHost {
  port: number
  hostKey: string
  /** Login names: of their own for this process, since other tests may run on this machine. */
  logins: { bot: string; leaver: string; bystander: string; namesake: string }
  keys: { bot: string; leaver: string; bystander: string; publicLeaver: string }
  password: string
  /** The leaver as on the first day, with all that can be left behind on a host. */
  renewLeaver(): void
  /** Signs in as somebody would; rejects where it is refused. */
  signIn(as: { user: string; password?: string; key?: string }): Promise<Client>
  state(): Record<string, unknown>
  close(): void
}

function run(program: string, args: readonly string[], input?: string): string {
  return execFileSync(program, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] })
}

function attempt(program: string, args: readonly string[]): void {
  try {
    run(program, args)
  } catch {
    // What a test before left, or did not leave.
  }
}

export const folderOfStore = '/var/lib/latchkey'

export async function startSshd(sudoRule: string): Promise<RealHost> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sshd-'))
  const id = process.pid
  const logins = { bot: `lkbot${id}`, leaver: `lkjo${id}`, bystander: `lkjoan${id}`, namesake: `lkjo${id}-x` }
  const keyOf = (name: string) => {
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@test`, '-f', join(folder, name)])
    return { secret: readFileSync(join(folder, name), 'utf8'), open: readFileSync(join(folder, `${name}.pub`), 'utf8') }
  }
  const [host, bot, leaver, bystander] = ['host', 'bot', 'leaver', 'bystander'].map(keyOf) as Required<
    ReturnType<typeof keyOf>
  >[] as [Pair, Pair, Pair, Pair]
  const password = 'correct horse battery staple'
  // A folder for sshd's children, which the service would make.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  for (const login of Object.values(logins)) attempt('userdel', ['-rf', login])
  for (const [login, key] of [
    [logins.bot, bot.open],
    [logins.bystander, bystander.open],
    [logins.namesake, bystander.open],
  ] as const)
    makeUser(login, key, password)
  const rule = `/etc/sudoers.d/${logins.bot}`
  writeFileSync(rule, sudoRule.replaceAll('latchkey', logins.bot), { mode: 0o440 })
  run('visudo', ['-c', '-q', '-f', rule])
  const { port, stop } = await serve(folder)
  const made: RealHost = {
    port,
    hostKey: fingerprint(host.open),
    logins,
    keys: { bot: bot.secret, leaver: leaver.secret, bystander: bystander.secret, publicLeaver: leaver.open },
    password,
    renewLeaver: () => renew(logins, leaver.open, password),
    signIn: (as) => signIn(port, as),
    state: () => Object.fromEntries(Object.values(logins).map((login) => [login, stateOf(login)])),
    close() {
      stop()
      for (const login of Object.values(logins)) forget(login)
      rmSync(rule, { force: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return made
}

interface Pair {
  secret: string
  open: string
}

function fingerprint(open: string): string {
  const blob = Buffer.from(open.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

function makeUser(login: string, key: string, password: string): void {
  run('useradd', ['--create-home', '--shell', '/bin/bash', '--comment', `Person ${login}`, login])
  run('chpasswd', [], `${login}:${password}\n`)
  const home = `/home/${login}`
  mkdirSync(`${home}/.ssh`, { mode: 0o700 })
  writeFileSync(`${home}/.ssh/authorized_keys`, key, { mode: 0o600 })
  run('chown', ['-R', `${login}:${login}`, `${home}/.ssh`])
}

function forget(login: string): void {
  attempt('pkill', ['-KILL', '-u', login])
  const uid = uidOf(login)
  attempt('userdel', ['-rf', login])
  for (const path of [`/etc/sudoers.d/${login}`, `/etc/cron.d/${login}`, `/var/spool/cron/crontabs/${login}`])
    rmSync(path, { force: true })
  for (const name of uid !== undefined && existsSync(folderOfStore) ? readdirSync(folderOfStore) : [])
    if (name.startsWith(`${uid}_`)) rmSync(join(folderOfStore, name), { force: true })
}

function uidOf(login: string): number | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${login}:`))
  return line === undefined ? undefined : Number(line.split(':')[2])
}

function renew(logins: RealHost['logins'], key: string, password: string): void {
  const { leaver, bystander } = logins
  forget(leaver)
  makeUser(leaver, key, password)
  run('usermod', ['-aG', 'sudo,users', leaver])
  run('crontab', ['-u', leaver, '-'], '0 4 * * * /usr/bin/true\n')
  writeFileSync(`/etc/sudoers.d/${leaver}`, `# for the nightly job\n${leaver} ALL=(ALL) NOPASSWD: ALL\n`, {
    mode: 0o440,
  })
  writeFileSync(`/etc/cron.d/${leaver}`, `0 5 * * * ${leaver} /usr/bin/true\n`, { mode: 0o644 })
  const file = `/home/${bystander}/.ssh/authorized_keys`
  const own = readFileSync(file, 'utf8').split('\n')[0]
  writeFileSync(file, `${own}\n${key}`)
  // Answers once it runs.
  run('runuser', ['-u', leaver, '--', 'sh', '-c', 'sleep 1000 </dev/null >/dev/null 2>&1 &'])
}

async function serve(folder: string): Promise<{ port: number; stop(): void }> {
  const port = await freePort()
  const config = join(folder, 'sshd_config')
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `PidFile ${folder}/pid`,
    'UsePAM yes',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100',
    'PerSourceMaxStartups none',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (data) => {
    said += data
  })
  await vi.waitFor(() => {
    if (!said.includes('Server listening')) throw new Error(`sshd does not start: ${said}`)
  }, 10_000)
  return { port, stop: () => void server.kill() }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function signIn(port: number, { user, password, key }: Parameters<RealHost['signIn']>[0]): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    client.on('ready', () => resolve(client))
    client.on('error', reject)
    client.on('close', () => reject(new Error('closed')))
    client.connect({
      host: '127.0.0.1',
      port,
      username: user,
      readyTimeout: 8_000,
      ...(key ? { privateKey: key, authHandler: ['publickey'] } : {}),
      ...(password ? { password, authHandler: ['password'] } : {}),
    })
  })
}

/** All that steps could change, and no stamp that changes by itself. */
function stateOf(login: string): Record<string, unknown> {
  const uid = uidOf(login)
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n')
  const [shadow = ''] = lines('/etc/shadow').filter((line) => line.startsWith(`${login}:`))
  const [, hash = '', , ...ages] = shadow.split(':')
  const held = (path: string) => existsSync(path) && readFileSync(path, 'utf8')
  const home = `/home/${login}`
  return {
    uid,
    locked: hash.startsWith('!'),
    ages,
    groups: lines('/etc/group').filter((line) => line.split(':').at(-1)?.split(',').includes(login)),
    keys: held(`${home}/.ssh/authorized_keys`),
    crontab: held(`/var/spool/cron/crontabs/${login}`),
    sudo: held(`/etc/sudoers.d/${login}`),
    aside: existsSync(folderOfStore) ? readdirSync(folderOfStore).filter((name) => name.startsWith(`${uid}_`)) : [],
    running: runs(login, uid),
  }
}

function runs(login: string, uid: number | undefined): boolean {
  if (uid === undefined || login.startsWith('lkbot')) return false
  try {
    return run('ps', ['-U', String(uid), '-o', 'stat='])
      .split('\n')
      .some((state) => state !== '' && !state.startsWith('Z'))
  } catch {
    // 1: none.
    return false
  }
}
