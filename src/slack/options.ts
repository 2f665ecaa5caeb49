/** What `app.ts` hands to slack/. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Leaver, Offboarding, Policy, Role } from '../offboarding/offboarding.ts'
import type { Gesture } from './gesture.ts'
import type { System } from './views/request-form.ts'

/** Who holds a role: a Slack user group, the members of a channel, or people by Slack id; plus substitutes. */
export type RoleSetting = ({ group: string } | { channel: string } | { users: readonly string[] }) & {
  substitutes?: readonly string[] | undefined
}

export interface SlackSettings {
  /** Id of the private channel where cards go. */
  channel: string
  /** `https://slack.com/api/`, GovSlack's, or the sandbox's. */
  apiUrl: string
  tokens: { bot: string; app?: string | undefined; signingSecret?: string | undefined }
  mode: 'socket' | 'http'
  /** Where `/healthz`, `/readyz` and, over HTTP, `/slack/events` are served; 0 takes any free one. Absent in socket mode: not served. */
  port?: number | undefined
  roles: Readonly<Record<Role, RoleSetting>>
  /** Who may ask; `managers` are those of the leaver. */
  requesters: readonly (Role | 'managers')[]
  /** Addresses that are never offboarded. */
  protected: readonly string[]
}

export interface Health {
  live: boolean
  ready: boolean
  /** What is not well, in a sentence; without a secret. */
  why?: string | undefined
}

export interface ReportFile {
  name: string
  content: string
}

export interface SlackOptions {
  ledger: Ledger
  settings: SlackSettings
  /** Copied into each request. */
  policy: Policy
  /** What the form offers, and what an unchosen form means: the connector uses of the settings. */
  systems: readonly System[]
  clock: Clock
  log: Log
  gestures: readonly Gesture[]
  /** Addresses of the leaver's managers as a directory says; undefined where no directory could be asked. */
  managerOf(leaver: Leaver): Promise<readonly string[] | undefined>
  /** The closing files, written at this moment. */
  report(offboarding: Offboarding): Promise<readonly ReportFile[]>
  /** What the rest of the process says; Slack's own part is added here. */
  health(): Health
  /** Slack cannot be reached again without a restart (a revoked token, no connection for a minute): the app decides. */
  onFatal?(error: Error): void
}
