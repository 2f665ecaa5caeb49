/** Clicks, shortcuts, events and commands as Bolt hands them on, with every field of any JSON type. */
import fc from 'fast-check'
import { digestRef, ref } from '../../src/slack/views/refs.ts'
import { type Door, hold, type Task } from './door.ts'
import { anything, change, changedBy } from './json.ts'
import { checkHeard, deliver, ids, type Kind, names, team } from './slack-bench.ts'
import { shortText, text } from './texts.ts'

const user = fc.record({
  id: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(ids.hr, ids.it, ids.manager, ids.other, ids.leaver) },
    shortText,
  ),
  team_id: fc.constantFrom(team, 'T0OTHER'),
})

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('off-1', 'off-2', 'off-9', '', 'system', '__proto__', 'constructor'),
        fc.constantFrom(ref('okta/suspend@main'), digestRef('0'.repeat(64)), '0', '-1', '1e9', 'none', ''),
        shortText,
      )
      .map((parts) => parts.join(' ')),
  },
  { weight: 2, arbitrary: text },
)

const click = fc
  .record({
    type: fc.constant('block_actions'),
    user,
    team: fc.constantFrom({ id: team }, null),
    trigger_id: fc.constant('1.2.3'),
    name: fc.constantFrom(...names.action),
    value,
    view: fc.option(
      fc.record({
        id: fc.constant('V1'),
        hash: shortText,
        type: fc.constantFrom('modal', 'home'),
        private_metadata: text,
        state: fc.constant({
          values: { time: { time: { type: 'datetimepicker', selected_date_time: 1_800_000_000 } } },
        }),
      }),
      { nil: undefined, freq: 3 },
    ),
    as: fc.constantFrom('button', 'static_select', 'datetimepicker'),
  })
  .map(({ name, value: carried, as, ...body }) => ({
    kind: 'action' as Kind,
    name,
    body: {
      ...body,
      container: { type: 'message', message_ts: '1.2' },
      actions: [
        as === 'button'
          ? { type: as, action_id: name, action_ts: '1.2', value: carried }
          : as === 'static_select'
            ? { type: as, action_id: name, action_ts: '1.2', selected_option: { value: carried } }
            : { type: as, action_id: name, action_ts: '1.2', selected_date_time: 1_800_000_000 },
      ],
    },
  }))

const shortcut = fc
  .record({ type: fc.constant('shortcut'), user, team: fc.constant({ id: team }), trigger_id: shortText })
  .map((body) => ({ kind: 'shortcut' as Kind, name: names.shortcut[0]!, body: body as unknown }))

const event = fc
  .record({
    team_id: fc.constantFrom(team, 'T0OTHER'),
    event_id: shortText,
    name: fc.constantFrom(...names.event),
    user: shortText,
    channel: shortText,
    tab: fc.constantFrom('home', 'messages', undefined),
  })
  .map(({ name, team_id, event_id, ...more }) => ({
    kind: 'event' as Kind,
    name,
    body: { type: 'event_callback', team_id, event_id, event: { type: name, ...more } } as unknown,
  }))

const command = fc
  .record({ user_id: shortText, team_id: shortText, text: shortText, trigger_id: shortText })
  .map((body) => ({ kind: 'command' as Kind, name: '/offboard', body: body as unknown }))

const whole = fc.oneof({ weight: 5, arbitrary: click }, shortcut, event)

const changes = fc.array(change, { minLength: 1, maxLength: 3 })
const bent = fc.oneof({ weight: 4, arbitrary: click }, shortcut, event, command)

async function heard({ kind, name, body }: { kind: Kind; name: string; body: unknown }): Promise<void> {
  checkHeard(kind, await deliver(kind, name, body))
}

const kinds: readonly Kind[] = ['action', 'shortcut', 'event', 'command']

export const payloads: Door = {
  name: 'payloads',
  parts: [
    { name: 'whole', share: 0.25, hold: (task: Task) => hold(task, whole, heard) },
    {
      name: 'bent',
      share: 0.25,
      hold: (task: Task) =>
        hold(task, fc.tuple(bent, changes), ([one, done]) => heard({ ...one, body: changedBy(one.body, done) })),
    },
    {
      name: 'anything',
      share: 0.5,
      hold: (task: Task) =>
        hold(task, fc.tuple(fc.constantFrom(...kinds), fc.nat(100), anything), ([kind, at, body]) =>
          heard({ kind, name: names[kind][at % names[kind].length]!, body }),
        ),
    },
  ],
}
