/** The signed-in client: Google's own libraries, every request of theirs through the gate, and nothing sent twice. */
import type { admin_datatransfer_v1, admin_directory_v1, auth } from 'googleapis/build/src/apis/admin/index.js'
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js'
import type { cloudidentity_v1 } from 'googleapis/build/src/apis/cloudidentity/index.js'
import type { drive_v3 } from 'googleapis/build/src/apis/drive/index.js'
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { licensing_v1 } from 'googleapis/build/src/apis/licensing/index.js'
import type { vault_v1 } from 'googleapis/build/src/apis/vault/index.js'
import { z } from 'zod'
import type { Gate, Secret } from '../../src/connector.ts'
import { type ChangeStatus, changeTogether } from './chromebooks.ts'
import { type Part, scopesOf } from './scopes.ts'
import type { Settings } from './settings.ts'

/** Google's own objects are behind functions: printed by accident, they would show the private key. */
export interface Client {
  settings: Settings
  serviceAccount: { email: string; clientId: string }
  directory(part: Part): admin_directory_v1.Admin
  transfers(): admin_datatransfer_v1.Admin
  licensing(): licensing_v1.Licensing
  /** Gmail's settings belong to the mailbox: its own user is impersonated. */
  gmail(user: string): gmail_v1.Gmail
  /** A person's calendars belong to the person: impersonated. */
  calendar(user: string): Promise<calendar_v3.Calendar>
  /** As `subject`, with the privilege "Manage calendars". */
  calendarOwners(): Promise<calendar_v3.Calendar>
  sharedDrives(): Promise<drive_v3.Drive>
  computers(): Promise<cloudidentity_v1.Cloudidentity>
  vault(): Promise<vault_v1.Vault>
  /** Asks for a token for one part, as `subject`; for `doctor`. */
  signIn(part: Part): Promise<void>
  /** The same for any scope. The token is thrown away; nothing else is done with it. */
  signInFor(scope: string): Promise<void>
  changeChromebook: ChangeStatus
}

const Key = z.object({
  type: z.literal('service_account'),
  client_email: z.email(),
  client_id: z.string().min(1),
  private_key: z.string().startsWith('-----BEGIN'),
})

const mostSignIns = 200

/** The libraries come with the first call: they would make every start of the bot longer. */
async function libraries() {
  const [{ admin, auth }, { gmail }, { licensing }] = await Promise.all([
    import('googleapis/build/src/apis/admin/index.js'),
    import('googleapis/build/src/apis/gmail/index.js'),
    import('googleapis/build/src/apis/licensing/index.js'),
  ])
  return { admin, auth, gmail, licensing }
}

export async function connect(settings: Settings, gate: Gate): Promise<Client> {
  const key = readKey(settings.credentials)
  const { admin, auth, gmail, licensing } = await libraries()
  const jwtFor = jwtMaker(auth, key, gate)
  const options = { retry: false }
  const signIns = new Map<string, Jwt>()

  function signedIn(part: Part, subject: string) {
    const id = `${part} ${subject}`
    const jwt = signIns.get(id) ?? jwtFor(scopesOf[part], subject)
    // One for each leaver's mailbox would pile up over the years.
    if (signIns.size >= mostSignIns) signIns.clear()
    signIns.set(id, jwt)
    return jwt
  }
  const directory = (part: Part) =>
    admin({ version: 'directory_v1', auth: signedIn(part, settings.subject), ...options })

  return {
    settings,
    serviceAccount: { email: key.client_email, clientId: key.client_id },
    directory,
    transfers: () => admin({ version: 'datatransfer_v1', auth: signedIn('transfer', settings.subject), ...options }),
    licensing: () => licensing({ version: 'v1', auth: signedIn('licensing', settings.subject), ...options }),
    gmail: (user) => gmail({ version: 'v1', auth: signedIn('mail', user), ...options }),
    async calendar(user) {
      const { calendar } = await import('googleapis/build/src/apis/calendar/index.js')
      return calendar({ version: 'v3', auth: signedIn('calendar', user), ...options })
    },
    async calendarOwners() {
      const { calendar } = await import('googleapis/build/src/apis/calendar/index.js')
      return calendar({ version: 'v3', auth: signedIn('calendar-owners', settings.subject), ...options })
    },
    async sharedDrives() {
      const { drive } = await import('googleapis/build/src/apis/drive/index.js')
      return drive({ version: 'v3', auth: signedIn('shared-drives', settings.subject), ...options })
    },
    async computers() {
      const { cloudidentity } = await import('googleapis/build/src/apis/cloudidentity/index.js')
      return cloudidentity({ version: 'v1', auth: signedIn('computers', settings.subject), ...options })
    },
    async vault() {
      const { vault } = await import('googleapis/build/src/apis/vault/index.js')
      return vault({ version: 'v1', auth: signedIn('vault', settings.subject), ...options })
    },
    async signIn(part) {
      await jwtFor(scopesOf[part], settings.subject).authorize()
    },
    async signInFor(scope) {
      await jwtFor([scope], settings.subject).authorize()
    },
    changeChromebook: changeTogether(() => directory('chrome'), settings.customer),
  }
}

function readKey(credentials: Secret): z.infer<typeof Key> {
  let json: unknown
  try {
    json = JSON.parse(credentials.reveal())
  } catch {
    // Not the parser's own message: it quotes the text, and the text is a private key.
    throw new Error('google-workspace: credentials is not JSON; give the whole key file of the service account.')
  }
  const key = Key.safeParse(json)
  if (key.success) return key.data
  const fields = key.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new Error(
    `google-workspace: credentials is not the key file of a service account (wrong or missing: ${fields}).`,
  )
}

type Auth = typeof auth
type Jwt = InstanceType<Auth['JWT']>

function jwtMaker({ JWT }: Auth, key: z.infer<typeof Key>, gate: Gate) {
  return (scopes: readonly string[], subject: string): Jwt => {
    const jwt = new JWT({
      email: key.client_email,
      key: key.private_key,
      scopes: [...scopes],
      subject,
      transporterOptions: {
        retry: false,
        fetchImplementation: (url: string | URL | Request, init?: RequestInit) => gate.fetch(url, bare(init)),
      },
      // The library's own request log would hold tokens and passwords.
      useAuthRequestParameters: false,
    })
    // The library turns retries on for token posts whatever it was told; the gate alone repeats.
    jwt.transporter.interceptors.request.add({ resolved: async (options) => ({ ...options, retryConfig: undefined }) })
    return jwt
  }
}

/** Gaxios passes all of its own options along; the platform's fetch gets what is fetch's. */
function bare(init: RequestInit | undefined): RequestInit {
  const { method, headers, body, signal } = init ?? {}
  return { ...(method && { method }), ...(headers && { headers }), ...(body && { body }), ...(signal && { signal }) }
}
