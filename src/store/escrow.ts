/**
 * PINs and recovery keys that a vendor hands out once, sealed with age (age-encryption.org/v1) for the recipients in
 * the settings: what is on disk can only be opened with an identity, which need not be on this host at all.
 * One file a key, never changed: `escrow/<offboarding>/<what it is, hashed>-<number>.json`.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Decrypter, Encrypter } from 'age-encryption'
import { z } from 'zod'
import type { Disk } from './disk.ts'
import { replaceFile } from './document.ts'
import { syncFolder } from './fuse.ts'
import { isId, layoutOf, requireId } from './layout.ts'

/** What is kept, without the key itself. */
export interface Kept {
  offboarding: string
  /** The connector's use in the settings. */
  system: string
  realm: string
  /** In the connector's words: "FileVault key of C02XY1234". */
  name: string
  at: string
  /** Names it: the file's name without its ending. */
  id: string
}

export interface EscrowStore {
  /** Resolves once it is durable. */
  keep(what: Omit<Kept, 'at' | 'id'>, secret: string): Promise<void>
  holds(what: Omit<Kept, 'at' | 'id'>): Promise<boolean>
  /** Oldest first. Files that are none of ours are left out. */
  list(offboarding: string): Promise<readonly Kept[]>
  /** The key, where an identity is in the settings; else the sealed text, for who has one elsewhere (`age -d`). */
  open(kept: Kept): Promise<{ key: string } | { sealed: string }>
}

export interface EscrowOptions {
  /** The data folder. */
  folder: string
  disk: Disk
  now(): Date
  /** `age1…`; sealed for each of them. */
  recipients: readonly string[]
  /** `AGE-SECRET-KEY-1…`. */
  identity?: string | undefined
}

const File = z.object({
  version: z.literal(1),
  offboarding: z.string(),
  system: z.string(),
  realm: z.string(),
  name: z.string(),
  at: z.string(),
  sealed: z.string(),
})
type File = z.infer<typeof File>

/** What is sealed says what it is for, so that a file put in another's place is noticed. */
const Inside = z.object({
  offboarding: z.string(),
  system: z.string(),
  realm: z.string(),
  name: z.string(),
  key: z.string(),
})

export function openEscrow(options: EscrowOptions): EscrowStore {
  const { disk, now } = options
  const top = layoutOf(options.folder).escrow
  // Drafts share a name, so one is written at a time.
  let last: Promise<unknown> = Promise.resolve()

  async function numbersOf(what: Omit<Kept, 'at' | 'id'>): Promise<number[]> {
    const names = (await disk.list(join(top, what.offboarding))) ?? []
    return names.flatMap((name) =>
      name.startsWith(`${hashOf(what)}-`) ? [Number(/-(\d+)\.json$/.exec(name)?.[1])] : [],
    )
  }

  async function write(what: Omit<Kept, 'at' | 'id'>, secret: string): Promise<void> {
    requireId(what.offboarding)
    const { offboarding, system, realm, name } = what
    const inside = { offboarding, system, realm, name, key: secret }
    const sealed = await seal(JSON.stringify(inside), options.recipients)
    const content: File = { version: 1, offboarding, system, realm, name, at: now().toISOString(), sealed }
    const folder = join(top, offboarding)
    await disk.makeFolder(folder)
    const next = Math.max(0, ...(await numbersOf(what))) + 1
    await replaceFile(disk, join(folder, `${hashOf(what)}-${next}.json`), `${JSON.stringify(content, null, 2)}\n`)
    await syncFolder(disk, top)
    await syncFolder(disk, options.folder)
  }

  return {
    keep(what, secret) {
      const done = last.then(() => write(what, secret))
      last = done.catch(() => undefined)
      return done
    },
    holds: async (what) => (await numbersOf(what)).length > 0,
    async list(offboarding) {
      if (!isId(offboarding)) return []
      const names = (await disk.list(join(top, offboarding))) ?? []
      const read = names.map(async (name) => {
        const file = await readFile(disk, join(top, offboarding, name))
        return file ? [{ ...withoutSealed(file), id: name.replace(/\.json$/, '') }] : []
      })
      return (await Promise.all(read)).flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    },
    async open(kept) {
      const file = await readFile(disk, join(top, kept.offboarding, `${kept.id}.json`))
      if (!file) throw new Error(`There is no key ${kept.id} of ${kept.offboarding} in ${top}.`)
      if (!options.identity) return { sealed: file.sealed }
      const inside = Inside.parse(JSON.parse(await unseal(file.sealed, options.identity)))
      const same = (['offboarding', 'system', 'realm', 'name'] as const).every((part) => inside[part] === kept[part])
      if (!same) throw new Error(`The file of "${kept.name}" holds a key of something else: it was put there by hand.`)
      return { key: inside.key }
    },
  }
}

function hashOf({ system, realm, name }: Omit<Kept, 'at' | 'id'>): string {
  return createHash('sha256')
    .update(JSON.stringify([system, realm, name]))
    .digest('hex')
    .slice(0, 24)
}

async function readFile(disk: Disk, path: string): Promise<File | undefined> {
  const bytes = path.endsWith('.json') ? await disk.read(path) : undefined
  if (!bytes) return undefined
  try {
    return File.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    return undefined
  }
}

function withoutSealed({ offboarding, system, realm, name, at }: File): Omit<Kept, 'id'> {
  return { offboarding, system, realm, name, at }
}

/** age comes with the first key: most offboardings have none, and it would make every start longer. */
async function seal(text: string, recipients: readonly string[]): Promise<string> {
  const age = await import('age-encryption')
  const encrypter: Encrypter = new age.Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return age.armor.encode(await encrypter.encrypt(text))
}

async function unseal(sealed: string, identity: string): Promise<string> {
  const age = await import('age-encryption')
  const decrypter: Decrypter = new age.Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(age.armor.decode(sealed), 'text')
}

/** Why keys cannot be sealed with these settings, in a sentence; undefined where they can. For `doctor`. */
export async function whyNotSealed(recipients: readonly string[], identity?: string): Promise<string | undefined> {
  const probe = 'can be opened'
  try {
    const sealed = await seal(probe, recipients)
    if (identity) await unseal(sealed, identity)
    return undefined
  } catch (error) {
    // The library's messages quote what it was given, and that may be the identity.
    const what = identity ? 'are no age recipients, or escrow.identity opens none of them' : 'are no age recipients'
    return `The escrow.recipients in the settings ${what} (${(error as Error).name}). IT makes a pair with age-keygen.`
  }
}
