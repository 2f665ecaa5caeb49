/** A system in words of its own: how it is asked, how a person is found, and what each step finds and orders. */
import { isIP } from 'node:net'
import { compile } from 'json-p3'
import { z } from 'zod'
import { type Json, secret } from '../../src/connector.ts'
import { namesInJson, namesInUrl, urlProblem } from './template.ts'

const https = z.url({ protocol: /^https$/, error: 'is an address that begins with https://' })
const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is a short name: a-z, 0-9 and -')

/** RFC 9535. */
const path = z.string().superRefine((text, context) => {
  try {
    compile(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no JSONPath (RFC 9535): ${(error as Error).message}` })
  }
})

const url = z.string().superRefine((text, context) => {
  const problem = urlProblem(text)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

const cidr = z.string().refine((text) => {
  const [network = '', bits = ''] = text.split('/')
  return isIP(network) > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(network) === 6 ? 128 : 32)
}, 'is a network such as 169.254.10.0/24')

const Auth = z.union(
  [
    /** `Authorization: Bearer …`, or another header with the secret alone. */
    z.strictObject({
      header: z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/),
      scheme: z.string().optional(),
      value: secret(),
    }),
    /** Client credentials (RFC 6749, 4.4); the client is named by Basic, or in the form. */
    z.strictObject({
      tokenUrl: https,
      clientId: z.string().min(1),
      clientSecret: secret(),
      scope: z.string().optional(),
      sendAs: z.enum(['basic', 'form']).default('basic'),
    }),
  ],
  { error: 'is { header, value } or { tokenUrl, clientId, clientSecret }' },
)

/** Where the next page is: a URL in the answer, a cursor for a parameter, or the header `Link` (RFC 8288). */
const Next = z.union(
  [
    z.strictObject({ url: path }),
    z.strictObject({ cursor: path, parameter: z.string().min(1) }),
    z.strictObject({ link: z.literal(true) }),
  ],
  { error: 'is { url: $.… }, { cursor: $.…, parameter: … } or { link: true }' },
)

/** What every look has: a request, and what must be in its answer for it to be one at all. */
const look = {
  get: url,
  /** Selects something in every true answer; without it, nothing was understood, and nothing is taken for "none". */
  has: path,
  /** The answer is one thing and not a list: paths see a list with this one thing in it. */
  one: z.boolean().default(false),
  next: Next.optional(),
}

const Locate = z.strictObject({
  ...look,
  /** Selects people; `id` and the others are paths inside each. */
  items: path,
  id: path,
  /** All addresses of a person: one of them must be the leaver's, letter by letter but for case. */
  email: path,
  label: path.optional(),
  name: path.optional(),
  /** Where the system itself says with this status that there is nobody. */
  goneWhen: z.array(z.int().min(400).max(499)).default([]),
  /** By id, with the reason: these are never touched. */
  protected: z.record(z.string(), z.string().min(1)).default({}),
})

const Find = z.strictObject({
  ...look,
  /** Selects what is still to be done. */
  held: path,
  /** Selects what is ordered and not there yet; what is done; what only a person can do (with `why`). */
  pending: path.optional(),
  done: path.optional(),
  blocked: path.optional(),
  why: z.string().min(1).default('the system does not let us: IT does it by hand'),
  id: path,
  label: path.optional(),
  fact: path.optional(),
  /** What `undo` needs, by name; as {before.NAME} in its request. Never a secret. */
  keep: z.record(z.string().regex(/^[A-Za-z]+$/), path).default({}),
  goneWhen: z.array(z.int().min(400).max(499)).default([]),
})

const Order = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  url,
  json: (z.json() as z.ZodType<Json>).optional(),
  /** Refusals that mean "already so". */
  alreadyWhen: z.array(z.int().min(400).max(499)).default([]),
})

const Step = z.strictObject({
  id: name,
  title: z.string().min(3),
  area: z.enum(['directory', 'infrastructure', 'applications', 'devices', 'records']),
  phase: z.enum(['contain', 'preserve', 'remove', 'reclaim']),
  /** Steps of this very system. */
  needs: z.array(name).optional(),
  after: z.array(name).optional(),
  irreversible: z.literal(true).optional(),
  find: Find,
  apply: Order,
  undo: Order.optional(),
})

export const Settings = z
  .strictObject({
    title: z.string().min(1),
    baseUrl: https,
    auth: Auth,
    /** Networks that are meant although they are this machine's, link-local or a cloud's metadata. */
    allow: z.array(cidr).default([]),
    /** One place; the host of `baseUrl` when absent. */
    realm: z.string().min(1).optional(),
    /** Where and how IT renews the credential: the end of "IT …". */
    renew: z.string().min(10),
    rights: z.array(z.strictObject({ name: z.string().min(1), for: z.string().min(1) })).default([]),
    pace: z
      .strictObject({ perSecond: z.number().positive(), concurrent: z.int().positive(), source: z.string().min(4) })
      .optional(),
    check: z.strictObject({ get: url, has: path, as: path.optional() }),
    locate: Locate,
    steps: z.array(Step).min(1),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of problemsOf(settings)) context.addIssue({ code: 'custom', path: [...path], message })
  })

/** Of the leaver's account, the leaver, the receiver's account, and the day on which it takes effect. */
const inFind = ['account', 'email', 'receiver', 'date']

export function namesIn(order: Order | undefined): string[] {
  return order ? [...namesInUrl(order.url), ...namesInJson(order.json ?? null)] : []
}

export type Settings = z.infer<typeof Settings>
export type StepSettings = Settings['steps'][number]
export type Order = z.infer<typeof Order>
export type Look = Pick<z.infer<typeof Find>, 'get' | 'has' | 'one' | 'next' | 'goneWhen'>

interface Problem {
  path: readonly (string | number)[]
  message: string
}

function problemsOf({ check, locate, steps }: Settings): Problem[] {
  const ids = steps.map((step) => step.id)
  return [
    ...unknownIn(['check', 'get'], namesInUrl(check.get), []),
    ...unknownIn(['locate', 'get'], namesInUrl(locate.get), ['email']),
    ...steps.flatMap((step, index) => [...problemsOfStep(step, index), ...problemsOfOrder(step, index, ids)]),
  ]
}

function problemsOfStep({ find, apply, undo }: StepSettings, index: number): Problem[] {
  const known = [...inFind, 'finding', ...Object.keys(find.keep).map((key) => `before.${key}`)]
  return [
    ...unknownIn(['steps', index, 'find', 'get'], namesInUrl(find.get), inFind),
    ...unknownIn(['steps', index, 'apply'], namesIn(apply), known),
    ...unknownIn(['steps', index, 'undo'], namesIn(undo), known),
  ]
}

function problemsOfOrder(
  { id, needs = [], after = [] }: StepSettings,
  index: number,
  ids: readonly string[],
): Problem[] {
  const missing = [...needs, ...after].filter((one) => one === id || !ids.includes(one))
  const twice = ids.indexOf(id) === index ? [] : [{ path: ['steps', index, 'id'], message: 'is there twice' }]
  return [...twice, ...missing.map((one) => ({ path: ['steps', index], message: `there is no other step ${one}` }))]
}

function unknownIn(path: Problem['path'], names: readonly string[], known: readonly string[]): Problem[] {
  const bad = names.find((one) => !known.includes(one))
  const message = `{${bad}} is not known here; known are ${known.join(', ') || 'none'}`
  return bad === undefined ? [] : [{ path, message }]
}
