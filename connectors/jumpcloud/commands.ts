/** What became of an order to a Windows or Linux device: queued until it is online, then told in the command results. */
import { z } from 'zod'
import { type Finding, pageCounter } from '../../src/connector.ts'
import { skewMs } from './contain.ts'
import { type Device, seenFact } from './devices.ts'
import type { CloudAt } from './person.ts'

const Result = z.looseObject({
  name: z.string().nullish(),
  command: z.string().nullish(),
  systemId: z.string().nullish(),
  requestTime: z.string(),
  responseTime: z.string().nullish(),
  exitCode: z.number().nullish(),
  response: z.looseObject({ data: z.looseObject({ exitCode: z.number().nullish() }).nullish() }).nullish(),
})
const Results = z.object({ results: z.array(Result), totalCount: z.number() })
type Result = z.infer<typeof Result>

/** Queued is never done. Answers with the state of an order that this offboarding gave, or 'open' where it gave none. */
export async function commandState(
  at: CloudAt,
  device: Device,
  what: 'lock' | 'erase',
): Promise<Pick<Finding, 'state' | 'fact'>> {
  const applied = at.applied(device.system._id)
  if (!applied) return { state: 'open', fact: seenFact(device) }
  const since = (orderedAt(applied) ?? applied.intentAt).getTime() - skewMs
  const result = await newest(at, device.system._id, what, since)
  const code = result?.response?.data?.exitCode ?? result?.exitCode
  if (result?.responseTime && code === 0)
    return { state: 'done', fact: `${what}: exitCode=0 at ${result.responseTime}` }
  if (result?.responseTime)
    return {
      state: 'blocked',
      fact: `${what}: exitCode=${code ?? 'none'} at ${result.responseTime}. IT sees to the device.`,
    }
  if (applied.answeredAt || applied.receipt) return { state: 'pending', fact: `${what} queued; ${seenFact(device)}` }
  return { state: 'open', fact: seenFact(device) }
}

function orderedAt({ receipt }: { receipt?: { ordered?: unknown } }): Date | undefined {
  return typeof receipt?.ordered === 'string' ? new Date(receipt.ordered) : undefined
}

/** Newest first, and no further back than the order: nobody needs the years before. */
async function newest(at: CloudAt, systemId: string, what: string, since: number): Promise<Result | undefined> {
  const { api, settings } = at.client
  const kind = new RegExp(`\\b${what}\\b`, 'i')
  const count = pageCounter('JumpCloud')
  for (let skip = 0; ; ) {
    count(String(skip))
    const query = { sort: '-requestTime', limit: settings.pageSize, skip }
    const { results, totalCount } = await api.ask('list command results', '/api/commandresults', Results, { query })
    const recent = results.filter((one) => Date.parse(one.requestTime) >= since)
    const found = recent.find((one) => one.systemId === systemId && kind.test(`${one.name ?? ''} ${one.command ?? ''}`))
    skip += results.length
    if (found || recent.length < results.length || results.length === 0 || skip >= totalCount) return found
  }
}
