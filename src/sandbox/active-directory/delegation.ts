/** The rights of the service account, delegated as IT would: each one, for one kind of object, below one OU. */
import { type Domain, tool } from './domain.ts'
import { ou } from './people.ts'

/** Kinds of objects and attributes by their GUIDs in Microsoft's schema; the extended right by its GUID in MS-ADTS. */
const kind = {
  user: 'bf967aba-0de6-11d0-a285-00aa003049e2',
  group: 'bf967a9c-0de6-11d0-a285-00aa003049e2',
  computer: 'bf967a86-0de6-11d0-a285-00aa003049e2',
}
const resetPassword = '00299570-246d-11d0-a768-00aa006e0529'
const attribute = {
  userAccountControl: 'bf967a68-0de6-11d0-a285-00aa003049e2',
  accountExpires: 'bf967915-0de6-11d0-a285-00aa003049e2',
  altSecurityIdentities: '00fbf30c-91fe-11d1-aebc-0000f80367c1',
  userCertificate: 'bf967a7f-0de6-11d0-a285-00aa003049e2',
  keyCredentialLink: '5b47d60f-6090-40b2-9f37-2a4de88f3063',
  member: 'bf9679c0-0de6-11d0-a285-00aa003049e2',
  cn: 'bf96793f-0de6-11d0-a285-00aa003049e2',
  name: 'bf967a0e-0de6-11d0-a285-00aa003049e2',
}

/** WP: write a property; CR: an extended right; CC and DC: create and delete children; CI, IO: for what is below. */
export async function delegate(domain: Domain, sid: string): Promise<void> {
  const write = (what: string, to: string) => `(OA;CIIO;WP;${what};${to};${sid})`
  const { userAccountControl, accountExpires, altSecurityIdentities, userCertificate, keyCredentialLink } = attribute
  const ofUsers = [userAccountControl, accountExpires, altSecurityIdentities, userCertificate, keyCredentialLink]
  const everywhere = [
    `(OA;CIIO;CR;${resetPassword};${kind.user};${sid})`,
    ...[...ofUsers, attribute.cn, attribute.name].map((what) => write(what, kind.user)),
    write(attribute.member, kind.group),
    write(userAccountControl, kind.computer),
  ]
  const moving = `(OA;CI;CCDC;${kind.user};;${sid})`
  await Promise.all([
    grant(domain, ou.company, everywhere.join('')),
    ...[ou.staff, ou.leavers].map((dn) => grant(domain, dn, moving)),
  ])
}

async function grant(domain: Domain, dn: string, sddl: string): Promise<void> {
  await tool('samba-tool', ['dsacl', 'set', '-H', domain.sam, `-s${domain.conf}`, `--objectdn=${dn}`, `--sddl=${sddl}`])
}
