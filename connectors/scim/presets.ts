/**
 * Services whose SCIM is known: where it is, which dialect it speaks, and what lives on once an account is switched off.
 * From the vendors' own pages (July 2024 to March 2026), each named beside it; every value can be set otherwise.
 */
export interface Preset {
  title: string
  /** Absent where each customer has an address of their own. */
  baseUrl?: string
  /** Stands before the token in the Authorization header. */
  scheme?: string
  write?: 'patch' | 'put' | 'delete'
  pathless?: boolean
  off?: 'suspends' | 'removes' | 'deletes'
  groups?: 'filter' | 'list' | 'user' | 'none'
  groupFilter?: string
  match?: readonly ('userName' | 'emails.value')[]
  /** What a person looks after, since SCIM does not: the end of "Still to do in Notion: …". */
  leftovers: string
}

/** Services that are asked with `userName eq` alone. */
const byLogin = ['userName'] as const

export const presets = {
  /** airtable.com/developers/web/api/scim-overview: only managed users; groups from Enterprise on. */
  airtable: {
    title: 'Airtable',
    baseUrl: 'https://airtable.com/scim/v2',
    match: byLogin,
    groups: 'list',
    leftovers:
      'In the admin panel (Users > the person) see which bases and workspaces they own, and give each another owner; revoke their personal access tokens and the integrations and automations that run as them.',
  },
  /** help.asana.com, "Provisioning and deprovisioning users with SCIM": reactivating is not supported. */
  asana: {
    title: 'Asana',
    baseUrl: 'https://app.asana.com/api/1.0/scim',
    match: byLogin,
    groups: 'list',
    off: 'removes',
    leftovers:
      'In the admin console see that their tasks and projects were given to somebody else, and look into Apps > Service accounts and rules that were theirs: a service account belongs to nobody, so its token lives on.',
  },
  /** docs.databricks.com, SCIM API: jobs keep running as their owner, whoever that is. */
  databricks: {
    title: 'Databricks',
    groups: 'user',
    leftovers:
      'Delete their personal access tokens in each workspace (Settings > Advanced > Personal access tokens, or the Token Management API), give jobs, pipelines and queries that run as them another owner, and end clusters in use.',
  },
  /** docs.datadoghq.com/api/latest/scim: filters are "userName eq …" and "members eq …". */
  datadog: {
    title: 'Datadog',
    baseUrl: 'https://api.datadoghq.com/api/v2/scim',
    match: byLogin,
    groupFilter: 'members',
    leftovers:
      'Under Organization Settings > Application Keys revoke the keys they own, and under API Keys rotate those that they knew: API keys belong to the organization and live on.',
  },
  /** developers.figma.com/docs/rest-api/scim: active=false deletes the user from the organization; files stay there. */
  figma: {
    title: 'Figma',
    match: byLogin,
    off: 'removes',
    write: 'put',
    groups: 'list',
    leftovers:
      'Under Admin > Members see that drafts and files of theirs have an owner; files shared by a public link stay open, so look at link sharing as well.',
  },
  /** docs.github.com/rest/scim: organizations of Enterprise Cloud with SAML; the account is the person's own. */
  'github-organization': {
    title: 'GitHub',
    match: byLogin,
    off: 'removes',
    groups: 'none',
    leftovers:
      'Deploy keys, webhooks, OAuth and GitHub Apps they set up live on: look at each repository they administered. The connector "github" finds these by itself.',
  },
  /** docs.gitlab.com, "Configure SCIM for GitLab.com groups": the membership ends, the account is the person's own. */
  gitlab: {
    title: 'GitLab',
    off: 'removes',
    groups: 'none',
    match: byLogin,
    leftovers:
      'Rotate group, project and deploy tokens that they knew, and look at pipeline schedules they own: those stop. The connector "gitlab" reads these by itself.',
  },
  /** developers.miro.com/docs/scim-users: Enterprise plan; teams are groups and are neither made nor deleted here. */
  miro: {
    title: 'Miro',
    baseUrl: 'https://miro.com/api/v1/scim',
    groups: 'list',
    match: byLogin,
    leftovers:
      'Under Company settings > Users give the boards of the deactivated person another owner; boards shared by a public link stay open.',
  },
  /** Notion's help, "Provision users & groups with SCIM": DELETE ends the membership and every session. */
  notion: {
    title: 'Notion',
    baseUrl: 'https://api.notion.com/scim/v2',
    write: 'delete',
    off: 'removes',
    groups: 'list',
    leftovers:
      'Under Settings > People > Members of content see to their private pages (Enterprise: content search), and under Connections to integrations they made: an internal integration keeps its secret.',
  },
  /** support.1password.com/scim: the SCIM bridge suspends; shared passwords are known to whoever saw them. */
  onepassword: {
    title: '1Password',
    leftovers:
      'Rotate what they could read: People > the person > Usage report lists the items they opened in shared vaults. Service accounts and Connect tokens they made live on (Developer > Directory).',
  },
  /** support.pagerduty.com/main/docs/scim-user-provisioning: active=false deletes, and nobody is brought back. */
  pagerduty: {
    title: 'PagerDuty',
    baseUrl: 'https://api.pagerduty.com/scim/v2',
    scheme: 'Token token=',
    match: byLogin,
    off: 'deletes',
    groups: 'list',
    leftovers:
      'Take them off schedules and escalation policies first (People > the person > On-call), and reassign open incidents: with one of these PagerDuty refuses to delete. General access API keys they knew live on: rotate them (Integrations > API Access Keys).',
  },
  /** help.salesforce.com, "Deactivate and Reactivate Users with SCIM": PATCH without a path; nobody is deleted. */
  salesforce: {
    title: 'Salesforce',
    pathless: true,
    groups: 'list',
    leftovers:
      'End what is still signed in (Setup > Session Management) and revoke connected apps (Setup > Users > the person > OAuth Connected Apps); transfer records, and look at scheduled jobs, approval steps and dashboards that run as them.',
  },
  /** docs.sentry.io/api/scim: active=false deletes the membership; teams are its groups. */
  sentry: {
    title: 'Sentry',
    match: byLogin,
    off: 'removes',
    groups: 'list',
    leftovers:
      'Under Settings > Developer Settings look at internal integrations they made, and under Auth Tokens at organization tokens: both live on, so rotate what they knew.',
  },
  /** docs.snowflake.com/user-guide/scim-user-api-reference: DISABLED is set; one value an attribute. */
  snowflake: {
    title: 'Snowflake',
    match: byLogin,
    groups: 'list',
    leftovers:
      'End what runs: ALTER USER "…" ABORT ALL QUERIES; then look at key pairs, programmatic access tokens and network policies of theirs (SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER "…"), and at tasks and objects owned by their roles.',
  },
  /** developers.zoom.us/docs/api/scim2: needs single sign-on; tokens are handed out for an hour, so `oauth` it is. */
  zoom: {
    title: 'Zoom',
    baseUrl: 'https://api.zoom.us/scim2',
    match: byLogin,
    groups: 'user',
    leftovers:
      'Meetings, webinars and recordings stay with the deactivated account, and SSO tokens are not revoked by SCIM. The connector "zoom" does both by itself.',
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets
