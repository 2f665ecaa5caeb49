/** Every Slack message that should exist about giving back; part of `messages`. */
import { type GiveBack, latest } from '../offboarding/give-back.ts'
import { type Offboarding, roles } from '../offboarding/offboarding.ts'
import type { Audience, Message } from './messages.ts'
import type { Shown } from './views/blocks.ts'
import {
  askedNotice,
  type GiveBackNews,
  giveBackNews,
  giveBackSignRequest,
  givenBackNotice,
  signedNotice,
  undecidedNotice,
} from './views/give-back-told.ts'
import { asStep } from './views/give-back-words.ts'
import { ref } from './views/refs.ts'
import { reportMissing } from './views/thread.ts'

type Reply = Pick<Message, 'key' | 'at' | 'says'>

/** Below the card; `prefix` as the keys of its place have it. */
export function giveBackReplies(one: Offboarding, prefix: string): Reply[] {
  return (one.giveBacks ?? []).flatMap((back) => [
    reply(back, 'asked', back.at, () => askedNotice(back)),
    ...(back.signedAt ? [reply(back, 'signed', back.signedAt, () => signedNotice(one, back))] : []),
    ...resultsOf(one, back),
    ...endOf(one, back, prefix),
  ])
}

function keyOf(back: GiveBack, what: string): string {
  return `back/${back.number}/${what}`
}

function reply(back: GiveBack, what: string, at: string, draw: () => Shown): Reply {
  return { key: keyOf(back, what), at, says: drawnLater(draw) }
}

function drawnLater(draw: () => Shown): Message['says'] {
  return {
    kind: 'shown',
    get shown() {
      return draw()
    },
  }
}

/** Keys stand in message metadata, which other apps can read: a realm may name a customer or a person, so it is hashed. */
function resultsOf(one: Offboarding, back: GiveBack): Reply[] {
  return Object.values(back.steps).flatMap((ran) => {
    const run = ran.state === 'ended' ? asStep(one, ran) : undefined
    if (!run) return []
    const what = `${run.plan.connector}/${run.plan.step}/${ref(run.key)}/${run.attempt}/${run.ending}`
    return [{ key: keyOf(back, what), at: run.endedAt ?? back.at, says: { kind: 'result', run } }]
  })
}

function endOf(one: Offboarding, back: GiveBack, prefix: string): Reply[] {
  const { endedAt: at } = back
  if (!at) return []
  if (back.state !== 'done') return [reply(back, 'over', at, () => undecidedNotice(one, back))]
  const report: Reply = { key: keyOf(back, 'report'), at, says: { kind: 'report' } }
  const failed = one.posts[`${prefix}${report.key}`]?.failed
  const missing = failed ? [reply(back, 'report-failed', at, () => reportMissing(one, failed))] : []
  const anchor: Reply = { key: keyOf(back, 'anchor'), at, says: { kind: 'anchor' } }
  return [reply(back, 'done', at, () => givenBackNotice(back)), anchor, report, ...missing]
}

/** More people than this hear of it in the thread only, as for the offboarding itself. */
const mostAsked = 15

/** Asked once, in person; drawn again when it is decided, so that nobody acts on an old request. */
export function giveBackAsks(one: Offboarding, audience: Audience): Message[] {
  if (audience.direct) return []
  return (one.giveBacks ?? []).flatMap((back) =>
    roles.flatMap((role) => {
      const open = back === latest(one) && back.state === 'awaiting-sign-off' && !back.signOffs[role]
      const people = audience.holders[role].filter((user) => user !== back.by.id)
      return people.slice(0, mostAsked).flatMap((user): Message[] => {
        const key = `back-ask/${back.number}/${role}/${user}`
        if (!open && !one.posts[key]) return []
        const says = drawnLater(() => giveBackSignRequest(one, back, role, audience.cardLink))
        return [{ key, to: { user }, at: back.at, says, live: true }]
      })
    }),
  )
}

/** Who asked for the offboarding hears all of it, who asked for this how it ended. */
export function giveBackTold(one: Offboarding, audience: Audience): Message[] {
  return (one.giveBacks ?? []).flatMap((back) => {
    const all = newsOf(back)
    const requester = one.requester.id
    const ends = all.filter(([news]) => news !== 'asked' && news !== 'signed')
    const toRequester = audience.requesterSees || requester === back.by.id ? [] : all
    return [
      ...toRequester.map((news) => told(one, back, news, 'requester', requester)),
      ...ends.map((news) => told(one, back, news, 'asker', back.by.id)),
    ]
  })
}

function told(
  one: Offboarding,
  back: GiveBack,
  [news, at]: [GiveBackNews, string],
  who: string,
  user: string,
): Message {
  const says = drawnLater(() => giveBackNews(one, back, news))
  return { key: `${who}/back-${back.number}-${news}`, to: { user }, at, says }
}

function newsOf(back: GiveBack): [GiveBackNews, string][] {
  const found: [GiveBackNews, string][] = [['asked', back.at]]
  if (back.signedAt) found.push(['signed', back.signedAt])
  if (back.state === 'needs-attention') found.push(['attention', lastEnd(back)])
  const over = back.state === 'declined' || back.state === 'expired' || back.state === 'done'
  if (over) found.push([back.state as GiveBackNews, back.endedAt ?? back.at])
  return found
}

function lastEnd(back: GiveBack): string {
  const ends = Object.values(back.steps).flatMap((run) => (run.endedAt ? [run.endedAt] : []))
  return ends.sort().at(-1) ?? back.at
}
