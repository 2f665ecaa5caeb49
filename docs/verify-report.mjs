#!/usr/bin/env node
// Checks a report of Latchkey without Latchkey; audit.md beside this file explains each step.
//   node verify-report.mjs FILE.json|FILE.html [FINGERPRINT]      Node 20 or newer, nothing else; exit 0: genuine, 1: not
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const sha256 = (data) => createHash('sha256').update(data).digest('hex')
function must(so, otherwise) {
  if (!so) throw new Error(otherwise)
}

/** RFC 8785: members sorted, nothing between them, texts and numbers as JavaScript writes them. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort() // by UTF-16 units
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

function mustBeSigned(text, publicKey, signature) {
  const raw = Buffer.from(signature, 'base64')
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  const der = key.export({ format: 'der', type: 'spki' })
  must(der.toString('base64') === publicKey && raw.toString('base64') === signature, 'key or signature is misspelt')
  must(key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, raw), 'the signature does not fit')
  return sha256(der)
}

function checkPage(text) {
  const [, page, publicKey, signature] =
    /^([\s\S]*\n)<!-- latchkey-signature Ed25519 (\S+) (\S+) -->\n$/.exec(text) ?? []
  must(page, 'the page has no signature in its last line')
  return { key: mustBeSigned(page, publicKey, signature), more: 'the page is whole' }
}

function checkReport(text) {
  const { signature, ...signed } = JSON.parse(text)
  must(`${canonical({ signature, ...signed })}\n` === text, 'it is not canonical JSON and one line feed')
  const key = mustBeSigned(canonical(signed), signed.key.publicKey, signature)
  must(key === signed.key.fingerprint, 'the key has another fingerprint')
  let head = '0'.repeat(64)
  for (const event of signed.record.events) head = sha256(`${head}\n${signed.offboarding}\n${canonical(event)}`)
  must(head === signed.record.head, 'the events do not lead to the head of their chain')
  return { key, more: `${signed.record.events.length} events; anchor ${signed.anchor.seq}:${signed.anchor.hash}` }
}

try {
  const [file, fingerprint] = process.argv.slice(2)
  const bytes = readFileSync(file)
  const text = bytes.toString('utf8')
  must(Buffer.from(text).equals(bytes), 'it is not UTF-8')
  const { key, more } = text.startsWith('<') ? checkPage(text) : checkReport(text)
  must(!fingerprint || fingerprint === key, `it is signed with another key, ${key}`)
  process.stdout.write(`Signed with ${fingerprint ? 'that key' : `the key ${key}: compare it with yours`}; ${more}.\n`)
} catch (error) {
  process.stdout.write(`NOT GENUINE: ${error.message}.\n`)
  process.exitCode = 1
}
