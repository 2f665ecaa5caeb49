/** A step from its settings: found by paths, ordered by a request, and looked at afresh before each order. */
import {
  type At,
  type AutomaticStep,
  type Finding,
  type Json,
  lastDay,
  Rejected,
  unlessStatus,
} from '../../src/connector.ts'
import type { Http } from './client.ts'
import { select, textAt, valueAt } from './select.ts'
import { namesIn, type Order, type StepSettings } from './settings.ts'
import { jsonOf, urlOf, type Value, type Values } from './template.ts'

export function stepFrom(step: StepSettings): AutomaticStep<Http> {
  const { id, title, area, phase, needs, after, irreversible, undo } = step
  const own = (ids: readonly string[] | undefined) => ids?.map((one) => `http/${one}`)
  return {
    id,
    title,
    area,
    phase,
    ...(needs ? { needs: own(needs) ?? [] } : {}),
    ...(after ? { after: own(after) ?? [] } : {}),
    ...(irreversible ? { irreversible } : {}),
    find: (at) => look(at, step),
    async apply(at, finding) {
      await guardAccount(at)
      const now = (await look(at, step)).find((one) => one.id === finding.id)
      if (now?.state === 'blocked') throw new Rejected(`${now.label}: ${now.fact}`, { code: 'blocked' })
      if (now?.state === 'open') await send(at, title, step.apply, now)
    },
    ...(undo
      ? {
          async undo(at: At<Http>, finding: Finding) {
            await guardAccount(at)
            await send(at, `${title}: give it back`, undo, finding)
          },
        }
      : {}),
  }
}

/** What is planned may be days old; the settings are not. */
async function guardAccount({ client, account }: At<Http>): Promise<void> {
  const { protected: never } = client.settings.locate
  if (Object.hasOwn(never, account.id))
    throw new Rejected(`${account.label} is not touched: ${never[account.id]}`, { code: 'protected' })
}

function valuesOf(at: At<Http>): Values {
  const { leaver, account, handOverTo } = at
  return { account: account.id, email: leaver.emails[0], receiver: handOverTo?.id, date: lastDay(at) }
}

async function look(at: At<Http>, step: StepSettings): Promise<Finding[]> {
  const pages = await at.client.pages(`look: ${step.title}`, step.find, valuesOf(at))
  const found = new Map<string, Finding>()
  // In this order, so that what may not be done wins over what could be.
  for (const state of ['held', 'done', 'pending', 'blocked'] as const) {
    const path = step.find[state]
    if (path === undefined) continue
    for (const item of pages.flatMap((page) => select(path, page))) {
      const finding = findingOf(at, step, item, state === 'held' ? 'open' : state)
      found.set(finding.id, finding)
    }
  }
  return [...found.values()]
}

function findingOf(at: At<Http>, step: StepSettings, item: Json, state: Finding['state']): Finding {
  const { find, apply } = step
  const id = textAt(find.id, item)
  if (id === undefined) throw new Rejected(`${at.client.settings.title} named something without an id (${find.id}).`)
  const before = Object.fromEntries(
    Object.entries(find.keep).flatMap(([key, path]) => {
      const value = valueAt(path, item)
      return value === undefined ? [] : [[key, value]]
    }),
  )
  const said = (find.fact && textAt(find.fact, item)) ?? usual[state]
  const named = { id, label: (find.label && textAt(find.label, item)) ?? id, before }
  if (state === 'blocked') return { ...named, state, fact: `${said}: ${find.why}` }
  if (state === 'open' && namesIn(apply).includes('receiver') && !at.handOverTo)
    return { ...named, state: 'blocked', fact: `${said}: there is nobody there to hand it over to; IT names somebody` }
  return { ...named, state, fact: said }
}

const usual = { open: 'there', pending: 'ordered', done: 'done', blocked: 'there', unknown: 'not known' } as const

async function send(at: At<Http>, what: string, order: Order, { id, before }: Finding): Promise<void> {
  const kept = Object.entries((before ?? {}) as Record<string, Value>)
  const values = {
    ...valuesOf(at),
    finding: id,
    ...Object.fromEntries(kept.map(([key, value]) => [`before.${key}`, value])),
  }
  const { method, url, json, alreadyWhen } = order
  const asking = { method, ...(json === undefined ? {} : { json: jsonOf(json, values) }) }
  await unlessStatus(alreadyWhen, at.client.rest.order(what, urlOf(url, values), asking))
}
