/** One client for each AWS account, signed in by AssumeRole; and who we are. */
import type {
  $Command,
  IAMClient,
  IAMClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-iam'
import type { STS } from '@aws-sdk/client-sts'
import { Denied, type Gate, pageCounter, Rejected } from '../../src/connector.ts'
import type { Center } from './center.ts'
import { overGate } from './http.ts'
import { type Match, roleArn, type Settings } from './settings.ts'
import { signedAnew } from './signing.ts'

export interface Aws {
  match: Match
  realms: ReadonlyMap<string, Realm>
  /** Where the settings name one. */
  center?: Center
  /** The tag that names who looks after a user of a service. */
  ownerTag?: string
  /** The principal of the settings' own credentials, from whom the roles are assumed. */
  caller(): Promise<Caller>
}

export interface Realm {
  /** Account id, twelve digits. */
  id: string
  /** The role that is assumed here; none where the credentials belong to this very account. */
  role: string | undefined
  sharedRoles: readonly string[]
  /** The SDK itself, for its commands. */
  iam: typeof import('@aws-sdk/client-iam')
  /** Throws Rejected with AWS's own code and words, or the gate's error. */
  send<In extends ServiceInputTypes, Out extends ServiceOutputTypes>(
    command: $Command<In, Out, IAMClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    signal?: AbortSignal,
  ): Promise<Out>
}

export interface Caller {
  account: string
  arn: string
  /** AIDA… of a user, AROA…:session of a role. */
  userId: string
}

type Account = Settings['accounts'][number]

/** The SDK comes with the first call: it would make every start of the bot a tenth of a second longer. */
export async function connect(settings: Settings, gate: Gate): Promise<Aws> {
  const [iam, { STS }] = await Promise.all([import('@aws-sdk/client-iam'), import('@aws-sdk/client-sts')])
  const config = sdkConfig(settings, gate)
  const own = settings.credentials
  const sts = new STS({
    ...config,
    ...(own
      ? { credentials: { accessKeyId: own.accessKeyId.reveal(), secretAccessKey: own.secretAccessKey.reveal() } }
      : {}),
  })
  const caller = callerOf(sts)
  const clients = settings.accounts.map((account) => {
    const role = roleArn(account, settings.region)
    const credentials = role ? assumed(account, role, sts) : ownCredentials(account, sts, caller)
    const client = new iam.IAMClient({ ...config, credentials })
    const { sharedRoles = [] } = account
    const realm: Realm = { id: account.id, role, sharedRoles, iam, send: sender(account, client) }
    return { realm, client }
  })
  const { identityCenter: wanted } = settings
  const signer = clients.find(({ realm }) => realm.id === wanted?.account)?.client.config.credentials
  const center = wanted && signer && (await openCenter(wanted, { ...config, credentials: signer }))
  return {
    match: settings.match,
    realms: new Map(clients.map(({ realm }) => [realm.id, realm])),
    ...(center ? { center } : {}),
    ...(settings.ownerTag ? { ownerTag: settings.ownerTag } : {}),
    caller,
  }
}

/** Its SDKs are loaded only where there is one. */
async function openCenter(...of: Parameters<typeof import('./center.ts').connectCenter>): Promise<Center> {
  const { connectCenter } = await import('./center.ts')
  return connectCenter(...of)
}

/** Everything said outright, so that no profile on this machine changes it. The gate is the only retry layer. */
function sdkConfig(settings: Settings, gate: Gate) {
  return {
    region: settings.region,
    requestHandler: overGate(gate),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
  } as const
}

/** Asked again whenever the key changes, as an instance role's does every few hours. */
function callerOf(sts: STS): () => Promise<Caller> {
  let known: { key: string; caller: Caller } | undefined
  return async () => {
    const { accessKeyId } = await sts.config.credentials()
    if (known?.key === accessKeyId) return known.caller
    const told = await signedAnew('sign-in', 'GetCallerIdentity', () => sts.getCallerIdentity({}))
    const caller = { account: told.Account ?? '', arn: told.Arn ?? '', userId: told.UserId ?? '' }
    known = { key: accessKeyId, caller }
    return caller
  }
}

function sender(account: Account, client: IAMClient): Realm['send'] {
  return (command, signal) =>
    signedAnew(account.id, command.constructor.name.replace(/Command$/, ''), () =>
      client.send(command, signal ? { abortSignal: signal } : {}),
    )
}

/** The shortest session that AWS gives; the SDK asks for the next one five minutes before this one ends. */
const sessionSeconds = 900

function assumed(account: Account, role: string, sts: STS) {
  const order = {
    RoleArn: role,
    RoleSessionName: 'latchkey',
    DurationSeconds: sessionSeconds,
    ...(account.externalId ? { ExternalId: account.externalId } : {}),
  }
  return async () => {
    try {
      const answer = await signedAnew(account.id, 'AssumeRole', () => sts.assumeRole(order))
      const given = answer.Credentials
      if (!given?.AccessKeyId || !given.SecretAccessKey) throw new Rejected('AWS gave no session.')
      return {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        ...(given.SessionToken ? { sessionToken: given.SessionToken } : {}),
        ...(given.Expiration ? { expiration: given.Expiration } : {}),
      }
    } catch (error) {
      throw naming(account, role, error)
    }
  }
}

/** One of several accounts is refused: the person who reads it must learn which. */
function naming(account: Account, role: string, error: unknown): unknown {
  if (!(error instanceof Denied) && !(error instanceof Rejected)) return error
  const also = account.externalId ? ' with this external id' : ''
  const message = `AWS account ${account.id}: the role ${role} could not be assumed. IT lets Latchkey's principal assume it${also}, in the role's trust policy and in that principal's own. ${error.message}`
  if (error instanceof Denied) return new Denied(message, { cause: error })
  return new Rejected(message, { status: error.status ?? 0, code: error.code ?? '', cause: error })
}

/** Without a role the realm is wherever the credentials belong, and a wrong account id would name the wrong place. */
function ownCredentials(account: Account, sts: STS, caller: Aws['caller']) {
  return async () => {
    const { account: actual } = await caller()
    if (actual === account.id) return sts.config.credentials()
    throw new Rejected(
      `The AWS credentials belong to account ${actual}, not to ${account.id}. IT names a role for ${account.id} in the settings.`,
    )
  }
}

/** All pages. AWS may send fewer than asked for, or none at all, and still have more. */
export async function all<Page extends { IsTruncated?: boolean; Marker?: string }, T>(
  read: (marker: { Marker?: string }) => Promise<Page>,
  pick: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = []
  const count = pageCounter('AWS')
  let marker: { Marker?: string } = {}
  for (;;) {
    const page = await read(marker)
    const list = pick(page)
    // An empty list is there, and empty: what leaves it out says nothing of it.
    if (!list) throw new Rejected("AWS's answer has no list in it, so nothing is known of what it would hold.")
    found.push(...list)
    if (!page.IsTruncated) return found
    if (!page.Marker) throw new Rejected('AWS says there is more, but not where.')
    count(page.Marker)
    marker = { Marker: page.Marker }
  }
}
