/**
 * What a connector says to people goes through here: a vendor can put anything into a name that it answers with, also
 * what it was sent to sign in with. Ids stay as they are, since systems are asked by them.
 */
import {
  type Account,
  type Connector,
  type Finding,
  type Health,
  isManual,
  type KnownOfPerson,
  type Step,
} from '../connector.ts'
import type { Scrub } from '../log.ts'

export function redacted(connector: Connector, scrub: Scrub): Connector {
  return {
    ...connector,
    async check(client) {
      const health = await connector.check(client)
      return scrubbedHealth(health, scrub)
    },
    async locate(client, leaver) {
      const accounts = await connector.locate(client, leaver)
      return accounts.map((account) => scrubbedAccount(account, scrub))
    },
    steps: connector.steps.map((step) => scrubbedStep(step, scrub)),
  }
}

function scrubbedHealth({ as, missing, warnings }: Health, scrub: Scrub): Health {
  return { as: scrub(as), missing: missing.map(scrub), ...(warnings ? { warnings: warnings.map(scrub) } : {}) }
}

function scrubbedAccount(account: Account, scrub: Scrub): Account {
  const { protected: why, known } = account
  return {
    ...account,
    label: scrub(account.label),
    ...(why ? { protected: scrub(why) } : {}),
    ...(known ? { known: scrubbedPerson(known, scrub) } : {}),
  }
}

/** Addresses and dates are compared with others, so they stay. */
function scrubbedPerson(known: KnownOfPerson, scrub: Scrub): KnownOfPerson {
  const { name, title, department, managerName } = known
  const said = Object.entries({ name, title, department, managerName })
  return {
    ...known,
    ...Object.fromEntries(said.flatMap(([key, text]) => (text === undefined ? [] : [[key, scrub(text)]]))),
  }
}

function scrubbedStep(step: Step, scrub: Scrub): Step {
  if (isManual(step)) {
    const { ask } = step
    return { ...step, ask: typeof ask === 'string' ? ask : async (at) => scrub(await ask(at)) }
  }
  return {
    ...step,
    async find(at) {
      const findings = await step.find(at)
      return findings.map((finding) => scrubbedFinding(finding, scrub))
    },
  }
}

/** `before` is not said to anybody; it is what `undo` gives back, letter by letter. */
function scrubbedFinding(finding: Finding, scrub: Scrub): Finding {
  return { ...finding, label: scrub(finding.label), fact: scrub(finding.fact) }
}
