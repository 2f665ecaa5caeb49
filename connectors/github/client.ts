/**
 * The App signs in to each organisation by itself: a signed word of its own (JWT) buys a token of its installation
 * there, good for an hour. https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
 */
import { z } from 'zod'
import { Denied, type Gate, misread, path, Rejected, type Rest, rest } from '../../src/connector.ts'
import type { Settings } from './settings.ts'

/** Every GitHub Enterprise Server that is still supported knows this version. */
const version = '2022-11-28'
/** A token is renewed so long before it ends: a request may wait for its turn. */
const marginMs = 5 * 60_000

const Installation = z.object({ id: z.number(), html_url: z.string().optional() })
const Token = z.object({
  token: z.string().min(1),
  expires_at: z.string(),
  permissions: z.record(z.string(), z.string()).default({}),
  repository_selection: z.enum(['all', 'selected']).optional(),
})
export type Token = z.infer<typeof Token>

export interface Org {
  /** In lower case; also the realm. */
  login: string
  rest: Rest
  /** As an owner, for the few things that GitHub lets no App do; only where the settings have a token for it. */
  owner: Rest | undefined
  /** Which permissions the installation has, by GitHub's own names. */
  grant(): Promise<Token>
  /** All of `data`, checked. Throws Rejected with GitHub's words where any part of the question is refused. */
  graphql<T>(what: string, query: string, variables: Record<string, unknown>, shape: z.ZodType<T>): Promise<T>
}

export interface Client {
  settings: Settings
  /** Signed in as the App itself. */
  app: Rest
  orgs: readonly Org[]
  org(realm: string): Org
  /** GitHub Enterprise Server, on the customer's own machine. */
  ownServer: boolean
}

type Headers = Record<string, string>
type RestAs = (bearer: () => Promise<string>, forget?: () => void) => Rest

export async function connect(settings: Settings, gate: Gate): Promise<Client> {
  const { createAppAuth } = await import('@octokit/auth-app')
  const { appId, privateKey, ownerToken, baseUrl } = settings
  // Its cache of installation tokens is shared by all who use it, whatever server they speak to; only its signing is used.
  const sign = createAppAuth({ appId, privateKey: privateKey.reveal() })
  const restAs: RestAs = (bearer, forget) =>
    rest({
      vendor: 'GitHub',
      base: baseUrl,
      headers: async (): Promise<Headers> => ({
        authorization: `Bearer ${await bearer()}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': version,
        'user-agent': 'Latchkey',
      }),
      async fetch(url, init) {
        try {
          return await gate.fetch(url, init)
        } catch (error) {
          // A token that was taken back must not be shown again once IT has mended it.
          if (error instanceof Denied) forget?.()
          throw error
        }
      },
    })
  const app = restAs(async () => (await signed(sign)).token)
  const owner = ownerToken && restAs(async () => ownerToken.reveal())
  const orgs = settings.organizations.map((login) => orgOf(login, app, owner, restAs, graphqlUrl(baseUrl)))
  const org = (realm: string) => {
    const found = orgs.find((one) => one.login === realm)
    if (!found) throw new Rejected(`The organisation ${realm} is no longer in the settings.`)
    return found
  }
  return { settings, app, orgs, org, ownServer: baseUrl.endsWith('/api/v3') }
}

/** A key that cannot sign is the settings' fault, and its text must not be in the error. */
async function signed(sign: (asked: { type: 'app' }) => Promise<{ token: string }>): Promise<{ token: string }> {
  try {
    return await sign({ type: 'app' })
  } catch {
    throw new Rejected('The private key in the settings cannot sign: IT stores the whole .pem file of the GitHub App.')
  }
}

/** https://docs.github.com/enterprise-server/graphql/guides/forming-calls-with-graphql */
function graphqlUrl(baseUrl: string): string {
  return baseUrl.endsWith('/api/v3') ? `${baseUrl.slice(0, -'/v3'.length)}/graphql` : `${baseUrl}/graphql`
}

function orgOf(login: string, app: Rest, owner: Rest | undefined, restAs: RestAs, graphqlAt: string): Org {
  const { grant, forget } = tokens(app, login)
  const own = restAs(async () => (await grant()).token, forget)
  return {
    login,
    rest: own,
    owner,
    grant,
    async graphql(what, query, variables, shape) {
      const asking = { method: 'POST' as const, json: { query, variables } }
      const { data, errors } = await own.ask(what, graphqlAt, GraphqlAnswer, asking)
      const [error] = errors ?? []
      if (error) {
        const code = error.type ? { code: error.type } : {}
        throw new Rejected(
          `GitHub refused to ${what}: ${error.message} (GraphQL${error.type ? ` ${error.type}` : ''}).`,
          code,
        )
      }
      const read = shape.safeParse(data)
      if (read.success) return read.data
      throw new Rejected(`GitHub's answer to "${what}" could not be understood: ${misread(read.error)}.`)
    },
  }
}

const GraphqlAnswer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).nullish(),
})

/** One token at a time, asked for once by all who wait for it. */
function tokens(app: Rest, login: string): { grant: () => Promise<Token>; forget: () => void } {
  let held: { token: Promise<Token>; until: number } | undefined
  const renew = async () => {
    const token = await freshToken(app, login)
    held = { token: Promise.resolve(token), until: Date.parse(token.expires_at) - marginMs }
    return token
  }
  const grant = () => {
    if (held && Date.now() < held.until) return held.token
    const token = renew().catch((error) => {
      held = undefined
      throw error
    })
    held = { token, until: Number.POSITIVE_INFINITY }
    return token
  }
  const forget = () => {
    held = undefined
  }
  return { grant, forget }
}

async function freshToken(app: Rest, login: string): Promise<Token> {
  const there = await app.find('find its installation', path`/orgs/${login}/installation`, Installation)
  if (!there)
    throw new Rejected(
      `The GitHub App is not installed in ${login}: an owner installs it (the App's settings > Install App > ${login}).`,
      { status: 404 },
    )
  return app.ask('sign in', path`/app/installations/${there.id}/access_tokens`, Token, { method: 'POST' })
}
