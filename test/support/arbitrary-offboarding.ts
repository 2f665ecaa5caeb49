/**
 * Random offboardings in every state and size, with names and facts as hostile as people and vendors write them. Each is
 * well formed in itself (a running one has steps, a signed one signatures); it need not be reachable by `decide`.
 */
import fc from 'fast-check'
import {
  type Account,
  type Ambiguity,
  areas,
  type Clicker,
  endings,
  type Finding,
  type Leaver,
  type Offboarding,
  type OffboardingState,
  type Plan,
  type PlanStep,
  phases,
  type StepRun,
} from '../../src/offboarding/offboarding.ts'

const start = Date.parse('2026-11-20T09:00:00.000Z')
const hour = 3600_000

/** Sometimes short, sometimes far too long, sometimes full of what Slack would read as markup. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Okta', 'Jo Miller', 'accountEnabled=false', 'Laptop C02X', "Sean O'Brien") },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '<!channel> *now*',
      '<@U00000001> & <https://evil.example|click>',
      '‮oJ',
      '✅ all verified',
      '',
      '   ',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 300, max: 4000 }).map((n) => 'long 🪪 text '.repeat(Math.ceil(n / 12)).slice(0, n)),
  },
)

const instant: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 40 * 24 })
  .map((hours) => new Date(start + hours * hour).toISOString())

export const leaver: fc.Arbitrary<Leaver> = fc
  .record({
    n: fc.integer({ min: 1, max: 5 }),
    inSlack: fc.boolean(),
    name: nastyText,
    zone: fc.option(fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Not/AZone'), { nil: undefined }),
  })
  .map(({ n, inSlack, name, zone }) => ({
    id: inSlack ? `U0000010${n}` : `mailto:leaver${n}@example.com`,
    ...(inSlack ? { slackId: `U0000010${n}` } : {}),
    name,
    emails: [`leaver${n}@example.com`],
    ...(zone ? { zone } : {}),
  }))

/** Somebody of HR or IT; never one of the leavers above. */
const clicker: fc.Arbitrary<Clicker> = fc
  .record({ n: fc.integer({ min: 1, max: 9 }), name: nastyText, readAt: instant })
  .map(({ n, name, readAt }) => ({
    id: `U0000020${n}`,
    name,
    email: `approver${n}@example.com`,
    holds: ['hr', 'it'],
    guest: false,
    external: false,
    deactivated: false,
    bot: false,
    readAt,
  }))

const account: fc.Arbitrary<Account> = fc.record({
  realm: fc.oneof(
    fc.constantFrom('example.com', 'prod'),
    nastyText.map((text) => text || 'realm'),
  ),
  id: fc.uuid(),
  label: nastyText,
})

const finding: fc.Arbitrary<Finding> = fc.record({
  id: fc.uuid(),
  label: nastyText,
  state: fc.constantFrom('open', 'pending', 'done', 'blocked', 'unknown'),
  fact: nastyText,
})

