/** What is typed after /offboard: a known command, or a short refusal that says what to do; never more. */
import fc from 'fast-check'
import { employees } from '../../src/sandbox/company.ts'
import { whoIn } from '../../src/slack/asking.ts'
import { type Door, hold, must, type Task } from './door.ts'
import { checkHeard, deliver, ids, team } from './slack-bench.ts'
import { shortText, text } from './texts.ts'

const words = ['status', 'list', 'cancel', 'report', 'help', 'stop', 'resume', 'Status', 'lst', 'hlep', '']
const people = employees.slice(0, 12).flatMap((one) => [`<@${one.slackId}>`, `<@${one.slackId}|jo>`, one.email])

const typed = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...words), text).map((parts) => parts.join(' ')) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...people), shortText).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(...people) },
)

const command = fc.record({
  text: typed,
  user_id: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(ids.hr, ids.it, ids.manager, ids.other) }, shortText),
  team_id: fc.oneof({ weight: 6, arbitrary: fc.constant(team) }, shortText),
  trigger_id: fc.constant('1.2.3'),
})

async function heard(body: { text: string }): Promise<void> {
  const answer = await deliver('command', '/offboard', { ...body, command: '/offboard' })
  checkHeard('command', answer)
  must(answer.shown.length > 0, 'the person hears nothing')
}

/** Whom a text names; it may not take long, whatever is typed. */
function named(typed: string): void {
  const who = whoIn(typed)
  if (!who) return
  if ('slackId' in who) must(/^[UW][A-Z0-9]+$/.test(who.slackId), 'no id of a person')
  else must(/^[^\s<>]+@[^\s<>]+$/.test(who.email) && who.email.length <= 320, `no address: ${who.email}`)
}

export const slash: Door = {
  name: 'slash',
  parts: [
    { name: 'heard', share: 0.25, hold: (task: Task) => hold(task, command, heard) },
    { name: 'named', share: 0.75, hold: (task: Task) => hold(task, typed, named) },
  ],
}
