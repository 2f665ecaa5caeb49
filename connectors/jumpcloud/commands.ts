/** What became of an order to a Windows or Linux device: queued until it is online, then told in the command results. */
import { z } from 'zod'
import { type Finding, pageCounter } from '../../src/connector.ts'
import { skewMs } from './contain.ts'
import type { CloudAt } from './person.ts'

const Result = z.looseObject({
  name: z.string().nullish(),
  systemId: z.string().nullish(),
  requestTime: z.string(),
  responseTime: z.string().nullish(),
  exitCode: z.number().nullish(),
  response: z.looseObject({ data: z.looseObject({ exitCode: z.number().nullish() }).nullish() }).nullish(),
})
const Results = z.object({ results: z.array(Result), totalCount: z.number() })
type Result = z.infer<typeof Result>

/** Queued is never done. `seen` says when the device was last heard of. Answers with the state of an order that this offboarding gave, or 'open' where it gave none. */
export async function commandState(
  at: CloudAt,
  systemId: string,
  seen: string,
  what: 'lock' | 'erase',
): Promise<Pick<Finding, 'state' | 'fact'>> {
  const applied = at.applied(systemId)
  if (!applied) return { state: 'open', fact: seen }
  const since = (orderedAt(applied) ?? applied.intentAt).getTime() - skewMs
  const result = await newest(at, systemId, what, since)
  const code = result?.response?.data?.exitCode ?? result?.exitCode
  if (result?.responseTime && code === 0)
    return { state: 'done', fact: `${what}: exitCode=0 at ${result.responseTime}` }
  if (result?.responseTime)
    return {
      state: 'blocked',
      fact: `${what}: exitCode=${code ?? 'none'} at ${result.responseTime}. IT sees to the device.`,
    }
  if (applied.answeredAt || applied.receipt) return { state: 'pending', fact: `${what} queued; ${seen}` }
  return { state: 'open', fact: seen }
}

function orderedAt({ receipt }: { receipt?: { ordered?: unknown } }): Date | undefined {
  return typeof receipt?.ordered === 'string' ? new Date(receipt.ordered) : undefined
}

/** By its whole name: a script of IT's own may have such a word in its name or text ("Erase temporary files"). */
function isBuiltin({ name }: Result, what: string): boolean {
  const plain = (name ?? '').trim().toLowerCase()
  return plain === what || plain === `${what} device` || plain === `${what} system`
}

/** Newest first, and no further back than the order: nobody needs the years before. */
async function newest(at: CloudAt, systemId: string, what: string, since: number): Promise<Result | undefined> {
  const { api, settings } = at.client
  const count = pageCounter('JumpCloud')
  for (let skip = 0; ; ) {
    count(String(skip))
    const query = { sort: '-requestTime', limit: settings.pageSize, skip }
    const { results, totalCount } = await api.ask('list command results', '/api/commandresults', Results, { query })
    const recent = results.filter((one) => Date.parse(one.requestTime) >= since)
    const found = recent.find((one) => one.systemId === systemId && isBuiltin(one, what))
    skip += results.length
    if (found || recent.length < results.length || results.length === 0 || skip >= totalCount) return found
  }
}
