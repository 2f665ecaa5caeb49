/** What can be made to happen to the sandbox while somebody tries it. */
import type { Room } from './room.ts'
import type { Knob, KnobsNow, Temper, Turned } from './shapes.ts'

export function knobsNow(room: Room): KnobsNow {
  const { faults, sockets } = room.sandbox.slack
  return {
    world: room.world,
    now: new Date().toISOString(),
    movedMs: room.time.ahead(),
    vendors: room.vendors.map(({ use, title }) => ({ use, title, temper: room.tempers.of(use) })),
    slackAway: faults.out,
    sockets: sockets.open,
    mode: room.mode,
  }
}

/** `anew` is turned where the room itself is kept. */
export async function turn(room: Room, knob: Exclude<Knob, { turn: 'anew' }>): Promise<Turned> {
  const { slack } = room.sandbox
  switch (knob.turn) {
    case 'vendor':
      return vendor(room, knob)
    case 'give-back':
      return giveBack(room, knob.vendor)
    case 'clock':
      return moveClock(room, knob.ms)
    case 'restart':
      await room.sandbox.restart()
      return said('Latchkey was stopped and started again, on the same data.')
    case 'lose-reply':
      slack.faults.next('chat.postMessage', { as: 'lost' })
      return said('The next message is posted, but Latchkey will not hear that it was.')
    case 'deliver-twice':
      slack.faults.deliverTwice()
      return said('The next thing that somebody does reaches Latchkey twice.')
    case 'refresh-socket':
      if (room.mode === 'http') return { ok: false, said: 'Over HTTP there are no connections to renew.' }
      slack.sockets.refresh(knob.which)
      return said(`Slack asks Latchkey to renew ${knob.which === 'all' ? 'all its connections' : 'one connection'}.`)
    case 'slack-away':
      slack.faults.outage(knob.away)
      slack.state.changed()
      return said(knob.away ? 'Slack is away: nobody can do anything in it.' : 'Slack is back.')
    default:
      return knob satisfies never
  }
}

function said(words: string): Turned {
  return { ok: true, said: words }
}

const words: Readonly<Record<Temper, string>> = {
  normal: 'answers as ever',
  slow: 'takes three seconds for every answer',
  throttled: 'says that it is asked too often (429)',
  failing: 'is out of order (503)',
  refusing: "refuses Latchkey's credential (401)",
}

function vendor(room: Room, { vendor: use, to }: Extract<Knob, { turn: 'vendor' }>): Turned {
  const chosen = room.vendors.filter((one) => use === 'every' || one.use === use)
  if (chosen.length === 0) return { ok: false, said: `There is no system ${use} here.` }
  for (const one of chosen) room.tempers.set(one.use, to)
  const name = use === 'every' ? 'Each system' : (chosen[0]?.title ?? use)
  return said(`${name} ${words[to]}.`)
}

function giveBack(room: Room, use: string): Turned {
  const vendor = room.sandbox.shown.find((one) => one.use === use)
  const title = room.vendors.find((one) => one.use === use)?.title ?? use
  if (!vendor?.world) return { ok: false, said: `${title} cannot be put back here.` }
  vendor.world.rewind()
  return said(`Somebody has put ${title} back as it was. A day later, Latchkey sees it.`)
}

function moveClock(room: Room, ms: number): Turned {
  room.time.forward(ms)
  room.sandbox.slack.sockets.beat()
  room.sandbox.slack.state.changed()
  const at = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })
  return said(`It is now ${at.format(new Date())} UTC.`)
}
