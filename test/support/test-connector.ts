/**
 * What every connector must do, tested on a bed of its own: `testConnector(connector, { bed })` registers it all. A
 * connector's own test describes its vendor and its special cases; this one holds the promises of src/connector.ts.
 */
import { describe, it } from 'vitest'
import type { AutomaticStep, Connector } from '../../src/connector.ts'
import { covered, Inapplicable, type TestConnectorOptions } from './test-connector-bed.ts'
import {
  describesItself,
  doesEverything,
  doesTwice,
  findsEverything,
  isHealthy,
  locatesExactly,
} from './test-connector-steps.ts'
import { neverEmpty, readsBack, saysWhatToRenew, waitsOut } from './test-connector-vendor.ts'

export type { TestConnectorOptions } from './test-connector-bed.ts'
export type { Bed, StepEnding } from './test-connector-rig.ts'

export interface Check {
  name: string
  run(connector: Connector, options: TestConnectorOptions): Promise<void>
}

const timeoutMs = 60_000

/** Registers a describe() with one test a promise. */
export function testConnector(connector: Connector, options: TestConnectorOptions): void {
  describe(`${connector.title} keeps a connector's promises`, () => {
    for (const check of checksOf(connector, options))
      it(check.name, { timeout: timeoutMs }, async ({ skip }) => {
        try {
          await check.run(connector, options)
        } catch (error) {
          if (!(error instanceof Inapplicable)) throw error
          skip(error.message)
        }
      })
  })
}

/** The same checks as data, for the test of this test. */
export function checksOf(connector: Connector, options: TestConnectorOptions): readonly Check[] {
  const steps = covered(connector, options)
  return [
    { name: 'describes itself in full', run: describesItself },
    { name: 'check() says whom it is signed in as, and that no right is missing', run: isHealthy },
    { name: 'finds the account of the leaver, and none of a stranger', run: locatesExactly },
    { name: 'finds every step open, and changes nothing by looking', run: findsEverything },
    { name: 'does every step in its order, and each ends well', run: doesEverything },
    { name: 'does every order twice without harm', run: doesTwice },
    ...overHttp(steps),
  ]
}

function overHttp(steps: readonly AutomaticStep[]): Check[] {
  return [
    { name: 'waits out 429 with Retry-After, and 503', run: waitsOut },
    { name: 'says what to renew when the credential is refused', run: saysWhatToRenew },
    { name: 'never takes unreachable for empty', run: (c, o) => neverEmpty(c, o, { as: 'reset' }) },
    { name: "never takes a proxy's page for empty", run: (c, o) => neverEmpty(c, o, { as: 'html' }) },
    {
      name: 'never takes forbidden for empty',
      run: (c, o) => neverEmpty(c, o, { as: { status: 403, body: { error: 'forbidden' } } }),
    },
    ...steps.map((step) => ({
      name: `reads a lost answer back and doubles nothing: ${step.id}`,
      run: (c: Connector, o: TestConnectorOptions) => readsBack(c, o, step),
    })),
  ]
}
