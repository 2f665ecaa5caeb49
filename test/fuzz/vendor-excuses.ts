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
    rig: /^(bamboohr|fleet|git|gusto|jumpcloud)/,
    asked: /./,
    never: /^status 404$/,
    why: 'what is asked for by its id is not there any more',
  },
  {
    rig: /^(atlassian|git|jumpcloud|kandji|okta)/,
    asked: /./,
    never: /^\[\]$/,
    why: 'a list without a name around it, which holds nothing',
  },
  {
    rig: /^slack/,
    asked: /./,
    never: /^(response_metadata(\.next_cursor)? (remove|text)|usergroups\.\d+\.users\.\d+ \w+)$/,
    why: 'a list ends where no next page is named; another text is another member',
  },
  {
    rig: /^scim/,
    asked: /\/Groups/,
    never: /\.members\.\d+\.value (put|flip|copy)$/,
    why: 'a number is the id of another member; one that is no id at all is told apart in scim-answers.test.ts',
  },
  {
    rig: /^fleet/,
    asked: /./,
    never: /^(hosts\.\d+\.device_mapping(\.\d+\.source)?|host\.mdm\.(enrollment_status|device_status|pending_action)) /,
    why: 'a host of nobody, one that is not enrolled, or one to which nothing was ordered',
  },
  {
    rig: /^jamf/,
    asked: /./,
    never: /^results\.\d+\.(userAndLocation|general|security)(\.\w+)*( |$)/,
    why: 'a device of nobody, or one that is not said to be managed, personal or locked, is not acted on',
  },
  {
    rig: /^jumpcloud/,
    asked: /./,
    never: /^(primarySystemUser\.id|\d+\.(serialNumber|securityInfo(\.\w+)?|paths)|sudo) /,
    why: 'a device of somebody else, one without a record in its management, an account without the right',
  },
  {
    rig: /^kandji/,
    asked: /./,
    never: /^(\d+\.user(\.\w+)?|(activation_lock|recovery_information)(\.\w+)?) /,
    why: 'a device of nobody, or one of a kind without such a lock',
  },
  {
    rig: /^gitlab/,
    asked: /projects/,
    never: /^\d+\.namespace\.kind /,
    why: 'a project of a group is not the leaver’s own',
  },
  {
    rig: /^(jamf|kandji)/,
    asked: /commands/,
    never: /\.(commandType|commandState|request_type) /,
    why: 'a command of a kind that nobody knows is none that handed out a PIN',
  },
  {
    rig: /^jamf/,
    asked: /mobile-devices/,
    never: /\.mobileDeviceId put$/,
    why: 'a number is the id of another device',
  },
  {
    rig: /^github/,
    asked: /graphql/,
    never: /\.scimIdentity remove$/,
    why: 'an identity that SAML made, and SCIM did not',
  },
  {
    rig: /^atlassian/,
    asked: /users\/search/,
    never: /^data(\.\d+\.(accountId|claimStatus|platformRoles))? /,
    why: 'another account, one that is not managed, or one without a role',
  },
  {
    rig: /^microsoft/,
    asked: /\/users\//,
    never: /\.assignedByGroup (put|key|copy)$/,
    why: 'a licence that a group gives goes with the group',
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
