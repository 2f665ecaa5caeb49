/** What signs in without the person: credentials authorised for single sign-on, and fine-grained tokens. */
import { z } from 'zod'
import { type Finding, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { everyOf } from './lists.ts'
import { identitiesIn, User } from './people.ts'
import { isoDay, type On, personStep, type Step, unlessGone } from './step.ts'

const text = z.string().nullish()

const Credential = z.object({
  login: z.string().min(1),
  credential_id: z.number(),
  credential_type: z.string(),
  credential_authorized_at: text,
  credential_accessed_at: text,
  authorized_credential_title: text,
  authorized_credential_note: text,
})

/** Tokens and SSH keys are the person's own and stay; what ends is that they open this organisation. */
const ssoCredentials: Step = personStep({
  id: 'sso-credentials',
  title: 'Revoke tokens and SSH keys authorised for single sign-on',
  area: 'infrastructure',
  phase: 'contain',
  async look(on) {
    const mine = (await credentialsOf(on)).filter((one) => one.login.toLowerCase() === on.user.login.toLowerCase())
    return mine.map((one) => {
      const name = one.authorized_credential_title || one.authorized_credential_note
      const used = one.credential_accessed_at ? `last used ${isoDay(one.credential_accessed_at)}` : 'never used'
      return {
        id: String(one.credential_id),
        label: name ? `${one.credential_type} "${name}"` : one.credential_type,
        state: 'open' as const,
        fact: `authorised ${isoDay(one.credential_authorized_at)}, ${used}`,
      }
    })
  },
  act: ({ org }, finding) =>
    unlessGone(
      org.rest.order('revoke an SSO credential', path`/orgs/${org.login}/credential-authorizations/${finding.id}`, {
        method: 'DELETE',
      }),
    ),
})

/** GitHub has no such list where there is no single sign-on, but a 404 alone could also be a right that is missing. */
async function credentialsOf({ org, user }: On) {
  const list = everyOf(
    org.rest,
    'list SSO credentials',
    path`/orgs/${org.login}/credential-authorizations`,
    Credential,
    { login: user.login },
  )
  const found = await unlessStatus([404], list)
  if (found) return found
  if ((await identitiesIn(org)) === undefined) return []
  throw new Rejected(`GitHub has single sign-on in ${org.login} but does not list who authorised what (404).`, {
    status: 404,
  })
}

const Token = z.object({
  id: z.number(),
  owner: User,
  token_name: z.string(),
  repository_selection: z.string(),
  token_last_used_at: text,
  token_expires_at: text,
})

/** https://docs.github.com/rest/orgs/personal-access-tokens: only a GitHub App may list and revoke them. */
const fineGrainedTokens: Step = personStep({
  id: 'fine-grained-tokens',
  title: 'Revoke fine-grained personal access tokens',
  area: 'infrastructure',
  phase: 'contain',
  async look(on) {
    return (await tokensOf(on, 'personal-access-tokens')).map((one) => ({
      id: String(one.id),
      label: `Token "${one.token_name}"`,
      state: 'open' as const,
      fact: `${one.repository_selection} repositories, ${one.token_last_used_at ? `last used ${isoDay(one.token_last_used_at)}` : 'never used'}`,
    }))
  },
  act: ({ org }, finding) =>
    unlessGone(
      org.rest.order('revoke a token', path`/orgs/${org.login}/personal-access-tokens/${finding.id}`, {
        method: 'POST',
        json: { action: 'revoke' },
      }),
    ),
})

/** An owner could still approve them after the person has left. */
const tokenRequests: Step = personStep({
  id: 'token-requests',
  title: 'Deny requests for fine-grained personal access tokens',
  area: 'infrastructure',
  phase: 'contain',
  async look(on) {
    return (await tokensOf(on, 'personal-access-token-requests')).map(
      (one): Finding => ({
        id: String(one.id),
        label: `Request for token "${one.token_name}"`,
        state: 'open',
        fact: `waits for approval, ${one.repository_selection} repositories`,
      }),
    )
  },
  act: ({ org }, finding) =>
    unlessGone(
      org.rest.order('deny a token request', path`/orgs/${org.login}/personal-access-token-requests/${finding.id}`, {
        method: 'POST',
        json: { action: 'deny', reason: 'The person leaves.' },
      }),
    ),
})

async function tokensOf({ org, user }: On, list: string) {
  const found = await everyOf(org.rest, 'list tokens', path`/orgs/${org.login}/${list}`, Token, {
    'owner[]': [user.login],
  })
  return found.filter((one) => one.owner.id === user.id)
}

export const tokenSteps: readonly Step[] = [ssoCredentials, fineGrainedTokens, tokenRequests]
