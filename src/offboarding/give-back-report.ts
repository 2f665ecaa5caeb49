/** What the report says about giving back. */
import { type GiveBackState, type GiveBackTally, giveBackTally } from './give-back.ts'
import { type GiveBackEvent, isGiveBack } from './give-back-event.ts'
import { type Ending, type Finding, type Offboarding, type Role, roles } from './offboarding.ts'

export interface ReportGiveBack {
  number: number
  state: GiveBackState
  by: { id: string; name: string }
  at: string
  reason: string
  /** What the signatures bind to. */
  digest: string
  signOffs: { role: Role; by: { id: string; name: string }; at: string }[]
  signedAt?: string
  endedAt?: string
  /** Keys of steps that never ran because of it. */
  calledOff: readonly string[]
  counts: GiveBackTally
  steps: ReportGivenBack[]
}

export interface ReportGivenBack {
  key: string
  system: string
  title: string
  account: { id: string; label: string; realm: string }
  state: string
  ending?: Ending
  fact?: string
  attempts: number
  by?: { id: string; name: string }
  /** State `open`: the system shows it again. */
  findings: Pick<Finding, 'id' | 'label' | 'state' | 'fact'>[]
}

export function giveBackReport(one: Offboarding): ReportGiveBack[] {
  return (one.giveBacks ?? []).map((back) => ({
    number: back.number,
    state: back.state,
    by: who(back.by),
    at: back.at,
    reason: back.reason,
    digest: back.digest,
    signOffs: roles.flatMap((role) => {
      const signed = back.signOffs[role]
      return signed ? [{ role, by: who(signed.by), at: signed.at }] : []
    }),
    ...(back.signedAt ? { signedAt: back.signedAt } : {}),
    ...(back.endedAt ? { endedAt: back.endedAt } : {}),
    calledOff: back.calledOff,
    counts: giveBackTally(back),
    steps: Object.values(back.steps).flatMap((run) => {
      const plan = one.steps[run.key]?.plan
      if (!plan) return []
      return [
        {
          ...{ key: run.key, system: plan.connectorTitle, title: plan.title, state: run.state, attempts: run.attempt },
          account: { id: plan.account.id, label: plan.account.label, realm: plan.realm },
          ...(run.ending ? { ending: run.ending } : {}),
          ...(run.fact ? { fact: run.fact } : {}),
          ...(run.by ? { by: who(run.by) } : {}),
          findings: run.findings.map(({ id, label, state, fact }) => ({ id, label, state, fact })),
        },
      ]
    }),
  }))
}

function who({ id, name }: { id: string; name: string }): { id: string; name: string } {
  return { id, name }
}

/** What a person did, in words; undefined where no person did it, or it is about something else. */
export function giveBackDeed(event: { type: string } | GiveBackEvent): string | undefined {
  if (!isGiveBack(event)) return undefined
  switch (event.type) {
    case 'give-back-asked': {
      const all = event.items.reduce((sum, item) => sum + item.findings.length, 0)
      return `asked to have ${all} ${all === 1 ? 'thing' : 'things'} given back: ${event.reason}`
    }
    case 'give-back-signed':
      return `signed giving back for ${event.role.toUpperCase()}`
    case 'give-back-declined':
      return `declined giving back: ${event.reason}`
    case 'give-back-retried':
      return `had giving back of ${event.stepKey} tried again`
    case 'give-back-attested':
      return `says that ${event.stepKey} was given back by hand: ${event.note}`
    case 'give-back-skipped':
      return `left out giving back ${event.stepKey}: ${event.reason}`
    default:
      return undefined
  }
}
