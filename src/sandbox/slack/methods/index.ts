/** Every Web API method that the pretend Slack knows. */
import type { Method } from '../method.ts'
import { chat } from './chat.ts'
import { conversations } from './conversations.ts'
import { files } from './files.ts'
import { other } from './other.ts'
import { people } from './people.ts'
import { views } from './views.ts'

export const methods: Record<string, Method> = {
  ...chat,
  ...conversations,
  ...people,
  ...views,
  ...files,
  ...other,
}
