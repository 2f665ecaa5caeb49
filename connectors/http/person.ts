import { z } from 'zod'
import { type Account, type Health, type Leaver, Rejected } from '../../src/connector.ts'
import type { Http } from './client.ts'
import { select, textAt } from './select.ts'

/** By each address of the leaver; what the system answers beside that is not theirs. */
export async function locate(http: Http, leaver: Leaver): Promise<readonly Account[]> {
  const wanted = new Set(leaver.emails.map((email) => email.toLowerCase()))
  const pages = await Promise.all(
    [...wanted].map((email) => http.pages('find the person', http.settings.locate, { email })),
  )
  const found = pages.flat().flatMap((page) => peopleIn(http, page, wanted))
  return [...new Map(found.map((account) => [account.id, account])).values()]
}

function peopleIn({ settings }: Http, page: unknown, wanted: ReadonlySet<string>): Account[] {
  const { locate: how, title, baseUrl, realm = new URL(baseUrl).host } = settings
  return select(how.items, page).flatMap((item) => {
    const emails = select(how.email, item).flatMap((one) => (typeof one === 'string' ? [one.toLowerCase()] : []))
    if (!emails.some((one) => wanted.has(one))) return []
    const id = textAt(how.id, item)
    if (id === undefined) throw new Rejected(`${title} named a person without an id (${how.id}).`)
    const name = how.name && textAt(how.name, item)
    const why = Object.hasOwn(how.protected, id) ? how.protected[id] : undefined
    return [
      {
        realm,
        id,
        label: (how.label && textAt(how.label, item)) ?? emails[0] ?? id,
        known: { emails, ...(name ? { name } : {}) },
        ...(why ? { protected: why } : {}),
      },
    ]
  })
}

export async function check({ settings, rest }: Http): Promise<Health> {
  const { get, has, as } = settings.check
  const answer = await rest.ask('say who we are', get, z.unknown())
  if (answer === undefined || select(has, answer).length === 0)
    throw new Rejected(`${settings.title}'s answer to "say who we are" could not be understood: it has no ${has}.`)
  const host = new URL(settings.baseUrl).host
  return { as: `${(as && textAt(as, answer)) ?? settings.title} at ${host}`, missing: [] }
}
