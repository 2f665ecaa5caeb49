/** Every view of the product in every state it can be in: what is drawn for the pictures, and looked at by people. */
import type { HomeView, ModalView } from '@slack/types'
import { gestures } from '../../commands/index.ts'
import { fold } from '../../src/offboarding/decide.ts'
import type { Event, EventOf } from '../../src/offboarding/event.ts'
import { latest } from '../../src/offboarding/give-back.ts'
import type { Ending, Finding, Offboarding, PlanStep } from '../../src/offboarding/offboarding.ts'
import { help, openList, status } from '../../src/slack/views/answers.ts'
import type { Shown } from '../../src/slack/views/blocks.ts'
import { haltedNotice, releasedNotice, resumedNotice } from '../../src/slack/views/brakes.ts'
import { card } from '../../src/slack/views/card.ts'
import { requesterNews, signRequest, taskRequest } from '../../src/slack/views/direct.ts'
import { everything } from '../../src/slack/views/everything.ts'
import { giveBackForm } from '../../src/slack/views/give-back.ts'
import { askedNotice, giveBackSignRequest } from '../../src/slack/views/give-back-told.ts'
import { home } from '../../src/slack/views/home.ts'
import { keyList, keyShown, openedNotice } from '../../src/slack/views/keys.ts'
import { loading, notice, wordsForm } from '../../src/slack/views/notice.ts'
import { pickerForm, requestForm } from '../../src/slack/views/request-form.ts'
import {
  anchorNotice,
  closingSummary,
  heldNotice,
  overNotice,
  reminder,
  reportMissing,
  results,
  startedNotice,
} from '../../src/slack/views/thread.ts'
import { cameBackNotice, watchOverNotice } from '../../src/slack/views/watch.ts'
import { asker, everythingIn } from '../support/give-back.ts'
import { at, finding, plan, planned, signed } from '../support/story.ts'
import { asked, hr, it, leaver, manager, signedPlan, steps } from './company.ts'

export interface Picture {
  name: string
  message?: Shown
  modal?: ModalView
  home?: HomeView
}

function story(...events: readonly Event[]): Offboarding {
  return fold('off-7k2m9qxw', events) as Offboarding
}

const shown: EventOf<'planned'> = { type: 'planned', at: at(0), plan: signedPlan, purpose: 'sign-off' }
const begun: Event[] = [
  asked,
  shown,
  signed('hr', hr, signedPlan.digest, 4),
  signed('it', it, signedPlan.digest, 9),
  { type: 'planned', at: at(9), plan: signedPlan, purpose: 'run' },
]

function end(one: PlanStep, ending: Ending, fact: string, findings: Finding[] = one.findings as Finding[]): Event[] {
  const ids = one.findings.map((each) => each.id)
  return [
    { type: 'step-started', at: at(10), step: one.key },
    { type: 'intended', at: at(10), step: one.key, findings: ids },
    ...ids.map((finding): Event => ({ type: 'answered', at: at(11), step: one.key, finding })),
    { type: 'step-ended', at: at(11), step: one.key, ending, fact, findings, ms: 1400 },
  ]
}

const done = (one: PlanStep) =>
  one.findings.map((each) => ({ ...each, state: 'done' as const, fact: 'no longer there' }))
const automatic = steps.filter((one) => !one.task && !one.irreversible)
const tasks = steps.filter((one) => one.task)
const well = (all: readonly PlanStep[]) =>
  all.flatMap((one) => end(one, 'verified', `${one.findings.length} of ${one.findings.length} done`, done(one)))
