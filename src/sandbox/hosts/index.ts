/**
 * Two pretend hosts behind ssh2's own server: a Linux server and a Mac. They know nothing of Latchkey; what they answer
 * is what such systems answer, over a real SSH connection on loopback.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import ssh2, { type Connection } from 'ssh2'
import { Secret } from '../../connector.ts'
import { cast } from '../company.ts'
import type { Machine } from './machine.ts'
import { linuxServer, loginOf, mac } from './machines.ts'
import { execute } from './shell.ts'

export interface PretendHosts {
  url: string
  hosts: readonly string[]
  settings: Record<string, unknown>
  machines: Record<'web-1' | 'mac-7', Machine>
  /** Of Latchkey's own key. */
  secrets: readonly string[]
  /** Every command line, oldest first. */
  lines: readonly string[]
  /** Connections are closed once a command has run, so its answer is lost, so many times. */
  lose: { times: number }
  /** What becomes of the next connections and commands. */
  mood: { as: 'normal' | 'slow' | 'failing' | 'refusing' }
  close(): Promise<void>
}

const bot = { user: 'latchkey', uid: 998 }

export async function pretendHosts(options: { latencyMs?: number } = {}): Promise<PretendHosts> {
  const own = freshKey()
  const lines: string[] = []
  const lose = { times: 0 }
  const mood: PretendHosts['mood'] = { as: 'normal' }
  const machines = { 'web-1': linuxServer(), 'mac-7': mac() }
  const open = (machine: Machine) => openHost(machine, own.public, { ...options, lines, lose, mood })
  const [web, laptop] = await Promise.all([open(machines['web-1']), open(machines['mac-7'])])
  return {
    url: '',
    hosts: [],
    settings: {
      user: bot.user,
      privateKey: new Secret(own.private),
      domains: ['example.com'],
      loginRule: 'dots-to-underscores',
      logins: { [cast.protected]: loginOf(cast.protected) },
      hosts: {
        'web-1': { address: '127.0.0.1', port: web.port, hostKey: web.hostKey },
        'mac-7': { address: '127.0.0.1', port: laptop.port, hostKey: laptop.hostKey, platform: 'macos' },
      },
    },
    machines,
    secrets: own.private.split('\n').filter((line) => line.length > 40),
    lines,
    lose,
    mood,
    close: async () => void (await Promise.all([web.close(), laptop.close()])),
  }
}

const changes =
  / (usermod|chage -E|gpasswd|mv|pkill|loginctl|pwpolicy|dseditgroup|dscl \. -create|fdesetup remove|launchctl) |-execdir/

/** Of every command, while the machines are slow. */
const slowMs = 3_000

interface Around {
  latencyMs?: number
  lines: string[]
  lose: { times: number }
  mood: PretendHosts['mood']
}

async function openHost(machine: Machine, ownKey: string, around: Around) {
  const key = freshKey()
  const parsed = ssh2.utils.parseKey(key.public)
  const allowed = ssh2.utils.parseKey(ownKey)
  if (parsed instanceof Error || allowed instanceof Error) throw new Error('a fresh key cannot be read')
  const open = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    open.add(client)
    client.on('close', () => open.delete(client)).on('error', () => open.delete(client))
    client.on('authentication', (attempt) => {
      const known =
        around.mood.as !== 'refusing' &&
        attempt.method === 'publickey' &&
        attempt.username === bot.user &&
        attempt.key.data.equals(allowed.getPublicSSH()) &&
        (!attempt.signature || allowed.verify(attempt.blob as Buffer, attempt.signature, attempt.hashAlgo) === true)
      if (known) attempt.accept()
      else attempt.reject(['publickey'])
    })
    client.on('ready', () => serve(client, machine, around))
  })
  // Its own listener would hold small packets back for the next acknowledgement.
  const door = createServer({ noDelay: true }, (socket) => {
    if (around.mood.as === 'failing') return socket.destroy()
    server.injectSocket(socket)
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  return {
    port: (door.address() as AddressInfo).port,
    hostKey: fingerprint(parsed.getPublicSSH()),
    close: () =>
      new Promise<void>((done) => {
        for (const client of open) client.end()
        door.close(() => done())
      }),
  }
}

function serve(client: Connection, machine: Machine, { latencyMs = 0, lines, lose, mood }: Around): void {
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      if (mood.as === 'failing' || mood.as === 'refusing') return client.end()
      const channel = acceptExec()
      setTimeout(
        () => {
          lines.push(command)
          const { code, out, err } = execute(machine, command, bot)
          if (lose.times > 0 && changes.test(command)) {
            lose.times -= 1
            return client.end()
          }
          channel.write(out)
          channel.stderr.write(err)
          channel.exit(code)
          channel.end()
        },
        latencyMs + (mood.as === 'slow' ? slowMs : 0),
      )
    })
  })
}

function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** One in two hundred of the ed25519 keys that ssh2 1.17 makes cannot be read by itself. */
function freshKey() {
  return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
}
