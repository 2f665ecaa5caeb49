/** Against a Samba domain controller, with a service account that has the delegated rights and no more. */
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import activeDirectory from '../../connectors/active-directory/index.ts'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import { dnOf } from '../../src/sandbox/active-directory/people.ts'
import { cast } from '../../src/sandbox/company.ts'
import { bedOn, modify, runsHere, sambaForTests, whySkipped } from '../support/samba.ts'
import { testConnector } from '../support/test-connector.ts'
import { faults } from './active-directory-faults.ts'
import { proofs } from './active-directory-proof.ts'
import { rights } from './active-directory-rights.ts'
import { steps } from './active-directory-steps.ts'

vi.setConfig({ testTimeout: 60_000 })

it.skipIf(runsHere)('needs a real directory', ({ skip }) => {
  // biome-ignore lint/suspicious/noConsole: the reporter counts what is skipped, and keeps the reason to itself
  console.warn(whySkipped)
  skip(whySkipped)
})

describe.runIf(runsHere)('active-directory on Samba', () => {
  let samba: Samba
  beforeAll(async () => {
    samba = await sambaForTests()
  }, 360_000)
  afterAll(() => samba?.close())

  proofs(() => samba)
  rights(() => samba)
  steps(() => samba)
  faults(() => samba)

  testConnector(activeDirectory, {
    bed: async () => {
      // Never done by Latchkey: whether a service runs as the leaver only a person can tell.
      const bed = await bedOn(samba, { expect: { ending: { 'service-names': 'blocked' } } })
      await modify(samba.admin, 'add', dnOf(cast.leaver), 'servicePrincipalName', 'HTTP/reports.corp.example.com')
      return bed
    },
  })
})