const attested = tasks.map(
  (one): Event => ({
    type: 'attested',
    at: at(70),
    by: one.task?.owner === 'hr' ? hr : it,
    step: one.key,
    note: 'Done',
  }),
)
const [first, second, third] = automatic as [PlanStep, PlanStep, PlanStep]
const troubled = [
  ...end(first, 'failed', 'Okta refused to suspend the account: the credential lacks okta.users.manage (403).'),
  ...end(second, 'unknown', 'Okta cannot be asked now: GET okta.example.com ended in 503. Tried 5 times over 41 s.'),
  ...well(automatic.slice(3)),
]
const waits: Event = {
  type: 'step-waiting',
  at: at(12),
  step: automatic.at(-1)?.key ?? '',
  findings: [
    finding('mac', {
      label: 'MacBook Air of Jo',
      state: 'pending',
      fact: 'lock ordered, the Mac was last seen yesterday',
    }),
  ],
  fact: 'MacBook Air of Jo: lock ordered, the Mac was last seen yesterday',
}
const days = (count: number) => count * 24 * 60
const look: EventOf<'watched'> = { type: 'watched', at: '', cameBack: [], appeared: [], unseen: [] }
const seenBack = [first, third].map(({ key, findings }) => ({ step: key, findings: findings.slice(0, 1) }))
const account = { realm: 'example.com', id: 'new', label: 'jo.miller@example.com' }
const over = [...begun, ...well(automatic), ...attested]
const finished = story(...over)
const cameBack = story(...over, {
  ...look,
  at: at(days(2)),
  cameBack: seenBack,
  appeared: [{ connector: 'github', connectorTitle: 'GitHub', account }],
})
const unseen = [{ connectorTitle: 'Jamf Pro', fact: 'cannot be asked now' }]
const watched = story(...over, { ...look, at: at(days(1)), unseen })
const watchOver = story(...over, { ...look, at: at(days(31)) })
const running1 = story(
  ...begun,
  ...well(automatic.slice(0, 7)),
  { type: 'step-started', at: at(11), step: automatic[8]?.key ?? '' },
  waits,
)
const attention = story(...begun, ...troubled)
const waiting = story(asked, shown)
const half = story(asked, shown, signed('hr', hr, signedPlan.digest, 4))
const two = ['jo.miller', 'jo.miller.adm'].map((label) => ({ realm: 'main', id: label, label }))
const blocked = {
  ...third,
  findings: [
    finding('super', {
      label: 'Super admin',
      state: 'blocked',
      fact: 'the only one: IT makes somebody else one first',
    }),
  ],
}
const warned = story(asked, {
  ...planned([first, blocked, ...steps.slice(4)]),
  plan: plan([first, blocked, ...steps.slice(4)], {
    unreadable: [
      { connector: 'zoom', connectorTitle: 'Zoom', fact: 'Zoom cannot be asked now: 503, tried 5 times over 41 s' },
    ],
  }),
})
const ambiguous = story(asked, {
  ...planned(steps),
  plan: plan(steps, { ambiguous: [{ connector: 'okta', realm: 'main', candidates: two }] }),
})

const askedBack = fold('off-7k2m9qxw', [
  ...begun,
  ...well(automatic),
  ...attested,
  { type: 'give-back-asked', at: at(600), by: asker, items: everythingIn(finished), reason: 'She stays after all.' },
]) as Offboarding
const back = latest(askedBack) as NonNullable<ReturnType<typeof latest>>
const mild = plan(steps.filter((one) => !one.irreversible))
const held = story(
  asked,
  { ...shown, plan: mild },
  signed('hr', hr, mild.digest, 4),
  signed('it', it, mild.digest, 9),
  { ...shown, at: at(9), purpose: 'run' },
)

const cards: Record<string, Offboarding> = {
  'card-being-read': story(asked),
  'card-to-sign': waiting,
  'card-signed-by-one': half,
  'card-with-warnings': warned,
  'card-two-accounts': ambiguous,
  'card-scheduled': story(
    { ...asked, effectiveAt: at(60 * 24 * 7) },
    shown,
    signed('hr', hr, signedPlan.digest, 4),
    signed('it', it, signedPlan.digest, 9),
  ),
  'card-running': running1,
  'card-needs-attention': attention,
  'card-held': held,
  'card-done': finished,
  'card-watched': watched,
  'card-came-back': cameBack,
  'card-give-back-asked': askedBack,
  'card-declined': story(asked, shown, {
    type: 'declined',
    at: at(5),
    by: hr,
    reason: 'She stays until the end of the quarter.',
  }),
  'card-withdrawn': story(asked, shown, { type: 'withdrawn', at: at(5), by: { ...hr, ...manager } }),
  'card-expired': story(asked, shown, { type: 'expired', at: at(60 * 72) }),
  'card-quarantined': story(asked, shown, {
    type: 'quarantined',
    at: at(1),
    why: 'the 12th request within an hour; 3 are usual',
  }),
  'card-stopped': story(...begun, ...well(automatic.slice(0, 3)), {
    type: 'halted',
    at: at(12),
    by: it,
    why: 'The wrong Jo?',
  }),
}

