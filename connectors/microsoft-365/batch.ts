/** Graph's `$batch`: up to 20 changes in one request, each with its own answer, in no order. */
import { z } from 'zod'
import { Rejected } from '../../src/connector.ts'
import { coalesce } from './coalesce.ts'
import { refusal } from './errors.ts'
import { parsed } from './odata.ts'

export interface Change {
  method: 'DELETE'
  url: string
}

/** Microsoft's limit (Graph documentation, "JSON batching"). */
const most = 20

const Answers = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number(),
      body: z
        .object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).optional() })
        .nullish()
        .catch(undefined),
    }),
  ),
})
type InnerAnswer = z.infer<typeof Answers>['responses'][number]

export function batching(send: (method: 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>) {
  async function alone({ method, url }: Change): Promise<Error | undefined> {
    try {
      await send(method, url)
    } catch (error) {
      return error as Error
    }
  }

  async function together(changes: readonly Change[]): Promise<(Error | undefined)[]> {
    const [only] = changes
    if (changes.length === 1 && only) return [await alone(only)]
    const requests = changes.map(({ method, url }, index) => ({ id: String(index + 1), method, url }))
    const { responses } = parsed(Answers, await send('POST', '/$batch', { requests }), '/$batch')
    const answers = new Map(responses.map((answer) => [answer.id, answer]))
    return Promise.all(changes.map((change, index) => settle(change, answers.get(String(index + 1)))))
  }

  // A throttled part normally never gets here: `classify` calls the whole answer busy, the gate waits the longest
  // Retry-After inside it and sends the batch again, where what was already removed answers "gone". What is still
  // throttled goes out alone, where the gate sees its 429 and waits.
  async function settle(change: Change, answer: InnerAnswer | undefined): Promise<Error | undefined> {
    const what = `${change.method} ${change.url}`
    if (!answer)
      return new Rejected(`Microsoft Graph's batch has no answer for ${what}; look again before repeating it`)
    if (answer.status < 300) return undefined
    if (answer.status === 429 || answer.status >= 500) return alone(change)
    const { code, message } = answer.body?.error ?? {}
    return refusal(what, answer.status, code ?? '', message ?? 'no reason given')
  }

  return coalesce<Change>(async (changes) => {
    const errors: (Error | undefined)[] = []
    for (let start = 0; start < changes.length; start += most) {
      errors.push(...(await together(changes.slice(start, start + most))))
    }
    return errors
  })
}
