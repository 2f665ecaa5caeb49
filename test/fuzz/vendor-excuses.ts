/** Where an answer that leaves something out says by that, in the vendor's own contract, that it is not there. */
import type { Exchange, Scene } from './vendor-rig.ts'

interface Excuse {
  rig: RegExp
  /** Of the request. */
  asked: RegExp
  /** What was changed, as `vendor-change.ts` names it. */
  never: RegExp
  why: string
}

const excuses: readonly Excuse[] = [
  {
    rig: /^google/,
    asked: /./,
    never:
      /^(users|items|members|groups|mobiledevices|chromeosdevices|dataTransfers|applications|filter|delegates) remove$/,
    why: 'Google leaves an empty list out',
  },
  {
    rig: /^google/,
    asked: /\/settings\/(filters|delegates)/,
    never: /^(\{|\[\]$)|^ (key|put)$/,
    why: 'Gmail names no kind, so an object without a list is an empty list',
  },
  {
    rig: /^google/,
    asked: /\/settings\/filters/,
    never: /\.action(\.forward)? (remove|put|text|key|copy)$/,
    why: 'a filter without an address to forward to forwards nothing',
  },
  {
    rig: /^google/,
    asked: /\/directory\/v1\/users\//,
    never: /^recovery(Email|Phone) /,
    why: 'what is not set is left out',
  },
  {
    rig: /^google/,
    asked: /\/devices\/chromeos/,
    never: /\.(annotatedUser|recentUsers)/,
    why: 'nobody was assigned, or nobody used it',
  },
  {
    rig: /^google/,
    asked: /\/devices\/mobile/,
    never: /\.email\b/,
    why: 'the device is somebody else’s',
  },
  {
    rig: /^(google|microsoft)/,
    asked: /./,
    never: /^(@odata\.nextLink|nextPageToken) (remove|put|key|text)$/,
    why: 'a list ends where no next page is named',
  },
  {
    rig: /^microsoft/,
    asked: /messageRules/,
    never: /\.actions( (put|key|copy|double)|\.\w+)/,
    why: 'a rule whose actions send nothing away sends nothing away',
  },
  {
    rig: /^aws/,
    asked: /./,
    never: /^<IsTruncated> (remove|empty|rename|lower|text|raw|cdata)$/,
    why: 'a list ends where AWS does not say that there is more',
  },
  {
    rig: /^aws/,
    asked: /./,
    never: /^<PermissionsBoundary> (remove|rename|lower|empty)$/,
    why: 'not every user has a boundary',
  },
]

export function excused(rig: string, _scene: Scene, target: Exchange, never: string): boolean {
  return excuses.some((one) => one.rig.test(rig) && one.asked.test(target.url) && one.never.test(never))
}
