import type { Leaver } from '../../src/connector.ts'
import { employee } from '../../src/sandbox/company.ts'

/** Somebody of the example company, as Slack knows them. */
export function leaverOf(email: string): Leaver {
  const { name, slackId } = employee(email)
  return { id: slackId, slackId, name, emails: [email] }
}
