/** The verifier that an auditor is given, run many times in this process: its own text, with its file and its words ours. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const script = readFileSync(new URL('../../docs/verify-report.mjs', import.meta.url), 'utf8')
const body = script.replace(/^#!.*\n/, '').replace(/^import .*\n/gm, '')
const run = new Function('createHash', 'createPublicKey', 'verify', 'readFileSync', 'process', body)

export function verifierSays(
  bytes: Buffer,
  name = 'report.json',
  fingerprint?: string,
): { code: number; said: string } {
  const said: string[] = []
  const process = {
    argv: ['node', 'verify-report.mjs', name, ...(fingerprint ? [fingerprint] : [])],
    exitCode: 0,
    stdout: { write: (text: string) => void said.push(text) },
  }
  run(createHash, createPublicKey, verify, () => bytes, process)
  return { code: process.exitCode, said: said.join('') }
}
