/** The bot's scopes, each with the methods and events that need it; manifest.yml and `doctor` are held against it. */
export interface Scope {
  name: string
  for: string
  methods: readonly string[]
}

export const scopes: readonly Scope[] = [
  { name: 'commands', for: '/offboard and the shortcut', methods: [] },
  {
    name: 'chat:write',
    for: 'the card, its thread and direct messages',
    methods: ['chat.postMessage', 'chat.update', 'chat.delete'],
  },
  { name: 'im:write', for: 'direct messages to those who are asked', methods: ['conversations.open'] },
  { name: 'im:history', for: 'looking before a direct message is sent again', methods: ['conversations.history'] },
  {
    name: 'groups:history',
    for: 'looking before anything is posted to the private channel again',
    methods: ['conversations.history', 'conversations.replies'],
  },
  {
    name: 'groups:read',
    for: 'whether the leaver reads the private channel; roles named by a private channel',
    methods: ['conversations.members', 'conversations.info'],
  },
  {
    name: 'channels:read',
    for: 'noticing a public channel, which no card goes to and no role is given to',
    methods: ['conversations.members', 'conversations.info'],
  },
  { name: 'users:read', for: 'who clicks, and the zone of the leaver', methods: ['users.info'] },
  { name: 'users:read.email', for: 'tying a person to their accounts', methods: ['users.lookupByEmail'] },
  { name: 'usergroups:read', for: 'roles named by a user group', methods: ['usergroups.users.list'] },
  {
    name: 'files:write',
    for: 'the report',
    methods: ['files.getUploadURLExternal', 'files.completeUploadExternal'],
  },
]

/** Methods that need no scope. */
export const freeMethods: readonly string[] = [
  'auth.test',
  'chat.getPermalink',
  'views.open',
  'views.push',
  'views.update',
  'views.publish',
]

/** `granted`: as `x-oauth-scopes` lists them. */
export function missingScopes(granted: readonly string[]): string[] {
  return scopes
    .filter((scope) => !granted.includes(scope.name))
    .map((scope) => `The Slack app lacks the scope ${scope.name} (${scope.for}). Add it and install the app again.`)
}

/** Scopes beyond those, each a thing that a stolen token could do and Latchkey never does. */
export function broaderScopes(granted: readonly string[]): string[] {
  // Slack adds `identify` to every token by itself.
  const beyond = granted.filter((name) => name !== 'identify' && !scopes.some((scope) => scope.name === name))
  if (beyond.length === 0) return []
  return [
    `The Slack app may more than manifest.yml asks for: ${beyond.join(', ')}. Remove it under OAuth & Permissions and install the app again.`,
  ]
}
