/** What signs in without the password: apps with an OAuth grant, and application-specific passwords. */
import type { AutomaticStep } from '../../src/connector.ts'
import { ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { tokensOf } from './leftovers.ts'
import { userOf } from './person.ts'
import { AppPasswords } from './shapes.ts'

type Step = AutomaticStep<Client>

/** signOut does not revoke these. */
const oauthTokens: Step = {
  id: 'oauth-tokens',
  title: 'Revoke the access given to other apps',
  area: 'applications',
  phase: 'contain',
  // A session that is still open could give the access again.
  after: ['google-workspace/sessions'],
  async find(at) {
    return (await tokensOf(at)).flatMap(({ clientId, displayText, scopes }) => {
      if (!clientId) return []
      const names = (scopes ?? []).map((scope) => scope.replace(/\/$/, '').split('/').at(-1))
      const fact = `May use ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
      return [{ id: clientId, label: displayText || short(clientId), state: 'open', fact }]
    })
  },
  async apply(at, finding) {
    const params = { userKey: at.account.id, clientId: finding.id }
    await unlessGone(order('revoke app access', () => at.client.directory('security').tokens.delete(params)))
  },
}

const appPasswords: Step = {
  id: 'app-passwords',
  title: 'Delete application-specific passwords',
  area: 'applications',
  phase: 'contain',
  after: ['google-workspace/sessions'],
  async find(at) {
    if (!(await userOf(at))) return []
    const userKey = at.account.id
    const list = await ask(
      'list app passwords',
      () => at.client.directory('security').asps.list({ userKey }),
      AppPasswords,
    )
    return (list.items ?? []).flatMap(({ codeId, name, creationTime, lastTimeUsed }) => {
      if (codeId === undefined || codeId === null) return []
      const used = lastTimeUsed && lastTimeUsed !== '0' ? `last used ${day(lastTimeUsed)}` : 'never used'
      return [
        {
          id: String(codeId),
          label: name || `No. ${codeId}`,
          state: 'open',
          fact: `Made ${day(creationTime)}, ${used}`,
        },
      ]
    })
  },
  async apply(at, finding) {
    const params = { userKey: at.account.id, codeId: Number(finding.id) }
    await unlessGone(order('delete an app password', () => at.client.directory('security').asps.delete(params)))
  },
}

/** Google gives Unix time; whether in seconds or milliseconds shows in the size. */
function day(unix: string | null | undefined): string {
  const value = Number(unix ?? 0)
  const date = new Date(value < 1e11 ? value * 1000 : value)
  return Number.isNaN(date.getTime()) ? 'on an unknown day' : date.toISOString().slice(0, 10)
}

function short(id: string): string {
  return id.length <= 20 ? id : `${id.slice(0, 12)}…${id.slice(-4)}`
}

export const grantSteps: readonly Step[] = [oauthTokens, appPasswords]
