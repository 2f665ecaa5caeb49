/** Who may ask for whose offboarding; every no says why, and who can do what instead. */
import { Refusal } from '../offboarding/decide.ts'
import { addressesOf, isLeaver } from '../offboarding/leaver.ts'
import type { Clicker, Leaver } from '../offboarding/offboarding.ts'
import type { By, Tools } from './gesture.ts'

/** RFC 5321, 4.5.3.1.3 */
const longestAddress = 254

export type Who = { slackId: string } | { email: string }

/** `<@U123|jo>` and `<mailto:jo@example.com|jo@example.com>`, as Slack writes them where `should_escape` is on. */
export function whoIn(text: string): Who | undefined {
  const mention = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text.trim())
  if (mention?.[1]) return { slackId: mention[1] }
  const address = /^(?:<mailto:([^|>\s]+@[^|>\s]+)(?:\|[^>]*)?>|([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+))$/.exec(text.trim())
  const email = address?.[1] ?? address?.[2]
  return email && email.length <= longestAddress ? { email: email.toLowerCase() } : undefined
}

/** Answers with the person and the facts read at this moment; throws a Refusal that is on the record. */
export async function mayAsk(tools: Tools, by: By, leaver: Leaver): Promise<Clicker> {
  const clicker = await tools.people.clicker(by)
  const why = (await whyNotBy(tools, clicker, leaver)) ?? whyNotFor(tools, leaver)
  if (!why) return clicker
  await tools.ledger.refuse({ id: clicker.id, name: clicker.name }, `ask for the offboarding of ${leaver.id}`, why)
  throw new Refusal(why)
}

async function whyNotBy(tools: Tools, clicker: Clicker, leaver: Leaver): Promise<string | undefined> {
  if (clicker.bot) return 'An app cannot ask for an offboarding.'
  if (clicker.deactivated) return 'Your Slack account is deactivated, so you cannot ask for an offboarding.'
  if (clicker.guest || clicker.external)
    return 'Guests and people from other organisations cannot ask for an offboarding.'
  if (isLeaver(clicker, { leaver })) return 'You cannot ask for your own offboarding. Please ask your manager or HR.'
  if (clicker.holds.some((role) => tools.requesters.includes(role))) return undefined
  return tools.requesters.includes('managers')
    ? whyNotManager(tools, clicker, leaver)
    : `${whoMay(tools)} Please ask one of them.`
}

async function whyNotManager(tools: Tools, clicker: Clicker, leaver: Leaver): Promise<string | undefined> {
  const managers = await tools.managerOf(leaver)
  if (!managers)
    return `No directory could say who manages ${leaver.name}, so only HR and IT can ask for this. Please ask one of them.`
  const address = clicker.email?.toLowerCase()
  if (address && managers.some((one) => one.toLowerCase() === address)) return undefined
  return `${whoMay(tools)} The directory does not name you as the manager of ${leaver.name}.`
}

function whoMay(tools: Tools): string {
  const names = { hr: 'HR', it: 'IT', managers: 'the manager of the leaver' }
  const list = tools.requesters.map((one) => names[one as keyof typeof names])
  return `An offboarding can be asked for by ${list.join(', ').replace(/, ([^,]*)$/, ' or $1')}.`
}

function whyNotFor(tools: Tools, leaver: Leaver): string | undefined {
  const guarded = tools.protected.map((one) => one.toLowerCase())
  if (leaver.emails.some((one) => guarded.includes(one)))
    return `${leaver.name} is a protected account, so Latchkey never touches it. IT can change that under "protected" in the settings.`
  const over = ['done', 'closed', 'declined', 'withdrawn', 'expired', 'refused']
  const open = tools.ledger
    .open()
    .find(
      (one) =>
        !over.includes(one.state) &&
        (one.leaver.id === leaver.id || addressesOf(one).some((address) => leaver.emails.includes(address))),
    )
  if (!open) return undefined
  return `There is already an open offboarding of ${leaver.name} (${open.id}, asked for by ${open.requester.name}). See it with /offboard status ${open.id}.`
}
