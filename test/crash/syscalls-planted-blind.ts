/** A planted bug: what was posted before is never recognised, as if nobody had looked. */
import { WebClient } from '@slack/web-api'

interface History {
  messages?: { metadata?: unknown }[]
}

const { apiCall } = WebClient.prototype
WebClient.prototype.apiCall = async function blind(method, options) {
  const answer = (await apiCall.call(this, method, options)) as Awaited<ReturnType<typeof apiCall>> & History
  const { messages = [] } = answer
  for (const message of messages) delete message.metadata
  return answer
}
