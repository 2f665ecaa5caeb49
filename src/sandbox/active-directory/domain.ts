/** A new Active Directory domain by Samba, in a folder of its own: provisioned, its schema brought up to 2016's keys. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const realm = 'corp.example.com'
export const namingContext = 'DC=corp,DC=example,DC=com'
export const controllerName = `dc1.${realm}`

export interface Domain {
  folder: string
  /** Samba's settings file. */
  conf: string
  /** The data base, for Samba's own tools. */
  sam: string
  ca: string
  administrator: { name: string; password: string }
}

/** Takes about seven seconds, most of them Samba's own schema. */
export async function provision(folder: string, administratorPassword: string): Promise<Domain> {
  await tool('samba-tool', [
    'domain',
    'provision',
    `--targetdir=${folder}`,
    `--realm=${realm.toUpperCase()}`,
    '--domain=CORP',
    '--server-role=dc',
    '--dns-backend=NONE',
    `--adminpass=${administratorPassword}`,
    '--host-name=dc1',
    '--host-ip=127.0.0.1',
    '--option=interfaces=lo',
    '--option=bind interfaces only=yes',
    '--option=ldb:nosync=true',
  ])
  const sam = join(folder, 'private/sam.ldb')
  await addKeyCredentials(folder, sam)
  return {
    folder,
    conf: join(folder, 'etc/smb.conf'),
    sam,
    ca: join(folder, 'private/tls/ca.pem'),
    administrator: { name: `Administrator@${realm}`, password: administratorPassword },
  }
}

/** Runs one of Samba's tools; what it says goes into the error when it fails, without its arguments. */
export async function tool(name: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(name, [...args], { maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown }
    throw new Error(`${name} ${args[0]} ended with ${code}: ${stderr.trim().split('\n').slice(-5).join(' | ')}`)
  }
}

/**
 * Samba 4.17 makes domains with the schema of Windows Server 2012 R2. This is the definition from Microsoft's published
 * schema of 2016 ("AD_DS_Attributes__Windows_Server_2016.ldf"), without its back link.
 */
const keyCredentialLink = `dn: CN=ms-DS-Key-Credential-Link,CN=Schema,CN=Configuration,${namingContext}
changetype: add
objectClass: top
objectClass: attributeSchema
cn: ms-DS-Key-Credential-Link
attributeID: 1.2.840.113556.1.4.2328
attributeSyntax: 2.5.5.7
isSingleValued: FALSE
linkID: 2220
showInAdvancedViewOnly: TRUE
oMObjectClass:: KoZIhvcUAQEBCw==
oMSyntax: 127
searchFlags: 0
lDAPDisplayName: msDS-KeyCredentialLink
schemaIDGUID:: D9ZHW5BgskCfNypN6I8wYw==
systemOnly: FALSE
`

const mayContain = `dn: CN=User,CN=Schema,CN=Configuration,${namingContext}
changetype: modify
add: mayContain
mayContain: msDS-KeyCredentialLink
-
`

/** In two transactions: the second needs what the first added. */
async function addKeyCredentials(folder: string, sam: string): Promise<void> {
  for (const [index, ldif] of [keyCredentialLink, mayContain].entries()) {
    const file = join(folder, `schema-${index}.ldif`)
    await writeFile(file, ldif)
    await tool('ldbmodify', ['-H', sam, '--option=dsdb:schema update allowed=true', file])
  }
}
