/** Whose login it is on which host, and who must never be touched; asked afresh by every look and every order. */
import { type Account, type At, type Leaver, Rejected } from '../../src/connector.ts'
import type { Host, Hosts } from './host.ts'
import { type Entry, type Person, platformOf } from './platform.ts'
import { loginPattern } from './settings.ts'

export interface Here {
  host: Host
  person: Person
  /** Everybody else of the host's own users. */
  others: readonly Entry[]
}

/** A host that cannot be read now holds up none of the others: the account there is named without its uid, and unknown. */
export async function locate(hosts: Hosts, leaver: Leaver): Promise<readonly Account[]> {
  const logins = [...new Set(leaver.emails.flatMap((email) => hosts.loginOf(email) ?? []))]
  if (logins.length === 0) return ifNobodyExpected(hosts, leaver)
  const found = hosts.all.flatMap((host) => logins.map((login) => accountOn(host, login)))
  return (await Promise.all(found)).filter((account) => account !== undefined)
}

/** An address of ours that gives no login is a person who was not looked for. */
function ifNobodyExpected({ domains }: Hosts, { emails }: Leaver): readonly Account[] {
  const ours = emails.find((email) => domains.includes(email.toLowerCase().split('@').at(-1) ?? ''))
  if (ours === undefined) return []
  throw new Rejected(
    `'loginRule' makes no login name of ${ours}: IT names the one that this person has under 'logins' in the settings of hosts`,
    { code: 'noLogin' },
  )
}

async function accountOn(host: Host, login: string): Promise<Account | undefined> {
  try {
    const { person } = await platformOf(host).who(host, login)
    if (!person) return undefined
    const why = await protection(host, person)
    const said = [`uid ${person.uid}`, person.name, person.local ? undefined : 'from a directory'].filter(Boolean)
    return {
      realm: host.id,
      id: `${person.uid}:${login}`,
      label: `${login} (${said.join(', ')}) on ${host.id}`,
      ...(person.name ? { known: { name: person.name } } : {}),
      ...(why ? { protected: why } : {}),
    }
  } catch (error) {
    // The steps of this account say it again, each as unknown; the other hosts are read meanwhile.
    return { realm: host.id, id: login, label: `${login} on ${host.id}, not read yet: ${(error as Error).message}` }
  }
}

/** Undefined where there is no such user any more. Throws Rejected where it is somebody else, or must not be touched. */
export async function hereOf(at: At<Hosts>): Promise<Here | undefined> {
  const { host, login, uid } = pinned(at)
  const { person, others } = await platformOf(host).who(host, login)
  if (!person) return undefined
  if (uid !== undefined && person.uid !== uid)
    throw new Rejected(
      `${login} on ${host.id} has uid ${person.uid} now, and had ${uid} when this was planned: it may be somebody else, so nothing is done`,
      { code: 'otherUid' },
    )
  const why = await protection(host, person)
  if (why) throw new Rejected(`${login} on ${host.id} is not touched: it is ${why}`, { code: 'protected' })
  const double = others.find((one) => one.uid === person.uid)
  if (double)
    throw new Rejected(
      `${login} and ${double.login} on ${host.id} have one and the same uid ${person.uid}: IT takes them apart first`,
      { code: 'sharedUid' },
    )
  return { host, person, others }
}

/** For writing. */
export async function targetOf(at: At<Hosts>): Promise<Here> {
  const here = await hereOf(at)
  if (here) return here
  throw new Rejected(`${at.account.label} is not there any more`, { code: 'gone' })
}

function pinned({ client, account }: At<Hosts>): { host: Host; login: string; uid: number | undefined } {
  const host = client.all.find((one) => one.id === account.realm)
  if (!host) throw new Rejected(`the settings name no host ${account.realm} any more`)
  const [, uid, login = ''] = /^(?:(\d+):)?(.*)$/.exec(account.id) ?? []
  if (!loginPattern.test(login)) throw new Rejected(`"${login}" is not a login name that can be used in a command`)
  return { host, login, uid: uid === undefined ? undefined : Number(uid) }
}

/** 65534 and 65535: `nobody` and the like (systemd, "Users, Groups, UIDs and GIDs"). */
const nobody = new Set([65_534, 65_535, 4_294_967_294])

async function protection(host: Host, { login, uid }: Person): Promise<string | undefined> {
  const { firstUid } = platformOf(host)
  if (login === host.user) return 'the user that Latchkey itself signs in as'
  if (uid === 0) return 'root, by its uid'
  if (uid < firstUid || nobody.has(uid)) return `an account of the system (uid ${uid})`
  return (await host.ownUid()) === uid ? 'the uid that Latchkey itself signs in with' : undefined
}
