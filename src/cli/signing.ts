/** What `doctor` says about the key that reports are signed with. */
import { realDisk } from '../store/disk.ts'
import { readSigningKey } from '../store/signing-key.ts'
import type { CommandLine } from './command-line.ts'
import type { Finding } from './host.ts'
import { dataFolder } from './surroundings.ts'

export async function signingFinding(line: CommandLine): Promise<Finding> {
  const what = 'Reports'
  try {
    const key = await readSigningKey(dataFolder(line), realDisk)
    if (!key)
      return { what, problems: [], told: ['no key to sign them with yet: the bot makes one at its first start'] }
    const note = 'note it outside this host; it must be the one that reports and anchors in Slack name'
    const pem = key.publicPem.trimEnd().split('\n')
    return { what, problems: [], told: [`signed with the key ${key.fingerprint}`, note, ...pem] }
  } catch (error) {
    return { what, problems: [error instanceof Error ? error.message : String(error)], told: [] }
  }
}
