/**
 * The Ed25519 key that reports are signed with. The bot makes it at its first start, while it holds the folder's lock,
 * and never replaces it: a key that changed in silence would look like a forger's.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { dirname } from 'node:path'
import type { Disk } from './disk.ts'
import { replaceFile } from './document.ts'
import { reasonOf, syncFolder } from './fuse.ts'
import { layoutOf } from './layout.ts'

export interface SigningKey {
  /** SubjectPublicKeyInfo (RFC 8410) in DER, as base64: what stands between the lines of a PEM file. */
  publicKey: string
  fingerprint: string
  publicPem: string
  /** Signs the UTF-8 bytes of the text; base64, always the same for the same text. */
  sign(text: string): string
}

/** `folder`: the data folder, whose lock the caller holds. `made`: there was none. */
export async function openSigningKey(folder: string, disk: Disk): Promise<SigningKey & { made: boolean }> {
  const file = layoutOf(folder).signingKey
  const found = await readSigningKey(folder, disk)
  await disk.makeFolder(dirname(file))
  // Durable before it signs anything, also where a crash fell between making it and this: a report must not outlive
  // the key that proves it.
  await syncFolder(disk, folder)
  if (found) {
    await syncFolder(disk, dirname(file))
    return { ...found, made: false }
  }
  const { privateKey } = generateKeyPairSync('ed25519')
  await replaceFile(disk, file, contentOf(privateKey))
  return { ...keyOf(privateKey), made: true }
}

/** Changes nothing; undefined where there is none yet. Throws where the file is not as Latchkey wrote it. */
export async function readSigningKey(folder: string, disk: Disk): Promise<SigningKey | undefined> {
  const file = layoutOf(folder).signingKey
  const bytes = await disk.read(file)
  if (!bytes) return undefined
  const key = parse(file, bytes)
  // A changed letter may leave a good key that is simply another one; the public half beside it tells.
  if (contentOf(key) !== bytes.toString('latin1')) throw damaged(file, 'its two halves do not belong together')
  return keyOf(key)
}

/** SHA-256 of the DER bytes, in hex: `openssl pkey -pubin -outform DER | sha256sum` says the same. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')
}

function parse(file: string, bytes: Buffer): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(bytes)
  } catch (error) {
    throw damaged(file, reasonOf(error))
  }
  if (key.asymmetricKeyType !== 'ed25519') throw damaged(file, `it holds a key of type ${key.asymmetricKeyType}`)
  return key
}

function damaged(file: string, why: string): Error {
  const what = `${file} cannot be used to sign reports (${why}). IT restores it from a backup.`
  const otherwise = 'If there is none, move it out of the data folder and start again: a new key is made, and said.'
  return new Error(`${what} ${otherwise}`)
}

function keyOf(key: KeyObject): SigningKey {
  const half = createPublicKey(key)
  const publicKey = half.export({ type: 'spki', format: 'der' }).toString('base64')
  return {
    publicKey,
    fingerprint: fingerprintOf(publicKey),
    publicPem: pemOf(half),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
  }
}

function contentOf(key: KeyObject): string {
  return `${key.export({ type: 'pkcs8', format: 'pem' })}${pemOf(createPublicKey(key))}`
}

function pemOf(half: KeyObject): string {
  return half.export({ type: 'spki', format: 'pem' }).toString()
}
