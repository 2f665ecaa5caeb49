/** Reading a report that somebody hands us: is it as it was signed, and does it hold together by itself? */
import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import { ownsOf } from './store/document.ts'
import { canonicalText } from './store/line.ts'
import { fingerprintOf } from './store/signing-key.ts'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const Signed = z.looseObject({
  format: z.literal('latchkey-report'),
  version: z.literal(1),
  offboarding: z.string(),
  events: z.number(),
  record: z.object({ events: z.array(z.unknown()).min(1), head: hex, seq: z.int().positive() }),
  anchor: z.object({ seq: z.int().positive(), hash: hex }),
  key: z.object({ algorithm: z.literal('Ed25519'), publicKey: z.base64(), fingerprint: hex }),
  signature: z.base64(),
})

export interface CheckedReport {
  offboarding: string
  events: number
  record: { head: string; seq: number }
  anchor: { seq: number; hash: string }
  /** Whose key it is, the report itself cannot prove. */
  fingerprint: string
}

/** Throws, saying what is wrong, unless each byte is as it was signed. */
export function checkReport(bytes: Buffer): CheckedReport {
  const parsed = read(bytes)
  const { offboarding, record, anchor, key, signature } = Signed.parse(parsed)
  // All that stands there but the signature itself, known here or not.
  const { signature: _itself, ...signed } = parsed
  if (!isSignedBy(key.publicKey, canonicalText(signed), signature))
    throw new Error('its signature does not fit what it says')
  if (fingerprintOf(key.publicKey) !== key.fingerprint) throw new Error('its key has another fingerprint')
  const head = ownsOf(offboarding, record.events.map(canonicalText)).at(-1)
  if (head !== record.head) throw new Error('its events do not lead to the end of the chain that it names')
  const { fingerprint } = key
  return { offboarding, events: record.events.length, record: { head, seq: record.seq }, anchor, fingerprint }
}

function read(bytes: Buffer): Record<string, unknown> {
  const text = bytes.toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new Error('it is not JSON (the page for people is checked with docs/verify-report.mjs)', { cause: error })
  }
  // Byte for byte, so that nothing can be changed that only looks insignificant.
  if (!Buffer.from(`${canonicalText(parsed)}\n`).equals(bytes))
    throw new Error('it is not written as Latchkey writes it: canonical JSON (RFC 8785) and one line feed')
  if (!Signed.safeParse(parsed).success) throw new Error('it is not a signed report of a version that is known here')
  return parsed as Record<string, unknown>
}

function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const raw = Buffer.from(signature, 'base64')
  // The last letters of base64 have bits that mean nothing; only one way of writing them counts.
  if (raw.toString('base64') !== signature) return false
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, raw)
  } catch {
    return false // What is no key signed nothing.
  }
}
