/**
 * Sessions of roles that people sign in to from elsewhere. No call ends one; a denial in the role, for tokens from before
 * a moment, takes everything from the sessions that are told to be the leaver's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { isCode, unlessGone } from './answers.ts'
import type { Aws, Realm } from './client.ts'
import { reachMs } from './denial.ts'
import { locateIn } from './user.ts'

/** Also where the leaver is known to Identity Center alone: then in the roles of every account. */
export const roleSessions: AutomaticStep<Aws> = {
  id: 'role-sessions',
  title: 'Cut live sessions of shared roles',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const places = (await realmsOf(at)).flatMap((realm) => realm.sharedRoles.map((role) => ({ realm, role })))
    return await Promise.all(places.map(({ realm, role }) => findingOf(at, realm, role)))
  },
  async apply(at, finding) {
    const { realm, role } = placeOf(at, finding)
    const until = new Date(Math.max(Date.now(), at.effectiveAt.getTime()) + reachMs)
    const roleId = await roleIdOf(at, realm, role)
    if (!roleId) throw new Rejected(`AWS account ${realm.id} has no role ${role}. IT mends sharedRoles.`)
    const document = JSON.stringify({ Version: '2012-10-17', Statement: denials(at, until, roleId) })
    const order = { RoleName: role, PolicyName: policyName(at), PolicyDocument: document }
    await realm.send(new realm.iam.PutRolePolicyCommand(order), at.signal)
  },
  async undo(at, finding) {
    const { realm, role } = placeOf(at, finding)
    const order = { RoleName: role, PolicyName: policyName(at) }
    await unlessGone(realm.send(new realm.iam.DeleteRolePolicyCommand(order), at.signal))
  },
}

/**
 * From Identity Center all accounts. From an IAM user its own, and those where the leaver has none: people sign in to one
 * account and go on to roles of others. Where the leaver has several users, the first one's plan has those accounts.
 */
async function realmsOf(at: At<Aws>): Promise<Realm[]> {
  const all = [...at.client.realms.values()]
  const own = at.client.realms.get(at.account.realm)
  if (!own) return all
  if (all.every((realm) => realm === own || realm.sharedRoles.length === 0)) return [own]
  const located = await Promise.all(all.map((realm) => locateIn(realm, at.client.match, at.leaver)))
  const withUser = all.filter((realm, index) => realm === own || located[index]?.length)
  return withUser[0] === own ? [own, ...all.filter((realm) => !withUser.includes(realm))] : [own]
}

function placeOf(at: At<Aws>, finding: Finding): { realm: Realm; role: string } {
  const [account = '', role = ''] = finding.id.split('/')
  const realm = at.client.realms.get(account)
  if (realm?.sharedRoles.includes(role)) return { realm, role }
  throw new Rejected(`The role ${role} of AWS account ${account} is not in the settings any more (sharedRoles).`)
}

/** One a leaver, so that two offboardings do not write over each other's. */
function policyName(at: At<Aws>): string {
  return `LatchkeyCut-${at.account.id}`
}

async function findingOf(at: At<Aws>, realm: Realm, role: string): Promise<Finding> {
  const head = { id: `${realm.id}/${role}`, label: `${role} in ${realm.id}` }
  const roleId = await roleIdOf(at, realm, role)
  if (!roleId)
    return { ...head, state: 'blocked', fact: `AWS account ${realm.id} has no role ${role}. IT mends sharedRoles.` }
  if (!isDenied(at, await documentOf(at, realm, role), roleId))
    return { ...head, state: 'open', fact: `No policy ${policyName(at)}: sessions live on, for 12 hours at most` }
  const fact = `Policy ${policyName(at)} denies sessions whose source identity or name is the leaver's; others it cannot tell.`
  return { ...head, state: 'done', fact }
}

/** `AROA…`; undefined where AWS says that there is no such role. */
async function roleIdOf(at: At<Aws>, realm: Realm, role: string): Promise<string | undefined> {
  try {
    const { Role } = await realm.send(new realm.iam.GetRoleCommand({ RoleName: role }), at.signal)
    if (Role?.RoleId) return Role.RoleId
    throw new Rejected(`AWS account ${realm.id}: the answer about the role ${role} names no id.`)
  } catch (error) {
    if (isCode(error, 'NoSuchEntity')) return undefined
    throw error
  }
}

async function documentOf(at: At<Aws>, realm: Realm, role: string): Promise<string | undefined> {
  try {
    const question = { RoleName: role, PolicyName: policyName(at) }
    const answer = await realm.send(new realm.iam.GetRolePolicyCommand(question), at.signal)
    return decodeURIComponent(answer.PolicyDocument ?? '')
  } catch (error) {
    if (!isCode(error, 'NoSuchEntity')) throw error
    return undefined
  }
}

/**
 * The source identity stays with a session through every further role; the name is what the identity provider gave it, in
 * whatever case. `aws:userid` is the role's id and that name.
 */
function denials(at: At<Aws>, until: Date, roleId: string) {
  const issued = { DateLessThan: { 'aws:TokenIssueTime': until.toISOString() } }
  const all = { Effect: 'Deny', Action: '*', Resource: '*' }
  const names = at.leaver.emails.filter(isSessionName)
  if (names.length === 0) throw new Rejected('No address of the leaver can be the name of a session in AWS.')
  const sessions = names.map((name) => `${roleId}:${name}`)
  const sources = [...new Set([...names, at.account.label].filter(isSessionName))]
  return [
    { ...all, Condition: { StringEqualsIgnoreCase: { 'aws:SourceIdentity': sources }, ...issued } },
    { ...all, Condition: { StringEqualsIgnoreCase: { 'aws:userid': sessions }, ...issued } },
  ]
}

/** What AWS takes as one: no `*`, `?` or `$`, which would make a policy mean others too. */
function isSessionName(value: string): boolean {
  return /^[\w+=,.@-]+$/.test(value)
}

function isDenied(at: At<Aws>, document: string | undefined, roleId: string): boolean {
  if (!document) return false
  const { Statement: statements } = JSON.parse(document) as { Statement?: unknown }
  const [first] = [statements].flat() as [{ Condition?: { DateLessThan?: Record<string, string> } }?]
  const until = new Date(first?.Condition?.DateLessThan?.['aws:TokenIssueTime'] ?? '')
  if (!(until.getTime() >= at.effectiveAt.getTime())) return false
  return JSON.stringify(statements) === JSON.stringify(denials(at, until, roleId))
}
