/**
 * Which version of the world each thing last changed in. The pretend Slack changes its messages and views in place, so
 * they are compared as JSON after it has told of a change; a thread of 300 messages takes some milliseconds.
 */
import type { Message, OpenView, Workspace } from '../slack/workspace.ts'

export interface Stamps {
  /** Looks at everything; the version is another one afterwards where anything that people see has changed. */
  look(): number
  /** The version in which this object last changed; to be asked after `look`. */
  of(thing: object): number
}

export function stamps(state: Workspace): Stamps {
  const known = new WeakMap<object, { json: string; v: number }>()
  let version = 1
  let rest = ''
  let stirred = true
  state.onChange(() => {
    stirred = true
  })

  function changed(thing: object, next: number): boolean {
    const json = JSON.stringify(thing)
    if (known.get(thing)?.json === json) return false
    known.set(thing, { json, v: next })
    return true
  }

  return {
    look() {
      if (!stirred) return version
      stirred = false
      const next = version + 1
      const others = restOf(state)
      // Every one of them is stamped, whatever was found before it.
      const found = thingsOf(state).filter((thing) => changed(thing, next))
      if (found.length > 0 || others !== rest) version = next
      rest = others
      return version
    },
    of: (thing) => known.get(thing)?.v ?? version,
  }
}

function thingsOf(state: Workspace): object[] {
  const messages: Message[] = [...state.conversations.values()].flatMap((one) => one.messages)
  const views: OpenView[] = [...state.views.values()]
  return [...messages, ...state.ephemerals, ...views]
}

/** What comes, goes and moves. */
function restOf(state: Workspace): string {
  const { conversations, stacks, homes, ephemerals, members } = state
  const rooms = [...conversations.values()].map((one) => [one.id, one.messages.length, [...one.members]])
  const gone = [...members.values()].filter((one) => one.deleted).map((one) => one.id)
  return JSON.stringify([rooms, [...stacks], [...homes], ephemerals.map((one) => one.ts), gone])
}
