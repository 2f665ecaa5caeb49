/** A report as files, signed: told from the record alone, so that the same record gives the same bytes. */
import { fold } from './offboarding/decide.ts'
import type { Offboarding } from './offboarding/offboarding.ts'
import { report, type SignedReport } from './offboarding/report.ts'
import { reportPage } from './offboarding/report-page.ts'
import { eventsOf } from './store/document.ts'
import type { Told } from './store/embedded.ts'
import { canonicalText } from './store/line.ts'
import type { SigningKey } from './store/signing-key.ts'

export interface ReportFiles {
  state: Offboarding['state']
  /** Data for machines, and a page for people. */
  files: { name: string; content: string }[]
}

/** Undefined where the record does not begin with a request. */
export function reportFiles(id: string, told: Told, key: SigningKey): ReportFiles | undefined {
  const signed = signedReport(id, told, key)
  if (!signed) return undefined
  const files = [
    { name: `${id}.json`, content: `${canonicalText(signed)}\n` },
    { name: `${id}.html`, content: signedPage(reportPage(signed), key) },
  ]
  return { state: signed.state, files }
}

function signedReport(id: string, { texts, seq, head, newest }: Told, key: SigningKey): SignedReport | undefined {
  const events = eventsOf(texts)
  const one = fold(id, events)
  if (!one) return undefined
  const { publicKey, fingerprint } = key
  const unsigned = {
    ...report(one, events),
    record: { events: texts.map((text): unknown => JSON.parse(text)), head, seq },
    anchor: { seq: newest.seq, hash: newest.hash },
    key: { algorithm: 'Ed25519' as const, publicKey, fingerprint },
  }
  return { ...unsigned, signature: key.sign(canonicalText(unsigned)) }
}

/** The page is what people read, so it must not be the weaker one of the two: its last line signs all before it. */
function signedPage(page: string, key: SigningKey): string {
  return `${page}<!-- latchkey-signature Ed25519 ${key.publicKey} ${key.sign(page)} -->\n`
}