const planStep: fc.Arbitrary<PlanStep> = fc
  .record({
    connector: fc.constantFrom('okta', 'aws', 'zoom', 'google-workspace', 'tasks'),
    connectorTitle: nastyText,
    account,
    title: nastyText,
    area: fc.constantFrom(...areas),
    phase: fc.constantFrom(...phases),
    irreversible: fc.boolean(),
    owner: fc.option(fc.constantFrom('hr', 'it', 'U00000301', 'U00000101'), { nil: undefined, freq: 4 }),
    ask: nastyText,
    findings: fc.oneof(
      { weight: 8, arbitrary: fc.array(finding, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(finding, { minLength: 20, maxLength: 40 }) },
    ),
  })
  .map(({ owner, ask, irreversible, findings, ...rest }) => ({
    ...rest,
    key: '',
    step: '',
    realm: rest.account.realm,
    ...(irreversible && !owner ? { irreversible: true as const } : {}),
    ...(owner ? { task: { ask, owner, dueInMs: 72 * hour } } : {}),
    findings: owner ? [] : findings,
  }))

const planSteps: fc.Arbitrary<PlanStep[]> = fc
  .oneof(
    { weight: 5, arbitrary: fc.array(planStep, { maxLength: 8 }) },
    { weight: 1, arbitrary: fc.array(planStep, { minLength: 30, maxLength: 60 }) },
  )
  .map((steps) =>
    steps.map((step, at) => ({ ...step, step: `step-${at}`, key: `${step.connector}/step-${at}@${step.realm}` })),
  )

const ambiguity: fc.Arbitrary<Ambiguity> = fc.record({
  connector: nastyText.map((text) => text || 'x'),
  realm: fc.uuid(),
  candidates: fc.array(account, { minLength: 2, maxLength: 120 }),
})

const plan: fc.Arbitrary<Plan> = fc.record({
  at: instant,
  steps: planSteps,
  ambiguous: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Ambiguity[]>([]) },
    { weight: 1, arbitrary: fc.array(ambiguity, { maxLength: 8 }) },
  ),
  unreadable: fc.array(
    fc.record({ connector: fc.constantFrom('zoom', 'ssh'), connectorTitle: nastyText, fact: nastyText }),
    {
      maxLength: 12,
    },
  ),
  protected: fc.constant<Plan['protected']>([]),
  digest: fc.stringMatching(/^[0-9a-f]{64}$/),
})

const runStates = ['planned', 'delayed', 'held', 'running', 'waiting', 'ended'] as const

function stepRun(step: PlanStep): fc.Arbitrary<StepRun> {
  return fc
    .record({
      state: fc.constantFrom(...runStates),
      ending: fc.constantFrom(...endings),
      attempt: fc.integer({ min: 1, max: 3 }),
      fact: nastyText,
      endedAt: instant,
      by: clicker,
      ms: fc.integer({ min: 0, max: 90 * 60_000 }),
    })
    .map(({ state, ending, attempt, fact, endedAt, by, ms }) => {
      const base = { key: step.key, plan: step, attempt, findings: step.findings, applied: {}, startedAt: endedAt }
      const late = step.findings.slice(0, 1).map((one) => one.id)
      const run: StepRun = { ...base, state, foundAfterSignOff: ms % 3 === 0 ? late : [] }
      if (state === 'delayed') return { ...run, dueAt: endedAt }
      if (state === 'waiting') return { ...run, waitingSince: endedAt, dueAt: endedAt, fact }
      if (state !== 'ended') return run
      const hand = ending === 'attested' || ending === 'skipped' ? { by, note: fact } : { ms }
      return { ...run, ending, fact, endedAt, ...hand }
    })
}

const states: readonly OffboardingState[] = [
  'awaiting-sign-off',
  'scheduled',
  'running',
  'needs-attention',
  'done',
  'closed',
  'declined',
  'withdrawn',
  'expired',
  'refused',
]
const ran: readonly OffboardingState[] = ['running', 'needs-attention', 'done', 'closed']

const base = fc.record({
  leaver,
  requester: fc.record({ id: fc.constantFrom('U00000401', 'U00000402'), name: nastyText }),
  effectiveAt: fc.option(instant, { nil: undefined }),
  kind: fc.constantFrom('resignation', 'dismissal', 'end-of-contract'),
  devices: fc.constantFrom('lock', 'wipe', 'nothing'),
  handOverTo: fc.option(leaver, { nil: undefined }),
  note: fc.option(nastyText, { nil: undefined }),
  plan: fc.option(plan, { nil: undefined, freq: 6 }),
  state: fc.constantFrom(...states),
  by: clicker,
  other: clicker,
  reason: nastyText,
  reminded: fc.option(instant, { nil: undefined }),
  sides: fc.constantFrom('none', 'hr', 'it'),
})
type Base = typeof base extends fc.Arbitrary<infer T> ? T : never

