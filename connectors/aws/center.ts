/** The way to one IAM Identity Center: its identity store and its permission sets, over AWS's JSON protocol. */
import type { IdentitystoreClient, IdentitystoreClientConfig } from '@aws-sdk/client-identitystore'
import type { SSOAdminClient, SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import { pageCounter, Rejected } from '../../src/connector.ts'
import type { Settings } from './settings.ts'
import { signedAnew } from './signing.ts'

type StoreSdk = typeof import('@aws-sdk/client-identitystore')
type AdminSdk = typeof import('@aws-sdk/client-sso-admin')

export type CenterSettings = NonNullable<Settings['identityCenter']>

export interface Center {
  /** The management account, or the one that administers Identity Center for it. */
  account: string
  /** Whether the settings want users deleted in the end. */
  deletesUser: boolean
  /** The SDKs themselves, for their commands. */
  store: StoreSdk
  admin: AdminSdk
  /** Throw Rejected with AWS's own code and words, or the gate's error. */
  inStore: IdentitystoreClient['send']
  inAdmin: SSOAdminClient['send']
  instance(): Promise<Instance>
}

export interface Instance {
  arn: string
  /** `d-…`: the realm of its users. */
  storeId: string
}

type Config = IdentitystoreClientConfig & SSOAdminClientConfig & { region: string }

/** `config` as for IAM, with the credentials of the account. The SDKs come with the first call, as IAM's does. */
export async function connectCenter(settings: CenterSettings, config: Config): Promise<Center> {
  const [store, admin] = await Promise.all([
    import('@aws-sdk/client-identitystore'),
    import('@aws-sdk/client-sso-admin'),
  ])
  const here = { ...config, region: settings.region ?? config.region }
  const storeClient = new store.IdentitystoreClient(here)
  const adminClient = new admin.SSOAdminClient(here)
  const center = {
    account: settings.account,
    deletesUser: settings.deleteUser,
    store,
    admin,
    inStore: named(settings.account, storeClient) as Center['inStore'],
    inAdmin: named(settings.account, adminClient) as Center['inAdmin'],
  }
  let known: Instance | undefined
  return {
    ...center,
    async instance() {
      known ??= await theInstance(center, settings)
      return known
    },
  }
}

/** `send` that is signed anew when it waited too long, and whose errors name account and operation. */
function named(account: string, client: { send: (...of: never[]) => unknown }) {
  return (command: object, options: object = {}) =>
    signedAnew(account, command.constructor.name.replace(/Command$/, ''), async () =>
      client.send(command as never, options as never),
    )
}

/** Which of several is meant, nobody guesses. */
async function theInstance(center: Omit<Center, 'instance'>, settings: CenterSettings): Promise<Instance> {
  const all = await everyToken(
    (page) => center.inAdmin(new center.admin.ListInstancesCommand(page)),
    (page) => page.Instances,
  )
  const wanted = all.filter((one) => !settings.instanceArn || one.InstanceArn === settings.instanceArn)
  const [one] = wanted
  if (wanted.length === 1 && one?.InstanceArn && one.IdentityStoreId)
    return { arn: one.InstanceArn, storeId: one.IdentityStoreId }
  const told = all.map((instance) => instance.InstanceArn).join(', ') || 'none at all'
  throw new Rejected(
    `AWS account ${center.account} shows Identity Center ${told}. IT names the one that is meant, its region and the account that administers it in the settings (identityCenter).`,
  )
}

/** All pages of a list with `NextToken`. */
export async function everyToken<Page extends { NextToken?: string | undefined }, T>(
  read: (page: { NextToken?: string }) => Promise<Page>,
  pick: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = []
  const count = pageCounter('AWS')
  let next: { NextToken?: string } = {}
  for (;;) {
    const page = await read(next)
    const list = pick(page)
    // An empty list is there, and empty: what leaves it out says nothing of it.
    if (!list) throw new Rejected("AWS's answer has no list in it, so nothing is known of what it would hold.")
    found.push(...list)
    if (!page.NextToken) return found
    count(page.NextToken)
    next = { NextToken: page.NextToken }
  }
}
