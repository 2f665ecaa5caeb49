/** Registered by active-directory.test.ts: whether the leaver gets in, asked at the door itself. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import { dnOf, loginOf } from '../../src/sandbox/active-directory/people.ts'
import { cast } from '../../src/sandbox/company.ts'
import { replace } from '../support/samba.ts'
import { worldOn } from '../support/samba-world.ts'

const run = promisify(execFile)

/** What the Kerberos tool says; empty where it got a ticket. */
async function kinit(samba: Samba, email: string, password: string): Promise<string> {
  const principal = `${loginOf(email)}@${samba.realm.toUpperCase()}`
  const environment = { ...process.env, KRB5_CONFIG: samba.krb5, LC_ALL: 'C' }
  const promise = run('kinit', ['-c', 'MEMORY:', principal], { env: environment })
  promise.child.stdin?.end(`${password}\n`)
  try {
    await promise
    return ''
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
}

export function proofs(samba: () => Samba): void {
  const passwordOf = (email: string) => samba().passwords.get(email) as string
  const ldap = (email: string) => samba().signIn(email, passwordOf(email))

  it('shuts the leaver out over LDAP and Kerberos, and nobody else', async () => {
    const world = await worldOn(samba())
    await ldap(cast.leaver)
    expect(await kinit(samba(), cast.leaver, passwordOf(cast.leaver))).toBe('')

    await world.run('disable')
    await expect(ldap(cast.leaver)).rejects.toThrow('data 533')
    expect(await kinit(samba(), cast.leaver, passwordOf(cast.leaver))).toContain('credentials have been revoked')

    for (const step of ['password', 'expiry', 'keys']) await world.run(step)
    await expect(ldap(cast.leaver)).rejects.toThrow('AcceptSecurityContext error')
    expect(await kinit(samba(), cast.leaver, passwordOf(cast.leaver))).not.toBe('')
    await ldap(cast.namesake)
    expect(await kinit(samba(), cast.namesake, passwordOf(cast.namesake))).toBe('')
    await world.close()
  })

  it('has made the old password worthless, also where somebody enables the account again', async () => {
    const world = await worldOn(samba())
    for (const step of ['disable', 'password', 'expiry']) await world.run(step)
    await replace(samba().admin, dnOf(cast.leaver), 'userAccountControl', '512')
    await replace(samba().admin, dnOf(cast.leaver), 'accountExpires', '0')

    await expect(ldap(cast.leaver)).rejects.toThrow('data 52e')
    expect(await kinit(samba(), cast.leaver, passwordOf(cast.leaver))).toMatch(/Preauthentication failed|incorrect/)
    expect(await world.find('disable')).toMatchObject([{ state: 'open', fact: 'userAccountControl=512: enabled' }])
    await world.close()
  })
}