const kept = {
  id: 'key-1',
  name: 'FileVault recovery key of C02XL0AAJGH5',
  system: 'Jamf Pro',
  realm: 'example',
  at: at(11),
}
const newsAbout: Record<Parameters<typeof requesterNews>[1], Offboarding> = {
  asked: waiting,
  'signed-hr': half,
  'signed-it': half,
  declined: cards['card-declined'] as Offboarding,
  withdrawn: cards['card-withdrawn'] as Offboarding,
  expired: cards['card-expired'] as Offboarding,
  refused: waiting,
  started: running1,
  attention,
  done: finished,
} as never

const messages: Record<string, Shown> = {
  ...Object.fromEntries(Object.entries(cards).map(([name, one]) => [name, card(one)])),
  'thread-started': startedNotice(running1),
  'thread-results': results(
    running1,
    Object.values(running1.steps).filter((run) => run.state === 'ended'),
  ),
  'thread-trouble': results(
    attention,
    Object.values(attention.steps).filter((run) => run.ending === 'failed' || run.ending === 'unknown'),
  ),
  'thread-reminder': reminder(waiting, ['HR', 'IT'], []),
  'thread-held': heldNotice(held),
  'thread-done': closingSummary(finished),
  'thread-came-back': cameBackNotice(cameBack, cameBack.watch?.at ?? '', ['@it']),
  'thread-watch-over': watchOverNotice(watchOver),
  'thread-anchor': anchorNotice({ seq: 1265, hash: '154caf443b96b693'.repeat(4), key: '8f945670090dc272'.repeat(4) }),
  'thread-declined': overNotice(cards['card-declined'] as Offboarding),
  'thread-report-missing': reportMissing(finished, 'Slack refused the upload: storage_limit_reached'),
  'thread-stopped': haltedNotice({ by: it, why: 'The wrong Jo?' } as never),
  'thread-goes-on': resumedNotice(it),
  'thread-released': releasedNotice(it),
  'thread-key-opened': openedNotice({ ...kept, by: it, at: at(30), offboarding: 'off-7k2m9qxw' } as never),
  'direct-give-back': giveBackSignRequest(askedBack, back, 'hr', 'https://example.slack.com/archives/C0OFFBOARD/p1'),
  'thread-give-back-asked': askedNotice(back),
  'direct-sign': signRequest(waiting, 'hr', 'https://example.slack.com/archives/C0OFFBOARD/p1'),
  'direct-task': taskRequest(finished, Object.values(attention.steps).find((run) => run.plan.task) as never),
  ...Object.fromEntries(
    Object.entries(newsAbout).map(([news, one]) => [`direct-${news}`, requesterNews(one, news as never)]),
  ),
  'answer-help': help([...gestures.flatMap((one) => one.help ?? [])]),
  'answer-list': openList([waiting, running1, attention]),
  'answer-status': status(running1, true),
}

const systems = ['Okta', 'Google Workspace', 'AWS', 'GitHub', 'Slack', 'Jamf Pro', 'By hand'].map((title) => ({
  id: title.toLowerCase(),
  title,
}))

const modals: Record<string, ModalView> = {
  'form-request': requestForm({ leaver, systems, manager: manager.id, memo: 'x' }),
  'form-pick': pickerForm(),
  'form-give-back': giveBackForm(finished),
  'form-words': wordsForm({
    callback: 'decline',
    title: 'Decline',
    headline: 'Decline the offboarding of Jo Miller?',
    label: 'Why?',
    hint: 'The requester reads it, and it is on the record.',
    submit: 'Decline',
    memo: 'x',
  }),
  'modal-loading': loading('Offboarding'),
  'modal-refusal': notice(
    'Not done',
    'You asked for this offboarding, so you cannot sign it.\nAnother approver of HR signs.',
  ),
  'modal-everything': everything(running1),
  'modal-keys': keyList(running1, [kept as never]),
  'modal-key': keyShown(running1, kept as never, { key: 'P4K9-2JXW-77QH-LM3D-0ZTE-V8RA' }),
}

const homes: Record<string, HomeView> = {
  'home-hr': home({ reader: hr.id, holds: ['hr'], offboardings: [waiting, running1, attention], links: {} }),
  'home-manager': home({ reader: manager.id, holds: [], offboardings: [running1], links: {} }),
  'home-nobody': home({ reader: 'U0NOBODY', holds: [], offboardings: [running1], links: {} }),
}

export const pictures: readonly Picture[] = [
  ...Object.entries(messages).map(([name, message]) => ({ name, message })),
  ...Object.entries(modals).map(([name, modal]) => ({ name, modal })),
  ...Object.entries(homes).map(([name, view]) => ({ name, home: view })),
]
