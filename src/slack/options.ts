/** What `app.ts` hands to slack/. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Leaver, Offboarding, Person, Policy, Role } from '../offboarding/offboarding.ts'
import type { Gesture } from './gesture.ts'
import type { KeptKey } from './views/keys.ts'
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
  /** The address that port is bound to: in socket mode loopback when absent, over HTTP every one. */
  host?: string | undefined
  roles: Readonly<Record<Role, RoleSetting>>
  /** Who may ask; `managers` are those of the leaver. */
  requesters: readonly (Role | 'managers')[]
  /** Addresses that are never offboarded. */
  protected: readonly string[]
}

/** Recovery keys that are kept sealed; `undefined` where the settings name nobody to seal for. */
export interface Keys {
  list(offboarding: string): Promise<readonly KeptKey[]>
  /** The key, or where it can only be opened elsewhere, the sealed text. */
  open(kept: KeptKey): Promise<{ key: string } | { sealed: string }>
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

/** What is posted so that it lies outside the host: nobody there can change what came before without it showing. */
export interface Anchor {
  seq: number
  hash: string
  key: string
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
  /** Stops everything, and lets it go on. */
  halts: {
    stopped(): { by: Person; why: string; at: string } | undefined
    stop(by: Person, why: string): void
    resume(by: Person): void
  }
  /** Recovery keys; absent where none are kept. */
  keys?: Keys | undefined
  /** The closing files, written at this moment. */
  report(offboarding: Offboarding): Promise<readonly ReportFile[]>
  /** The newest entry of the record at this moment, and the fingerprint of the key that signs reports. */
  anchor(): Anchor
  /** What the rest of the process says; Slack's own part is added here. */
  health(): Health
  /** What `GET /metrics` answers, as Prometheus reads it; no such page when absent. */
  metrics?(): Promise<string>
  /** Slack cannot be reached again without a restart (a revoked token, no connection for a minute): the app decides. */
  onFatal?(error: Error): void
}
