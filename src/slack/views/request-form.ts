/** The request: who is known already; when has no default, since a form that guesses "now" ends somebody's access. */
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import type { Leaver } from '../../offboarding/offboarding.ts'
import { bold, context, type Line, lines, option, plain, tidy } from './blocks.ts'
import { modal } from './notice.ts'
import { inZone, kindTitles, nameOf, placeOf } from './words.ts'

export interface System {
  id: string
  title: string
}

export interface RequestFormFacts {
  leaver: Leaver
  systems: readonly System[]
  /** Slack id of the leaver's manager, where the directory and Slack know one. */
  manager?: string
  /** Slack id or address, so that the submitted form can be read without trusting it. */
  memo: string
  /** The time that is picked at this moment, ISO; shown on the leaver's own clock. */
  picked?: string
}

/** Block ids of the form; the action of each has the same name. */
export const requestFields = {
  when: 'when',
  time: 'time',
  kind: 'kind',
  handOver: 'hand-over',
  devices: 'devices',
  systems: 'systems',
  note: 'note',
} as const

/** Slack takes this many options in one menu. */
const mostSystems = 100

export function requestForm(facts: RequestFormFacts): ModalView {
  const blocks: KnownBlock[] = [
    lines(headLines(facts.leaver)),
    radios('when', 'When does access end?', [
      option('Now: with the second signature', 'now'),
      option('At a time that I choose below', 'later'),
    ]),
    {
      ...input('time', 'Date and time, on your own clock', { type: 'datetimepicker', action_id: 'time' }),
      optional: true,
      dispatch_action: true,
      hint: plain(timeHint(facts), 300),
    },
    radios(
      'kind',
      'Why do they leave?',
      Object.entries(kindTitles).map(([id, title]) => option(title, id)),
    ),
    { ...handOverInput(facts.manager), optional: true },
    radios('devices', 'Their devices', [
      option('Lock', 'lock'),
      option('Wipe: what is only on them is lost', 'wipe'),
      option('Leave as they are', 'nothing'),
    ]),
    ...systemsInput(facts.systems),
    {
      ...input('note', 'Note for HR and IT', {
        type: 'plain_text_input',
        action_id: 'note',
        multiline: true,
        max_length: 2000,
      }),
      optional: true,
    },
  ]
  return modal('Offboarding', blocks, {
    callback_id: 'request',
    private_metadata: facts.memo,
    submit: plain('Ask for sign-off', 24),
    close: plain('Not now', 24),
  })
}

function headLines(leaver: Leaver): Line[] {
  const zone = leaver.zone ? [[tidy(`Their clock: ${placeOf(leaver.zone)} (${leaver.zone})`)]] : []
  return [[bold(nameOf(leaver)), ` · ${tidy(leaver.emails[0] ?? '')}`], ...zone]
}

function timeHint({ leaver, picked }: RequestFormFacts): string {
  const name = nameOf(leaver, 60)
  if (picked && leaver.zone) return `For ${name} that is ${inZone(picked, leaver.zone)}.`
  if (picked) return `That is ${inZone(picked, undefined)}. The zone of ${name} is not known.`
  return 'Only needed when you do not choose "Now". It must be still to come.'
}

function input(id: string, label: string, element: InputBlock['element']): InputBlock {
  return { type: 'input', block_id: id, label: plain(label, 200), element }
}

/** No `initial_option`: nothing is chosen for the person. */
function radios(id: string, label: string, options: PlainTextOption[]): InputBlock {
  return input(id, label, { type: 'radio_buttons', action_id: id, options })
}

function handOverInput(manager: string | undefined): InputBlock {
  return input('hand-over', 'Who takes over files, mail and groups?', {
    type: 'users_select',
    action_id: 'hand-over',
    placeholder: plain('Nobody', 75),
    ...(manager ? { initial_user: manager } : {}),
  })
}

function systemsInput(systems: readonly System[]): KnownBlock[] {
  if (systems.length === 0) return []
  const options = systems.slice(0, mostSystems).map((system) => option(system.title, system.id))
  const block = input('systems', 'Systems', {
    type: 'multi_static_select',
    action_id: 'systems',
    placeholder: plain('Choose systems', 75),
    options,
    initial_options: options,
  })
  if (systems.length <= mostSystems) return [block]
  return [
    block,
    context(`${systems.length - mostSystems} more systems are acted in as long as all of these are chosen.`),
  ]
}

/** Bare `/offboard`, the shortcut and the Home button: whom is it about? */
export function pickerForm(): ModalView {
  const blocks: KnownBlock[] = [
    {
      ...input('person', 'Who leaves?', {
        type: 'users_select',
        action_id: 'person',
        placeholder: plain('Choose a person', 75),
      }),
      optional: true,
    },
    {
      ...input('address', 'Or their e-mail address', { type: 'email_text_input', action_id: 'address' }),
      optional: true,
      hint: plain('For somebody who is not in this Slack, or not any more.', 200),
    },
  ]
  return modal('Offboarding', blocks, { callback_id: 'pick', submit: plain('Next', 24), close: plain('Not now', 24) })
}
