/** A planted bug: what was posted before is never recognised, as if nobody had looked. */
import { WebClient } from '@slack/web-api'
import { isDone, showPlanted } from './syscalls-planted.ts'

interface History {
  messages?: { metadata?: unknown }[]
}

const { apiCall } = WebClient.prototype
WebClient.prototype.apiCall = async function blind(method, options) {
  const answer = (await apiCall.call(this, method, options)) as Awaited<ReturnType<typeof apiCall>> & History
  const { messages = [] } = answer
  for (const message of messages) delete message.metadata
  // Slack has it, and that it has is not on record yet.
  if (isDone(method, options)) await showPlanted()
  return answer
}
