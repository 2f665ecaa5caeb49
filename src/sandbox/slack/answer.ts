/** What came back from one thing that a person did. */
import type { Failure, Outcome } from './delivery.ts'
import type { Thing } from './limits.ts'
import { ApiError, type Call } from './method.ts'
import { until } from './until.ts'
import type { Ephemeral, View, Workspace } from './workspace.ts'

export interface Answer {
  /** Whether the app took it and acknowledged in time. False, too, where Slack's client sent nothing. */
  acked: boolean
  /** False where the client itself refused (a required field) or nothing had to be sent. */
  sent: boolean
  failure?: Failure | 'invalid_response'
  /** The sentence or sign that the person sees where it failed. */
  shown?: string
  /** Why Slack could not use the acknowledgement. */
  problems: string[]
  /** What the app acknowledged with. */
  body: Thing
  /** Under inputs, by block_id: from the app's `response_action: errors`, or from Slack's client. */
  errors: Record<string, string>
  /** Milliseconds until the acknowledgement. */
  ms: number
  trigger: string
  /** The modal opened or pushed with this very trigger; waits for it. */
  opened(timeoutMs?: number): Promise<View>
  /** The first message only this person sees that came since; waits for it. */
  ephemeral(timeoutMs?: number): Promise<Ephemeral>
}

/** What a person's actions need. */
export interface Stage {
  state: Workspace
  origin: string
  /** `/offboard` and the like. */
  commands: readonly string[]
  shortcuts?: readonly string[]
  /** Whether commands get mentions and links as ids (`should_escape` in the manifest). */
  shouldEscape: boolean
  /** Whether nobody can write in the app's messages tab, and so type no command there either. */
  messagesReadOnly: boolean
  interact(type: 'slash_commands' | 'interactive', payload: Thing): Promise<Outcome>
  emit(event: Thing): Promise<Outcome | undefined>
  /** For answers that come with the acknowledgement. */
  call: Call
  /** Throws where nobody can act: Slack is away, or the person is deactivated. */
  mayAct(user: string): void
}

export interface Began {
  user: string
  trigger: string
  ephemerals: number
}

/** To be taken before anything is sent, so that nothing that comes back is missed. */
export function begin(stage: Stage, user: string, trigger: string): Began {
  return { user, trigger, ephemerals: stage.state.ephemerals.filter((one) => one.user === user).length }
}

export function answerOf(stage: Stage, began: Began, outcome: Outcome, more: Partial<Answer> = {}): Answer {
  const { state } = stage
  const { user, trigger } = began
  return {
    acked: outcome.acked,
    sent: true,
    ...(outcome.failure ? { failure: outcome.failure } : {}),
    problems: [],
    body: outcome.body,
    errors: {},
    ms: outcome.ms,
    trigger,
    opened: (timeoutMs) =>
      until(
        state,
        () => structuredClone([...state.views.values()].find((one) => one.trigger === trigger)?.view),
        timeoutMs,
        `a modal for ${user}`,
      ),
    ephemeral: (timeoutMs) =>
      until(
        state,
        () => structuredClone(state.ephemerals.filter((one) => one.user === user)[began.ephemerals]),
        timeoutMs,
        `a message that only ${user} sees`,
      ),
    ...more,
  }
}

/** Where nothing left Slack's client. */
export function unsent(stage: Stage, began: Began, errors: Record<string, string> = {}): Answer {
  return answerOf(stage, began, { acked: false, body: {}, ms: 0 }, { sent: false, errors })
}

/** Runs what Slack does with an acknowledgement; what it cannot use, the person sees as trouble. */
export function applied(work: () => void): string[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const messages = (error.answer.response_metadata as { messages?: string[] } | undefined)?.messages ?? []
    return [error.message, ...messages]
  }
}
