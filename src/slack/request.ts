/** From a person to the request form, and from the filled-in form to the request. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { Refusal } from '../offboarding/decide.ts'
import { Choices, type Leaver, type Offboarding } from '../offboarding/offboarding.ts'
import { mayAsk, type Who } from './asking.ts'
import type { By, SeenView, Tools } from './gesture.ts'
import { clip } from './views/blocks.ts'
import { requestForm } from './views/request-form.ts'

/** Carried by the form; looked up again when it comes back. */
const Memo = z.union([
  z.object({ slackId: z.string(), manager: z.string().optional() }),
  z.object({ email: z.string(), manager: z.string().optional() }),
])

/** Throws a Refusal where this person may not ask, or nobody can be found. */
export async function formFor(tools: Tools, by: By, who: Who): Promise<ModalView> {
  const leaver = await tools.people.leaverFrom(who)
  await mayAsk(tools, by, leaver)
  const manager = await managerInSlack(tools, leaver)
  const memo = JSON.stringify({ ...who, ...(manager ? { manager } : {}) })
  return requestForm({ leaver, systems: tools.systems, memo, ...(manager ? { manager } : {}) })
}

/** The same form after a time was picked: now it says what that is on the leaver's clock. */
export async function formAgain(tools: Tools, view: SeenView): Promise<ModalView> {
  const memo = readMemo(view)
  const leaver = await tools.people.leaverFrom(memo)
  const { time } = view.fields
  return requestForm({
    leaver,
    systems: tools.systems,
    memo: view.memo,
    ...(memo.manager ? { manager: memo.manager } : {}),
    ...(typeof time === 'string' ? { picked: time } : {}),
  })
}

function readMemo(view: SeenView): z.infer<typeof Memo> {
  try {
    return Memo.parse(JSON.parse(view.memo))
  } catch (error) {
    throw new Refusal('This form is too old. Close it, and start again with /offboard.', { cause: error })
  }
}

/** Proposed as the receiver. A directory that cannot be asked proposes nobody; the request goes on. */
async function managerInSlack(tools: Tools, leaver: Leaver): Promise<string | undefined> {
  const [address] = (await tools.managerOf(leaver)) ?? []
  const person = address ? await tools.people.byEmail(address) : undefined
  if (!person || person.deactivated || person.bot || person.external) return undefined
  return person.id === leaver.slackId ? undefined : person.id
}

/** Somebody mistyped a year. */
const farthestMs = 2 * 366 * 24 * 3600_000

type Filled = SeenView['fields'][string]

function timeWrong(when: Filled, time: Filled, now: Date): string | undefined {
  if (when === 'now') return time ? 'You chose "Now" and a time. Clear the time, or choose "At a time".' : undefined
  if (when !== 'later') return undefined
  if (typeof time !== 'string' || !time) return 'Choose the date and time.'
  const at = Date.parse(time)
  if (at <= now.getTime()) return 'That time is in the past. Choose one that is still to come, or "Now".'
  return at > now.getTime() + farthestMs ? 'That time is more than two years away. Choose an earlier one.' : undefined
}

/** Errors by block id, or nothing. */
export function checkRequest(view: SeenView, now: Date): Record<string, string> | undefined {
  const { when, time, kind, devices, systems, note } = view.fields
  const errors: Record<string, string> = {}
  if (when !== 'now' && when !== 'later') errors.when = 'Choose when access ends; nothing is assumed.'
  const wrongTime = timeWrong(when, time, now)
  if (wrongTime) errors.time = wrongTime
  if (!Choices.shape.kind.safeParse(kind).success) errors.kind = 'Choose why they leave.'
  if (!Choices.shape.devices.safeParse(devices).success) errors.devices = 'Choose what happens to their devices.'
  if (Array.isArray(systems) && systems.length === 0) errors.systems = 'Choose at least one system.'
  if (typeof note === 'string' && note.length > 2000) errors.note = 'Please keep the note below 2,000 characters.'
  const receiver = view.fields['hand-over']
  if (receiver && view.memo.includes(`"slackId":"${String(receiver)}"`))
    errors['hand-over'] = 'The leaver cannot take over their own work. Choose another person, or nobody.'
  return Object.keys(errors).length > 0 ? errors : undefined
}

/** Throws a Refusal whose message the person reads. */
export async function request(tools: Tools, by: By, view: SeenView): Promise<Offboarding> {
  const leaver = await tools.people.leaverFrom(readMemo(view))
  const clicker = await mayAsk(tools, by, leaver)
  const { when, time, note } = view.fields
  return tools.ledger.request({
    type: 'requested',
    at: tools.clock.now().toISOString(),
    by: { id: clicker.id, name: clicker.name, ...(clicker.email ? { email: clicker.email } : {}) },
    leaver,
    ...(when === 'later' && typeof time === 'string' ? { effectiveAt: time } : {}),
    choices: await choicesIn(tools, view),
    ...(typeof note === 'string' && note.trim() ? { note } : {}),
    policy: tools.policy,
    channel: tools.channel,
    requestKey: view.root,
  })
}

async function choicesIn(tools: Tools, view: SeenView): Promise<Choices> {
  const { kind, devices, systems } = view.fields
  const receiver = view.fields['hand-over']
  const gone = Array.isArray(systems) && systems.find((id) => !tools.systems.some((one) => one.id === id))
  if (gone) throw new Refusal(`${clip(gone, 60)} is not one of the systems (any more). Start again with /offboard.`)
  const handOverTo = receiver ? await tools.people.leaverFrom({ slackId: String(receiver) }) : undefined
  return Choices.parse({
    kind,
    devices,
    ...(handOverTo ? { handOverTo } : {}),
    ...(Array.isArray(systems) && !isAll(tools, systems) ? { systems: [...systems] } : {}),
  })
}

/** All that the form could show were left chosen, so all are meant, also those it had no room for. */
function isAll(tools: Tools, chosen: readonly string[]): boolean {
  return tools.systems.slice(0, 100).every((system) => chosen.includes(system.id))
}
