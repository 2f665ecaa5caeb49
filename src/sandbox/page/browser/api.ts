/** What goes to and from the sandbox's server. */
import type { Changed, Deed, Done, Knob, KnobsNow, Seen, Start, Turned, VendorsSide } from '../shapes.ts'

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const how =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(path, how)
  const said = (await answer.json()) as T & { error?: string }
  if (!answer.ok) throw new Error(said.error ?? `the sandbox answered ${answer.status}`)
  return said
}

export const start = () => ask<Start>('/api/start')
export const seen = (persona: string, since: number) =>
  ask<Seen>(`/api/seen?persona=${encodeURIComponent(persona)}&since=${since}`)
export const vendors = (leaver: string) => ask<VendorsSide>(`/api/vendors?leaver=${encodeURIComponent(leaver)}`)
export const knobs = () => ask<KnobsNow>('/api/knobs')
export const turn = (knob: Knob) => ask<Turned>('/api/knobs', knob)
export const act = (deed: Deed) => ask<Done>('/api/deeds', deed)

/** Calls with each change, at once with how it stands, and says when the sandbox is gone. */
export function follow(heard: (changed: Changed) => void, gone: (away: boolean) => void): void {
  const source = new EventSource('/api/changes')
  source.addEventListener('changed', (event) => {
    gone(false)
    heard(JSON.parse((event as MessageEvent<string>).data) as Changed)
  })
  source.addEventListener('error', () => gone(true))
}
