/** As one would write it into latchkey.yaml. */
import type { Secret } from '../../connector.ts'

type Auth = { header: string; value: Secret } | { tokenUrl: string; clientId: string; clientSecret: Secret }

const next = { cursor: '$.next', parameter: 'cursor' }

export function settingsFor(host: string, auth: Auth) {
  return {
    title: 'Customer desk',
    baseUrl: `https://${host}/v1`,
    auth,
    renew: 'makes a new key in the customer desk under Settings → Integrations, and puts it into the settings',
    rights: [
      { name: 'people:write', for: 'suspending and deleting people' },
      { name: 'memberships:write', for: 'leaving projects' },
      { name: 'customers:write', for: 'handing customers over' },
    ],
    pace: { perSecond: 10, concurrent: 4, source: 'our own team says so' },
    check: { get: '/self', has: '$.client', as: '$.client.name' },
    locate: {
      get: '/people{?email}',
      has: '$.items',
      next,
      items: "$.items[?@.kind == 'human']",
      id: '$.id',
      email: '$.email',
      label: '$.email',
      name: '$.name',
    },
    steps: [suspend, memberships, customers, deletion],
  }
}

const suspend = {
  id: 'suspend',
  title: 'Suspend the person',
  area: 'applications',
  phase: 'contain',
  find: {
    get: '/people/{account}',
    has: '$.person.status',
    one: true,
    held: "$[?@.person.status == 'active'].person",
    done: "$[?@.person.status == 'suspended'].person",
    id: '$.id',
    label: '$.email',
    fact: '$.status',
    goneWhen: [404],
  },
  apply: { method: 'PATCH', url: '/people/{account}', json: { status: 'suspended' } },
  undo: { method: 'PATCH', url: '/people/{account}', json: { status: 'active' } },
}

const memberships = {
  id: 'memberships',
  title: 'Leave projects',
  area: 'applications',
  phase: 'remove',
  find: {
    get: '/people/{account}/memberships',
    has: '$.items',
    next,
    held: '$.items[*]',
    blocked: '$.items[?@.inherited == true]',
    why: 'comes from a team: IT takes the person out of the team',
    id: '$.id',
    label: '$.project',
    fact: '$.level',
    keep: { project: '$.project', level: '$.level' },
  },
  apply: { method: 'DELETE', url: '/memberships/{finding}', alreadyWhen: [404] },
  undo: {
    method: 'POST',
    url: '/memberships',
    json: { person: '{account}', project: '{before.project}', level: '{before.level}' },
    alreadyWhen: [409],
  },
}

const customers = {
  id: 'customers',
  title: 'Hand customers over',
  area: 'applications',
  phase: 'preserve',
  find: {
    get: '/customers?owner={account}',
    has: '$.items',
    next,
    held: '$.items[*]',
    id: '$.id',
    label: '$.name',
  },
  apply: { method: 'PUT', url: '/customers/{finding}/owner', json: { owner: '{receiver}' } },
  undo: { method: 'PUT', url: '/customers/{finding}/owner', json: { owner: '{account}' } },
}

const deletion = {
  id: 'delete',
  title: 'Delete the person',
  area: 'applications',
  phase: 'reclaim',
  needs: ['customers'],
  irreversible: true,
  find: {
    get: '/people/{account}',
    has: '$.person.id',
    one: true,
    held: '$[*].person',
    id: '$.id',
    label: '$.email',
    fact: '$.status',
    goneWhen: [404],
  },
  apply: { method: 'DELETE', url: '/people/{account}', alreadyWhen: [404] },
}
