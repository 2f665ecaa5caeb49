/** Whether Slack is in order, asked of Slack itself: token, scopes, channel, roles. Changes nothing; for `doctor`. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SlackSettings } from './options.ts'
import { slackPeople } from './people.ts'
import { broaderScopes, missingScopes } from './scopes.ts'
import { connectWeb, troubleOf, type Web } from './web.ts'

export interface SlackHealth {
  as: string
  /** Sentences that say what is wrong and what to do. */
  problems: readonly string[]
  /** What works, and is better changed. */
  warnings: readonly string[]
}

/** Rejects where Slack cannot be reached or refuses the token. */
export async function checkSlack(
  settings: Pick<SlackSettings, 'apiUrl' | 'tokens' | 'roles' | 'channel'>,
  { clock, log }: { clock: Clock; log: Log },
): Promise<SlackHealth> {
  const web = connectWeb({ apiUrl: settings.apiUrl, token: settings.tokens.bot, log })
  const test = await web.quick.auth.test()
  const people = slackPeople({ web: web.quick, clock, roles: settings.roles, team: () => test.team_id })
  const granted = test.response_metadata?.scopes
  const problems = [
    ...(granted ? missingScopes(granted) : []),
    ...(await checkChannel(web, settings.channel)),
    ...(await people.checkRoles()),
  ]
  return { as: `${test.user} in ${test.team}`, problems, warnings: granted ? broaderScopes(granted) : [] }
}

async function checkChannel(web: Web, channel: string): Promise<string[]> {
  try {
    const { channel: found } = await web.quick.conversations.info({ channel })
    const facts = found as { is_private?: boolean; is_member?: boolean; is_ext_shared?: boolean } | undefined
    const wrong: string[] = []
    if (facts?.is_private === false) wrong.push(`The channel ${channel} is public, so cards go out by direct message.`)
    if (facts?.is_ext_shared)
      wrong.push(`The channel ${channel} is shared with others, so cards go out by direct message.`)
    if (facts?.is_member === false) wrong.push(`Latchkey is not in the channel ${channel}: invite it there.`)
    return wrong
  } catch (error) {
    const trouble = troubleOf(error)
    const why = trouble.kind === 'busy' ? 'Slack is busy' : trouble.error
    return [`The channel ${channel} cannot be read (${why}). Invite Latchkey there, or correct slack.channel.`]
  }
}
