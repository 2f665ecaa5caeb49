/**
 * The pretend systems: what the leaver holds there, what was ordered, and a log of everything that took effect. Their
 * state is never changed in place, so a copy of the world is a reference.
 */
import type { Scene, SceneStep } from './scene.ts'

export interface Thing {
  held: boolean
  /** Orders that make something: when they arrived, epoch ms. `before`: from an earlier employment. */
  jobs: readonly { id: string; at: number; before?: true }[]
}

export interface VendorState {
  /** By `vendor/step/thing`. */
  things: Readonly<Record<string, Thing>>
  /** Everything that changed something, in order. */
  effects: readonly Effect[]
}

export interface Effect {
  at: number
  /** `vendor/step` */
  step: string
  thing: string
}

export interface VendorRequest {
  vendor: string
  method: string
  /** `/step/thing`; a list of them is `/step`. */
  path: string
}

export interface VendorAnswer {
  status: number
  body: unknown
}

const longAgo = Date.parse('2019-04-01T09:00:00.000Z')

export function vendorsOf(scene: Scene): VendorState {
  const things = scene.steps.flatMap((step) =>
    step.things.map((thing): [string, Thing] => {
      const jobs = step.kind === 'create' ? [{ id: 'job-0', at: longAgo, before: true as const }] : []
      return [`${step.id}/${thing}`, { held: true, jobs }]
    }),
  )
  return { things: Object.fromEntries(things), effects: [] }
}

/** What the request does, and what the vendor says to it. */
export function served(
  scene: Scene,
  state: VendorState,
  request: VendorRequest,
  at: number,
): { state: VendorState; answer: VendorAnswer } {
  const [, name = '', thing] = request.path.split('/')
  if (name === 'account') return { state, answer: { status: 200, body: { id: `${request.vendor}-jo` } } }
  const step = scene.steps.find((one) => one.id === `${request.vendor}/${name}`)
  if (!step) return { state, answer: { status: 404, body: { code: 'no_such_thing' } } }
  if (request.method === 'GET') return { state, answer: { status: 200, body: listOf(state, step, at) } }
  const key = `${step.id}/${thing}`
  const before = state.things[key]
  if (!thing || !before) return { state, answer: { status: 404, body: { code: 'no_such_thing' } } }
  return changed(state, step, { key, thing, before, at })
}

function changed(
  state: VendorState,
  step: SceneStep,
  { key, thing, before, at }: { key: string; thing: string; before: Thing; at: number },
): { state: VendorState; answer: VendorAnswer } {
  const gone = step.kind === 'revoke' || step.kind === 'remove'
  if (gone && !before.held) return { state, answer: { status: 404, body: { code: 'gone' } } }
  const id = `job-${before.jobs.length}`
  const next: Thing = gone ? { ...before, held: false } : { ...before, jobs: [...before.jobs, { id, at }] }
  const effect = { at, step: step.id, thing }
  return {
    state: { things: { ...state.things, [key]: next }, effects: [...state.effects, effect] },
    answer: gone ? { status: 204, body: undefined } : { status: 201, body: { id } },
  }
}

/** As the vendor's own console would show it. */
export interface Listed {
  thing: string
  held: boolean
  jobs: { id: string; at: number; done: boolean }[]
}

function listOf(state: VendorState, step: SceneStep, at: number): Listed[] {
  return step.things.map((thing) => {
    const { held, jobs } = state.things[`${step.id}/${thing}`] as Thing
    return { thing, held, jobs: jobs.map((job) => ({ ...job, done: job.at + step.takesMs <= at })) }
  })
}

/** How often this offboarding had it done. */
export function timesDone(state: VendorState, step: SceneStep, thing: string): number {
  return state.effects.filter((effect) => effect.step === step.id && effect.thing === thing).length
}

/** Things of this step that are not done, as nobody but the vendor itself knows. */
export function stillOpen(state: VendorState, step: SceneStep, at: number): string[] {
  return step.things.filter((thing) => {
    const { held, jobs } = state.things[`${step.id}/${thing}`] as Thing
    if (step.kind === 'revoke' || step.kind === 'remove') return held
    return !jobs.some((job) => !job.before && job.at + step.takesMs <= at)
  })
}