function head(one: Base): Offboarding {
  return {
    id: 'OFF-7',
    state: one.state,
    leaver: one.leaver,
    requester: one.requester,
    requestedAt: new Date(start).toISOString(),
    choices: {
      kind: one.kind as Offboarding['choices']['kind'],
      devices: one.devices as Offboarding['choices']['devices'],
      ...(one.handOverTo ? { handOverTo: one.handOverTo } : {}),
    },
    ...(one.effectiveAt ? { effectiveAt: one.effectiveAt } : {}),
    ...(one.note ? { note: one.note } : {}),
    policy: {
      signOffWithin: 72 * hour,
      remindEvery: 4 * hour,
      startsPerHour: 20,
      containWithin: 4 * hour,
      irreversibleAfter: 30 * 24 * hour,
      waitingFor: 72 * hour,
    },
    channel: 'C0000CARDS',
    requestKey: 'V1',
    chosenAccounts: {},
    signOffs: {},
    steps: {},
    posts: {},
    events: 1,
  }
}

const ended = new Date(start + 30 * hour).toISOString()

const stopped: readonly OffboardingState[] = ['declined', 'withdrawn', 'expired', 'refused']

function whyStopped(one: Base): Partial<Offboarding> {
  if (one.state === 'declined') return { declined: { by: one.by, reason: one.reason, at: ended } }
  return one.state === 'refused' ? { refusedWhy: one.reason } : {}
}

function full(one: Base, runs: readonly StepRun[]): Offboarding {
  const plan = one.plan
  const sign = (by: Clicker) => ({ by, at: new Date(start + hour).toISOString(), digest: plan?.digest ?? '' })
  const offboarding: Offboarding = { ...head(one), ...(plan ? { plan } : {}) }
  if (one.reminded) offboarding.lastReminderAt = one.reminded
  if (one.state === 'awaiting-sign-off')
    return { ...offboarding, signOffs: one.sides === 'none' || !plan ? {} : { [one.sides]: sign(one.by) } }
  if (stopped.includes(one.state)) return { ...offboarding, endedAt: ended, ...whyStopped(one) }
  const signed = { ...offboarding, signOffs: { hr: sign(one.by), it: sign(one.other) } }
  if (!ran.includes(one.state)) return { ...signed, effectiveAt: one.effectiveAt ?? ended, late: true }
  const steps = Object.fromEntries(runs.map((run) => [run.key, run]))
  const held = runs.some((run) => run.state === 'held') ? { held: { digest: 'f'.repeat(64), signOffs: {} } } : {}
  const started = { ...signed, ...held, steps, startedAt: new Date(start + 2 * hour).toISOString() }
  if (one.state === 'running' || one.state === 'needs-attention') return started
  const closed = one.state === 'closed' ? { closedAt: ended } : {}
  return { ...started, containedAt: ended, doneAt: ended, ...closed, ...(one.reminded ? watched(one, runs) : {}) }
}

function watched(one: Base, runs: readonly StepRun[]): Partial<Offboarding> {
  const at = new Date(start + 60 * hour).toISOString()
  const labels = Array.from({ length: 5 }, () => one.reason)
  const watch: NonNullable<Offboarding['watch']> = {
    at,
    looks: 1,
    unseen: one.plan?.unreadable ?? [],
    cameBack: runs.map(({ key }) => ({ key, at, labels })),
  }
  const policy = { ...head(one).policy, watchFor: 10 * hour, watchEvery: hour }
  if (one.sides === 'none') return { policy, watch: { ...watch, ended: { by: one.by, at, reason: one.reason } } }
  return { policy: one.sides === 'it' ? policy : { ...policy, watchFor: 900 * hour }, watch }
}

export const anyOffboarding: fc.Arbitrary<Offboarding> = base.chain((one) => {
  const runs = ran.includes(one.state) ? (one.plan?.steps ?? []).map(stepRun) : []
  return fc.tuple(...runs).map((made) => full(one, made))
})
