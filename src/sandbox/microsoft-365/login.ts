/** The pretend login authority: client credentials for an app, with Microsoft's own error bodies. */
import { constants, createHmac, randomUUID, timingSafeEqual, verify, X509Certificate } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'

export interface App {
  tenant: string
  clientId: string
  clientSecret: string
  /** A certificate registered for the app, PEM. */
  certificate?: string
  /** An expired secret is refused with its own code. */
  secretExpired?: boolean
  displayName: string
  /** Object id of the app's service principal. */
  objectId: string
  /** Granted application permissions. */
  roles: readonly string[]
  /** Those of Office 365 Exchange Online. */
  exchangeRoles: readonly string[]
  graphUrl: string
}

const key = randomUUID()

/** `POST /{tenant}/oauth2/v2.0/token`, and the metadata document beside it. */
export function login(app: App, asked: Asked): Answer {
  const [, tenant = '', ...rest] = asked.path.split('/')
  const place = rest.join('/')
  if (tenant !== app.tenant) {
    return refused(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    )
  }
  if (place === 'v2.0/.well-known/openid-configuration') return { status: 200, body: metadata(asked.host, tenant) }
  if (asked.method !== 'POST' || place !== 'oauth2/v2.0/token') return { status: 404 }
  return token(app, asked.body as Record<string, string>)
}

function token(app: App, form: Record<string, string>): Answer {
  const client = form.client_id ?? ''
  if (form.grant_type !== 'client_credentials') {
    return refused(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${form.grant_type}'.`,
    )
  }
  if (client !== app.clientId) {
    return refused(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${client}' was not found in the directory '${app.tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    )
  }
  const refusal = form.client_assertion ? assertionRefusal(app, form.client_assertion) : secretRefusal(app, form)
  if (refusal) return refusal
  const scopes = (form.scope ?? '').split(' ')
  const forExchange = scopes.includes('https://outlook.office365.com/.default')
  if (!forExchange && !scopes.includes(`${app.graphUrl}/.default`)) {
    return refused(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${form.scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    )
  }
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: issue(app, forExchange) },
  }
}

function secretRefusal(app: App, form: Record<string, string>): Answer | undefined {
  if (form.client_secret !== app.clientSecret) {
    return refused(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
    )
  }
  if (app.secretExpired) {
    return refused(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret.`,
    )
  }
  return undefined
}

/** A JWT that the app signed with its certificate's key (Microsoft identity platform, certificate credentials). */
function assertionRefusal(app: App, assertion: string): Answer | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  const { publicKey } = app.certificate ? new X509Certificate(app.certificate) : {}
  const pss = read(header).alg === 'PS256'
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const signed = Buffer.from(`${header}.${claims}`)
  const good =
    publicKey && verify('sha256', signed, { key: publicKey, ...padding }, Buffer.from(signature, 'base64url'))
  const { iss, sub, exp } = read(claims)
  if (good && iss === app.clientId && sub === app.clientId && Number(exp) > Date.now() / 1000) return undefined
  const why = `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app.clientId}'].`
  return refused(401, 'invalid_client', 700027, why)
}

function refused(status: number, error: string, code: number, message: string): Answer {
  const traceId = randomUUID()
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ')
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${message} Trace ID: ${traceId} Correlation ID: ${traceId} Timestamp: ${stamp}Z`,
      error_codes: [code],
      timestamp: `${stamp}Z`,
      trace_id: traceId,
      correlation_id: traceId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  }
}

function metadata(host: string, tenant: string): Record<string, unknown> {
  const base = `https://${host}/${tenant}`
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  }
}

/** A token whose claims show the app's rights, as Graph's tokens do today. */
function issue(app: App, forExchange: boolean): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    aud: forExchange ? 'https://outlook.office365.com' : app.graphUrl,
    iss: `https://sts.windows.net/${app.tenant}/`,
    iat: now,
    nbf: now,
    exp: now + 3599,
    appid: app.clientId,
    app_displayname: app.displayName,
    idtyp: 'app',
    oid: app.objectId,
    roles: forExchange ? app.exchangeRoles : app.roles,
    tid: app.tenant,
    ver: '1.0',
  }
  const signed = `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode(claims)}`
  return `${signed}.${seal(signed)}`
}

function seal(text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** The rights in a token that this authority gave out; undefined for any other token. */
export function rolesIn(authorization: string | undefined): readonly string[] | undefined {
  const [header = '', claims = '', seal1 = ''] = (authorization ?? '').replace(/^Bearer /, '').split('.')
  const expected = Buffer.from(seal(`${header}.${claims}`))
  const given = Buffer.from(seal1)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
  return (JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { roles: string[] }).roles
}
