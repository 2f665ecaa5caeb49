/** Whether the other controllers say so too: a change takes its time from one to the next (up to 180 min by default). */
import type { At, Finding } from '../../src/connector.ts'
import type { Directory } from './directory.ts'
import type { Entry } from './entry.ts'
import { guidDn } from './values.ts'

type Standing = Pick<Finding, 'state' | 'fact'>

/** Done only where every controller in `extraControllers` agrees. `agrees` answers what a controller still says. */
export async function everywhere(
  at: At<Directory>,
  done: Standing,
  attribute: string,
  agrees: (entry: Entry) => boolean,
): Promise<Standing> {
  const facts: string[] = []
  let state = done.state
  for (const other of at.client.others) {
    const { lags, unread } = await ask(at, other, attribute, agrees)
    if (lags) facts.push(`${other.host} does not say so yet`)
    if (unread) facts.push(`${other.host} could not be asked (${unread})`)
    if (unread) state = 'unknown'
    else if (lags && state === 'done') state = 'pending'
  }
  return { state, fact: [done.fact, ...facts].join('; ') }
}

async function ask(
  at: At<Directory>,
  other: Directory['others'][number],
  attribute: string,
  agrees: (entry: Entry) => boolean,
): Promise<{ lags?: boolean; unread?: string }> {
  try {
    const entry = await other.read(guidDn(at.account.id), [attribute])
    return { lags: !entry || !agrees(entry) }
  } catch (error) {
    at.signal.throwIfAborted()
    // One controller that is down must not hide what the others say: it is told as unknown.
    return { unread: (error as Error).message }
  }
}
