/**
 * A pretend Google Workspace: the token endpoint with real signatures, Directory, Data Transfer, Licensing and Gmail,
 * with Google's pages, refusals, throttling and delays.
 */
import { Secret } from '../../connector.ts'
import { exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { calendarMethods } from './calendars.ts'
import { computerMethods } from './computers.ts'
import { deviceMethods } from './devices.ts'
import { groupMethods } from './groups.ts'
import { mailMethods } from './mail.ts'
import { createRouter, scopePrefix } from './route.ts'
import { securityMethods } from './security.ts'
import { administrator, seed } from './seed.ts'
import { driveMethods, vaultMethods } from './shared-drives.ts'
import { serviceAccount, signInDoor } from './sign-in.ts'
import type { State } from './state.ts'
import { licensingMethods, transferMethods } from './transfers.ts'
import { userMethods } from './users.ts'

export interface GoogleWorkspaceOptions {
  /** How long a change stays invisible to readers. */
  lagMs?: number
  /** Google may give shorter pages than asked for. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** Scopes that domain-wide delegation grants, without the common prefix; all but the broadest when absent. */
  delegated?: readonly string[]
  /** APIs that the project has not enabled: 'Admin SDK API', 'Gmail API', 'Enterprise License Manager API'. */
  disabledApis?: readonly string[]
  /** Queries a minute and user, after which 403 userRateLimitExceeded is answered. */
  perMinute?: number
  /** How long a data transfer and a wipe take. */
  transferMs?: number
  wipeMs?: number
  /** Transfers end as failed, as under a legal hold. */
  failTransfers?: boolean
  /** Changes the seeded state before the first request. */
  prepare?: (state: State) => void
}

export interface PretendGoogleWorkspace extends Pretend {
  world: World<State>
  /** For the connector: `credentials` as a Secret. */
  settings: { credentials: Secret; subject: string; licences: string[] }
  /** What must appear nowhere: grows with each token handed out and each password set. */
  secrets: readonly string[]
  /** Brings running transfers and wipes to their end. */
  settle(): void
}

const hosts = [
  'oauth2.googleapis.com',
  'admin.googleapis.com',
  'gmail.googleapis.com',
  'licensing.googleapis.com',
  'www.googleapis.com',
  'cloudidentity.googleapis.com',
  'vault.googleapis.com',
]
const methods = [
  {
    api: 'Admin SDK API',
    methods: [...userMethods, ...securityMethods, ...groupMethods, ...deviceMethods, ...transferMethods],
  },
  { api: 'Enterprise License Manager API', methods: licensingMethods },
  { api: 'Gmail API', methods: mailMethods },
  { api: 'Google Calendar API', methods: calendarMethods },
  { api: 'Google Drive API', methods: driveMethods },
  { api: 'Cloud Identity API', methods: computerMethods },
  { api: 'Google Vault API', methods: vaultMethods },
]
/** Those that open a whole part of the company are delegated only where a test says so. */
const broad = ['drive', 'calendar', 'calendar.events']
const allScopes = [...new Set(methods.flatMap((one) => one.methods.flatMap((method) => method.scopes)))].filter(
  (scope) => !broad.includes(scope),
)

export async function pretendGoogleWorkspace(options: GoogleWorkspaceOptions = {}): Promise<PretendGoogleWorkspace> {
  const account = serviceAccount()
  const initial = seed(Date.now())
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const delegated = (options.delegated ?? allScopes).map((scope) => `${scopePrefix}${scope}`)
  const secrets = [privateKeyLine(account.keyFile), ...Object.values(initial.backupCodes).flat()]
  const route = createRouter({
    door: signInDoor(account, delegated, (token) => void secrets.push(token)),
    world: state,
    methods,
    times: {
      transferMs: options.transferMs ?? 1500,
      wipeMs: options.wipeMs ?? 1500,
      failTransfers: options.failTransfers ?? false,
    },
    disabledApis: options.disabledApis ?? [],
    pageSize: options.pageSize,
    perMinute: options.perMinute ?? 2400,
  })
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts,
    handle(asked) {
      const { password } = (asked.body ?? {}) as { password?: unknown }
      if (typeof password === 'string') secrets.push(password)
      return route(asked)
    },
    record: (asked, answer) => (isInContract(asked.path, asked.method) ? exchange('google', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: {
      credentials: new Secret(account.keyFile),
      subject: administrator,
      licences: ['Google-Apps', 'Google-Vault'],
    },
    secrets,
    settle: () => state.write(settle),
  }
}

function settle(truth: State): void {
  const now = Date.now()
  for (const transfer of truth.transfers) transfer.finishedAt = Math.min(transfer.finishedAt, now)
  for (const command of truth.chromeCommands) command.endsAt = Math.min(command.endsAt, now)
  for (const device of [...truth.phones, ...truth.endpoints])
    if (device.wipedAt !== undefined) device.wipedAt = Math.min(device.wipedAt, now)
}

/** Token endpoints have no contract; these are real methods (googleapis 188) that the contract's file lacks. */
const notInContract: readonly [method: string, path: RegExp][] = [
  ['GET', /\/roles$/],
  ['POST', /\/roleassignments$/],
  ['POST', /\/settings\/filters$/],
  ['POST', /\/transferOwnership$/],
  ['POST', /\/deviceUsers\/[^/]+:approve$/],
]

function isInContract(path: string, method: string): boolean {
  return path !== '/token' && !notInContract.some(([of, like]) => of === method && like.test(path))
}

function privateKeyLine(keyFile: string): string {
  const { private_key: key } = JSON.parse(keyFile) as { private_key: string }
  return key.split('\n')[2] ?? key
}
